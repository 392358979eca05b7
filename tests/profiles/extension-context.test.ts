import { describe, expect, it } from 'vitest';
import { Account } from '../../profiles/account.ts';
import { type ExtensionPlace, isAllowed, unmetInvariant } from '../../profiles/extension-context.ts';

const place = (host: string, type = host): ExtensionPlace => ({ host, type, isModifier: false });

describe('a context', () => {
  it.each<[string, ExtensionPlace, boolean]>([
    ['Patient', place('Patient'), true],
    ['DomainResource', place('Patient'), true],
    ['Patient', place('Practitioner'), false],
    ['Element', place('Patient.birthDate', 'Element'), true],
    ['Patient.birthDate', place('Patient.birthDate', 'Element'), true],
    ['date', place('Patient.birthDate', 'Element'), true],
    ['string', place('Patient.birthDate', 'Element'), false],
    ['HumanName', place('Patient.name', 'HumanName'), true],
    ['Patient.name', place('Patient.name', 'HumanName'), true],
    ['BackboneElement', place('Patient.contact'), true],
    ['Observation.value[x]', place('Observation.value', 'Quantity'), true],
    [
      'StructureDefinition.snapshot.element.binding.valueSet',
      place('ElementDefinition.binding.valueSet', 'Element'),
      true,
    ],
    ['Questionnaire.item.item', place('Questionnaire.item'), true],
    ['Questionnaire.nothing', place('Questionnaire.item'), false],
    ['Nothing.item', place('Questionnaire.item'), false],
  ])('of the element %s fits or not: %o', (expression, where, fits) => {
    expect(isAllowed(['element', expression], {}, where)).toBe(fits);
  });

  it('of another extension goes by its url, also that of a part', () => {
    const inside = place('Extension.extension', 'Extension');
    expect(isAllowed(['extension', 'http://a'], { url: 'http://a' }, inside)).toBe(true);
    expect(isAllowed(['extension', 'http://a#b'], { url: 'http://a' }, inside)).toBe(true);
    expect(isAllowed(['extension', 'http://a'], { url: 'http://c' }, inside)).toBe(false);
    expect(isAllowed(['extension', 'http://a'], { url: 'http://a' }, place('Patient'))).toBe(false);
  });

  it('that is a FHIRPath, or a profile, refuses nothing', () => {
    expect(isAllowed(['fhirpath', 'Patient.name'], {}, place('Practitioner'))).toBe(true);
    expect(isAllowed(['element', 'http://a/Patient'], {}, place('Practitioner'))).toBe(true);
  });
});

it('names a condition that is not met, and none that cannot be asked', () => {
  const around = new Account(false, {}, 'Questionnaire', undefined);
  const unmet = (...invariants: string[]) =>
    unmetInvariant({ contexts: [], invariants }, { type: 'string' }, place('Questionnaire.item'), around);
  expect(unmet("type = 'string'", "type = 'integer'")).toBe("type = 'integer'");
  expect(unmet('%extension.valueInteger = 0', 'no such thing(')).toBeUndefined();
});
