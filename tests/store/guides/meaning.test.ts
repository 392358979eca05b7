import { expect, it } from 'vitest';
import { meaning } from '../../../store/guides/meaning.ts';

const RACE = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race';
const PATIENT = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient';

it('writes the version into canonicals that have none, and into nothing else', () => {
  const definition = {
    url: PATIENT,
    version: '7.0.0',
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
    description: RACE,
    snapshot: {
      element: [
        { path: 'Patient.extension', type: [{ code: 'Extension', profile: [RACE] }], fixedUri: RACE },
        { path: 'Patient.link.other', type: [{ code: 'Reference', targetProfile: [PATIENT, `${PATIENT}|6.1.0`] }] },
      ],
    },
  };
  expect(meaning(definition, { [RACE]: '7.0.0', [PATIENT]: '7.0.0' })).toEqual({
    ...definition,
    snapshot: {
      element: [
        { path: 'Patient.extension', type: [{ code: 'Extension', profile: [`${RACE}|7.0.0`] }], fixedUri: RACE },
        {
          path: 'Patient.link.other',
          type: [{ code: 'Reference', targetProfile: [`${PATIENT}|7.0.0`, `${PATIENT}|6.1.0`] }],
        },
      ],
    },
  });
});

it('does not take names of the language for addresses', () => {
  expect(meaning({ profile: ['constructor'] }, {})).toEqual({ profile: ['constructor'] });
});
