import { expect, it } from 'vitest';
import { ownDefinition, ownUrls } from '../../resources/own-terminology.ts';

const GENDER = 'http://hl7.org/fhir/administrative-gender';

it("reads R4's own definitions with displays and definitions, each once", () => {
  const gender = ownDefinition('CodeSystem', GENDER)!;
  expect(gender.concept).toContainEqual(
    expect.objectContaining({ code: 'male', display: 'Male', definition: 'Male.' }),
  );
  expect(gender).not.toHaveProperty('text');
  expect(ownDefinition('CodeSystem', GENDER)).toBe(gender);
  expect(ownDefinition('ValueSet', 'http://hl7.org/fhir/ValueSet/administrative-gender')?.version).toBe('4.0.1');
  expect(ownDefinition('ConceptMap', 'http://hl7.org/fhir/ConceptMap/cm-address-type-v3')?.group).toHaveLength(1);
});

it('finds every definition that it lists, and no other', () => {
  for (const type of ['CodeSystem', 'ConceptMap', 'ValueSet'] as const) {
    const urls = ownUrls(type);
    expect(urls.length).toBeGreaterThan(10);
    for (const url of urls) expect(ownDefinition(type, url)).toMatchObject({ resourceType: type, url });
  }
  expect(ownDefinition('ValueSet', GENDER)).toBeUndefined();
  expect(ownDefinition('CodeSystem', 'toString')).toBeUndefined();
});
