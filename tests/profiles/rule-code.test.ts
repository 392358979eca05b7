import { expect, it } from 'vitest';
import { elementCode, lists, typeCode } from '../../profiles/rule-code.ts';
import { jsonKeys, typeDef } from '../../resources/index.ts';

function codeFor(path: string, type?: string) {
  const at = path.lastIndexOf('.');
  const holder = typeDef(path.slice(0, at));
  const element = holder.elements.find(({ name }) => name === path.slice(at + 1))!;
  return elementCode(holder, element, jsonKeys(element).find((key) => type === undefined || key.type.code === type)!);
}

it('writes code for what there is to check, and none for what there is not', () => {
  expect(codeFor('Condition.clinicalStatus').each).toContain("checks.binding($, 'CodeableConcept'");
  expect(codeFor('Patient.gender').each.trim()).toBe('');
  expect(codeFor('Observation.code').each.trim()).toBe('');
  expect(codeFor('Range.low').each).toContain('checks.invariants($, "Quantity"');
  expect(codeFor('Patient.extension').all).toContain('checks.extensions');
  expect(codeFor('Narrative.div').all).toContain('checks.narrative');
  expect(typeCode(typeDef('Observation'))).toContain('checks.contained');
  expect(typeCode(typeDef('Bundle'))).toContain('checks.bundle');
  expect(lists.length).toBeGreaterThan(0);
});

it('binds the coded types of a choice', () => {
  expect(codeFor('ServiceRequest.asNeeded', 'boolean').each.trim()).toBe('');
  expect(codeFor('Group.characteristic.value', 'Quantity').each.trim()).toBe('');
});
