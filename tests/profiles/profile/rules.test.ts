import { describe, expect, it } from 'vitest';
import { valueRules } from '../../../profiles/profile/rules.ts';
import { findings, profileOf, told } from './profiling.ts';

const constraint = (expression: string, severity: 'error' | 'warning' = 'error') => [
  { key: 'ward-1', severity, human: 'The rule of the ward.', expression },
];

describe('rules on single values', () => {
  it('are none where the profile says nothing', () => {
    const node = { name: 'x', slice: undefined, element: undefined, def: {}, children: [], slices: [] };
    expect(valueRules(node, undefined, undefined, { canonical: 'c', short: 'c' })).toEqual([]);
  });

  it('bounds the length of texts', () => {
    const profile = profileOf('short', 'Patient', [['Patient.name.family', { maxLength: 5 }]]);
    expect(told({ resourceType: 'Patient', name: [{ family: 'Meyer' }] }, [profile])).toEqual([]);
    expect(told({ resourceType: 'Patient', name: [{ family: 'Lee' }, { family: 'Müller' }] }, [profile])).toEqual([
      'error Patient.name[1].family maxLength',
    ]);
  });

  it('evaluates constraints on the resource, on its parts and on primitives', () => {
    const profile = profileOf('rules', 'Patient', [
      ['Patient', { constraint: constraint('name.exists()') }],
      ['Patient.contact', { constraint: constraint('telecom.exists()') }],
      ['Patient.birthDate', { constraint: constraint('$this <= today()') }],
    ]);
    expect(
      told(
        {
          resourceType: 'Patient',
          name: [{ text: 'Ana' }],
          contact: [{ telecom: [{ value: '1' }] }],
          birthDate: '1985-04-12',
        },
        [profile],
      ),
    ).toEqual([]);
    expect(
      told({ resourceType: 'Patient', contact: [{ gender: 'male' }], birthDate: '2985-04-12' }, [profile]),
    ).toEqual(['error Patient ward-1', 'error Patient.birthDate ward-1', 'error Patient.contact[0] ward-1']);
  });

  it('takes a constraint that selects nothing for broken, and one of severity warning for a warning', () => {
    const profile = profileOf('empty', 'Patient', [
      ['Patient', { constraint: constraint("name.family = 'Ruiz'", 'warning') }],
    ]);
    expect(told({ resourceType: 'Patient', gender: 'female' }, [profile])).toEqual(['warning Patient ward-1']);
  });

  it('lets a comparison pass that cannot be decided', () => {
    const profile = profileOf('order', 'Patient', [
      ['Patient.address.period', { constraint: constraint('start <= end') }],
    ]);
    const patient = (start: string) => ({ resourceType: 'Patient', address: [{ period: { start, end: '2012-05' } }] });
    expect(told(patient('2012-05-20'), [profile])).toEqual([]);
    expect(told(patient('2012-06'), [profile])).toEqual(['error Patient.address[0].period ward-1']);
  });

  it('warns of a constraint that cannot be evaluated instead of refusing the resource', () => {
    const profile = profileOf('broken', 'Patient', [['Patient', { constraint: constraint('name.where(') }]]);
    const [finding] = findings({ resourceType: 'Patient', name: [{ text: 'Ana' }] }, [profile]);
    expect(finding).toMatchObject({ severity: 'warning', issue: 'not-supported', expression: 'Patient' });
  });

  it('tells key, sentence and expression of a broken constraint', () => {
    const profile = profileOf('told', 'Patient', [['Patient', { constraint: constraint('name.exists()') }]]);
    expect(findings({ resourceType: 'Patient', gender: 'male' }, [profile])).toEqual([
      {
        kind: 'unprocessable',
        severity: 'error',
        issue: 'invariant',
        rule: 'ward-1',
        expression: 'Patient',
        text: 'The rule of the ward (ward-1 of told).',
        hint: 'Make this true: name.exists()',
      },
    ]);
  });
});
