import { describe, expect, it } from 'vitest';
import { Account } from '../../profiles/account.ts';
import { checkInvariants, compileInvariant } from '../../profiles/invariant.ts';
import { judged, told } from '../setup/judged.ts';

const at = { up: undefined, name: 'Period', index: -1 };
const account = () => new Account(true, {}, 'Patient', undefined);

describe('an invariant', () => {
  const broken: [string, any, string][] = [
    [
      'obs-6',
      {
        resourceType: 'Observation',
        status: 'final',
        code: { text: 'a' },
        valueString: 'b',
        dataAbsentReason: { text: 'c' },
      },
      'error obs-6 Observation',
    ],
    [
      'obs-7',
      {
        resourceType: 'Observation',
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '1' }] },
        valueString: 'b',
        component: [{ code: { coding: [{ system: 'http://loinc.org', code: '1' }] } }],
      },
      'error obs-7 Observation',
    ],
    ['pat-1', { resourceType: 'Patient', contact: [{ gender: 'female' }] }, 'error pat-1 Patient.contact[0]'],
    [
      'per-1',
      { resourceType: 'Patient', name: [{ family: 'a', period: { start: '2020-02-01', end: '2020-01-01' } }] },
      'error per-1 Patient.name[0].period',
    ],
    [
      'cpt-2',
      { resourceType: 'Patient', telecom: [{ use: 'home' }, { value: '1234' }] },
      'error cpt-2 Patient.telecom[1]',
    ],
    [
      'qty-3',
      { resourceType: 'Observation', status: 'final', code: { text: 'a' }, valueQuantity: { value: 1, code: 'mg' } },
      'error qty-3 Observation.value',
    ],
    [
      'sqty-1',
      {
        resourceType: 'Observation',
        status: 'final',
        code: { text: 'a' },
        referenceRange: [{ low: { value: 1, comparator: '<' } }],
      },
      'error sqty-1 Observation.referenceRange[0].low',
    ],
    [
      'org-2',
      { resourceType: 'Organization', name: 'a', address: [{ city: 'b' }, { use: 'home', city: 'c' }] },
      'error org-2 Organization.address[1]',
    ],
    [
      'app-3',
      { resourceType: 'Appointment', status: 'booked', participant: [{ status: 'accepted', actor: { display: 'a' } }] },
      'error app-3 Appointment',
    ],
    [
      'que-7',
      {
        resourceType: 'Questionnaire',
        status: 'draft',
        item: [{ linkId: '1', type: 'string', enableWhen: [{ question: '2', operator: 'exists', answerString: 'x' }] }],
      },
      'error que-7 Questionnaire.item[0].enableWhen[0]',
    ],
    [
      'eld-3',
      {
        resourceType: 'StructureDefinition',
        url: 'http://a',
        name: 'A',
        status: 'draft',
        kind: 'resource',
        abstract: false,
        type: 'Patient',
        derivation: 'constraint',
        baseDefinition: 'http://b',
        differential: { element: [{ id: 'Patient', path: 'Patient', max: '-1' }] },
      },
      'error eld-3 StructureDefinition.differential.element[0].max',
    ],
    [
      'bdl-3',
      { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: { resourceType: 'Patient', active: true } }] },
      'error bdl-3 Bundle',
    ],
  ];

  it.each(broken)('%s is told at its element', (_, resource, line) => expect(told(resource)).toContain(line));

  it('lets good resources pass', () => {
    const good = [
      {
        resourceType: 'Patient',
        contact: [{ name: { family: 'a' } }],
        name: [{ family: 'a', period: { start: '2020-01', end: '2020-01-15' } }],
      },
      {
        resourceType: 'Observation',
        status: 'final',
        code: { text: 'a' },
        valueQuantity: { value: 1, code: 'mg', system: 'http://unitsofmeasure.org' },
      },
      {
        resourceType: 'Questionnaire',
        status: 'draft',
        item: [
          { linkId: '1', type: 'string', enableWhen: [{ question: '2', operator: 'exists', answerBoolean: true }] },
        ],
      },
    ];
    for (const resource of good) expect(told(resource)).toEqual([]);
  });

  it('says in words and as an expression what it asks for', () => {
    const [finding] = judged(broken[2]![1]).filter(({ rule }) => rule === 'pat-1');
    expect(finding).toMatchObject({
      kind: 'unprocessable',
      issue: 'invariant',
      text: expect.stringMatching(/^pat-1: .*\.$/),
      hint: expect.stringContaining('name.exists()'),
    });
  });

  it('of best practice is a warning', () => {
    expect(
      told({
        resourceType: 'ValueSet',
        status: 'draft',
        name: 'no spaces please',
        compose: { include: [{ system: 'http://a' }] },
      }),
    ).not.toContain('error vsd-0 ValueSet');
    expect(told({ resourceType: 'ValueSet', status: 'draft', name: '1' })).toContain('warning vsd-0 ValueSet');
    expect(told({ resourceType: 'ValueSet', status: 'draft' })).toEqual([]);
    expect(judged({ resourceType: 'Patient', active: true })).toMatchObject([
      { rule: 'dom-6', severity: 'warning', expression: 'Patient' },
    ]);
  });
});

it('takes what cannot be decided for broken, except where dates of different precision are compared', () => {
  const check = (expression: string, value: any) => {
    const report = account();
    checkInvariants(value, 'Period', [compileInvariant({ key: 'x', human: 'X', expression })], report, at);
    return report.failed;
  };
  expect(check("start = '2020'", {})).toBe(true);
  expect(check('start <= end', { start: '2020-01', end: '2020-01-15' })).toBe(false);
  expect(check('start <= end', { start: '2020-02', end: '2020-01-15' })).toBe(true);
});

it('does not count what cannot be evaluated', () => {
  const report = account();
  checkInvariants(
    { given: ['a', 'b'] },
    'HumanName',
    [compileInvariant({ key: 'x', human: 'X', expression: 'given.length() > 0' })],
    report,
    at,
  );
  expect(report.failed).toBe(false);
});
