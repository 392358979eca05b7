import { expect, it } from 'vitest';
import { selection } from '../../resources/fhirpath-selection.ts';
import { faultOf } from '../setup/fault.ts';

const many = { resourceType: 'Patient', name: Array.from({ length: 300 }, (_, i) => ({ family: `F${i}` })) };

it('ends an evaluation that takes too many steps', () => {
  const evaluate = selection('Patient.name.where(family in %resource.name.family).family'.replace('in', '='), {
    expressionCharactersMax: 500,
    resultsMax: 1_000,
  });
  expect(['too-costly', 'unprocessable']).toContain(faultOf(() => evaluate(many)).kind);
});

it('says when it cannot be evaluated on a resource, without what is in it', () => {
  const fault = faultOf(() => selection('Patient.name.single().family')(many));
  expect([fault.kind, fault.message.includes('F1')]).toEqual(['unprocessable', false]);
});

it('refuses what is too long, does not parse or leaves the resource', () => {
  expect(faultOf(() => selection('a'.repeat(5_000))).kind).toBe('too-costly');
  expect(faultOf(() => selection('a..b')).kind).toBe('invalid-value');
  expect(faultOf(() => selection('Patient.managingOrganization.resolve()')).kind).toBe('not-supported');
});
