import { describe, expect, it } from 'vitest';
import { compileProfile } from '../../../profiles/profile/compile.ts';
import { Definitions } from '../../../profiles/profile/definitions.ts';
import { ownTree } from '../../../profiles/profile/own.ts';
import { Walk } from '../../../profiles/profile/walk.ts';
import { libraryOf, profileOf, told } from './profiling.ts';

const patient = (more: object) => ({ resourceType: 'Patient', ...more });

describe('compiled profiles', () => {
  it('check nothing of what R4 itself says', () => {
    for (const type of ['Patient', 'Observation', 'Claim', 'Questionnaire', 'Bundle']) {
      const definitions = new Definitions(libraryOf([]));
      const check = compileProfile(ownTree(type), {
        profile: { canonical: 'c', short: 'c' },
        bases: definitions,
        checkOf: () => undefined,
      });
      const walk = new Walk(true, definitions, {});
      check(
        { resourceType: type, status: 7, name: 'x', code: [], subject: { reference: 'Nobody/1' }, item: [{}] },
        undefined,
        walk,
        undefined,
        type,
      );
      expect(walk.findings).toEqual([]);
    }
  });

  it('need elements that R4 does not, and count those that may come often', () => {
    const profile = profileOf('known', 'Patient', [
      ['Patient.birthDate', { min: 1 }],
      ['Patient.identifier', { min: 2, max: '3' }],
    ]);
    const id = { value: '1' };
    expect(told(patient({ birthDate: '1970', identifier: [id, id] }), [profile])).toEqual([]);
    expect(told(patient({ identifier: [id] }), [profile])).toEqual([
      'error Patient.identifier min',
      'error Patient.birthDate min',
    ]);
    expect(told(patient({ birthDate: '1970', identifier: [id, id, id, id] }), [profile])).toEqual([
      'error Patient.identifier max',
    ]);
  });

  it('take an extension for a primitive that is needed', () => {
    const profile = profileOf('known', 'Patient', [['Patient.birthDate', { min: 1 }]]);
    expect(
      told(
        patient({
          _birthDate: {
            extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
          },
        }),
        [profile],
      ),
    ).toEqual([]);
  });

  it('forbid elements', () => {
    const profile = profileOf('plain', 'Patient', [
      ['Patient.photo', { max: '0' }],
      ['Patient.deceased[x]', { max: '0' }],
    ]);
    expect(told(patient({ gender: 'male' }), [profile])).toEqual([]);
    expect(told(patient({ photo: [{ url: 'http://a.example/1' }], deceasedBoolean: false }), [profile])).toEqual([
      'error Patient.deceased max',
      'error Patient.photo max',
    ]);
  });

  it('need elements of what is there, not of what is not', () => {
    const profile = profileOf('system', 'Patient', [['Patient.identifier.system', { min: 1 }]]);
    expect(told(patient({ gender: 'male' }), [profile])).toEqual([]);
    expect(told(patient({ identifier: [{ system: 'urn:a' }, { value: '2' }] }), [profile])).toEqual([
      'error Patient.identifier[1].system min',
    ]);
  });

  it('need a choice whatever its type', () => {
    const profile = profileOf('when', 'Observation', [['Observation.effective[x]', { min: 1 }]]);
    const observation = (more: object) => ({
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      ...more,
    });
    expect(told(observation({ effectivePeriod: { start: '2020' } }), [profile])).toEqual([]);
    expect(told(observation({ _effectiveDateTime: { extension: [] } }), [profile])).toEqual([]);
    expect(told(observation({}), [profile])).toEqual(['error Observation.effective min']);
  });

  it('reach into elements that repeat others', () => {
    const profile = profileOf('short', 'Questionnaire', [['Questionnaire.item.item', { max: '0' }]]);
    const item = (more: object) => ({
      resourceType: 'Questionnaire',
      status: 'draft',
      item: [{ linkId: '1', type: 'group', ...more }],
    });
    expect(told(item({}), [profile])).toEqual([]);
    expect(told(item({ item: [{ linkId: '2', type: 'string' }] }), [profile])).toEqual([
      'error Questionnaire.item[0].item max',
    ]);
    const deep = profileOf('deep', 'Questionnaire', [['Questionnaire.item.item.prefix', { min: 1 }]]);
    expect(told(item({ item: [{ linkId: '2', type: 'string' }] }), [deep])).toEqual([
      'error Questionnaire.item[0].item[0].prefix min',
    ]);
  });
});
