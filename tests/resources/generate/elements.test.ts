import { expect, it } from 'vitest';
import { toElements } from '../../../resources/generate/elements.ts';
import type { Structure } from '../../../resources/generate/structures.ts';

const profile = (type: string) => `http://hl7.org/fhir/StructureDefinition/${type}`;

const structure: Structure = {
  name: 'Basic',
  kind: 'resource',
  abstract: false,
  base: 'DomainResource',
  root: {},
  definition: {},
  elements: [
    { path: 'Basic.id', min: 0, max: '1', type: [{ code: 'http://hl7.org/fhirpath/System.String' }], isSummary: true },
    { path: 'Basic.part', min: 1, max: '*', type: [{ code: 'BackboneElement' }] },
    { path: 'Basic.part.id', min: 0, max: '1', type: [{ code: 'http://hl7.org/fhirpath/System.String' }] },
    {
      path: 'Basic.part.status',
      min: 1,
      max: '1',
      type: [{ code: 'code' }],
      binding: { strength: 'required', valueSet: 'http://example.org/ValueSet/state|1' },
    },
    { path: 'Basic.part.part', min: 0, max: '3', contentReference: '#Basic.part' },
    {
      path: 'Basic.about[x]',
      min: 0,
      max: '1',
      type: [{ code: 'string' }, { code: 'Reference', targetProfile: [profile('Patient')] }],
    },
    { path: 'Basic.any', min: 0, max: '1', type: [{ code: 'Reference', targetProfile: [profile('Resource')] }] },
  ],
};

it('writes what a checker needs and leaves the usual out', () => {
  expect(toElements([structure], { state: ['on', 'off'] })).toEqual({
    Basic: {
      kind: 'resource',
      base: 'DomainResource',
      elements: [
        { name: 'id', types: ['id'], isSummary: true },
        { name: 'part', min: 1, max: '*', types: ['BackboneElement'], children: 'Basic.part' },
        { name: 'about', types: ['string', ['Reference', 'Patient']], choice: true },
        { name: 'any', types: ['Reference'], children: 'Reference' },
      ],
    },
    'Basic.part': {
      kind: 'backbone',
      base: 'BackboneElement',
      elements: [
        { name: 'id', types: ['string'] },
        { name: 'status', min: 1, types: ['code'], codes: 'state' },
        { name: 'part', max: 3, types: ['BackboneElement'], children: 'Basic.part' },
      ],
    },
  });
});

it('leaves out a binding to codes that nobody could list', () => {
  const [part] = Object.values(toElements([structure], {})).slice(1) as {
    elements: { name: string; codes?: string }[];
  }[];
  expect(part!.elements.find((it) => it.name === 'status')!.codes).toBeUndefined();
});
