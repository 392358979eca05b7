import type { StructureDefinition } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import { leanStructure, namedStructures } from '../../profiles/lean.ts';

const RACE = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race';
const definition: StructureDefinition = {
  resourceType: 'StructureDefinition',
  url: 'http://hospital.example.org/StructureDefinition/our-patient',
  version: '1.0.0',
  name: 'OurPatient',
  status: 'active',
  description: 'What we know of each patient',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Our patients</div>' },
  kind: 'resource',
  abstract: false,
  type: 'Patient',
  baseDefinition: 'http://hospital.example.org/StructureDefinition/any-patient',
  differential: {
    element: [
      {
        id: 'Patient',
        path: 'Patient',
        definition: 'A patient',
        constraint: [{ key: 'our-1', severity: 'error', human: 'Named', expression: 'name.exists()' }],
      },
      {
        id: 'Patient.extension:race',
        path: 'Patient.extension',
        sliceName: 'race',
        min: 1,
        type: [{ code: 'Extension', profile: [RACE] }],
      },
      {
        id: 'Patient.name',
        path: 'Patient.name',
        type: [{ code: 'HumanName', profile: ['http://hl7.org/fhir/StructureDefinition/HumanName'] }],
      },
    ],
  },
};

it('keeps the rules and leaves the prose', () => {
  const { description, text, differential, ...kept } = definition;
  const [{ definition: prose, ...root }, ...others] = differential!.element as [any, ...any[]];
  expect(leanStructure(definition)).toEqual({ ...kept, differential: { element: [root, ...others] } });
});

it('names what the judge asks for next: profiles on types, and the base where there is no snapshot', () => {
  expect(namedStructures(definition)).toEqual([definition.baseDefinition, RACE]);
  expect(namedStructures({ ...definition, snapshot: definition.differential! })).toEqual([RACE]);
});
