import { expect, it } from 'vitest';
import { toCompartments, toParameters } from '../../../resources/generate/parameters.ts';
import type { Structure } from '../../../resources/generate/structures.ts';

const patient: Structure = {
  name: 'Patient',
  kind: 'resource',
  abstract: false,
  base: 'DomainResource',
  root: {},
  definition: {},
  elements: [{ path: 'Patient.name' }, { path: 'Patient.deceased[x]' }],
};

it('keeps of a search parameter what searching needs, sorted by url', () => {
  const parameter = (url: string) => ({
    resourceType: 'SearchParameter',
    url,
    code: 'name',
    type: 'string',
    base: ['Patient'],
    expression: 'Patient.name',
    publisher: 'HL7',
  });
  const written = JSON.parse(JSON.stringify(toParameters([parameter('http://b'), parameter('http://a')], [patient])));
  expect(written).toEqual(
    ['http://a', 'http://b'].map((url) => ({
      url,
      code: 'name',
      type: 'string',
      base: ['Patient'],
      expression: 'Patient.name',
    })),
  );
});

it('keeps the types that can be in a compartment', () => {
  const definition = {
    code: 'Patient',
    resource: [{ code: 'Observation', param: ['subject', 'performer'] }, { code: 'Location' }],
  };
  expect(toCompartments([definition])).toEqual({ Patient: { Observation: ['subject', 'performer'] } });
});

it('leaves out a parameter on an element that R4 does not have', () => {
  const on = (expression: string | undefined) => toParameters([{ url: 'http://a', expression }], [patient]).length;
  expect(on('Patient.project')).toBe(0);
  expect(on('Patient.name | Patient.project')).toBe(0);
  expect(
    on("Patient.deceased.exists() and Patient.deceased != false | (Patient.name as string) | Patient.where(name='a')"),
  ).toBe(1);
  expect(on(undefined)).toBe(1);
});
