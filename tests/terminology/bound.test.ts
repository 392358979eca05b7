/** https://hl7.org/fhir/R4/terminologies.html#binding */
import type { ValueSet } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { boundCodes, boundData, ownBoundCodes } from '../../terminology/bound.ts';
import { Shelf } from '../../terminology/shelf.ts';

const GENDER = 'http://hl7.org/fhir/administrative-gender';

describe("R4's own sets", () => {
  it('hold their codes, with and without system', () => {
    const gender = ownBoundCodes('http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1')!;
    expect(gender).toMatchObject({
      canonical: 'http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1',
      isLarge: false,
    });
    expect(gender.contains(undefined, 'male')).toBe(true);
    expect(gender.contains(GENDER, 'female')).toBe(true);
    expect(gender.contains(GENDER, 'Male')).toBe(false);
    expect(gender.contains('http://snomed.info/sct', 'male')).toBe(false);
    expect(gender.some(2)).toEqual([
      { system: GENDER, code: 'male', display: 'Male' },
      { system: GENDER, code: 'female', display: 'Female' },
    ]);
  });

  it.each([
    ['http://hl7.org/fhir/ValueSet/mimetypes|4.0.1', undefined, 'application/pdf', 'PDF'],
    ['http://hl7.org/fhir/ValueSet/all-languages', 'urn:ietf:bcp:47', 'de-CH', 'xx'],
    ['http://hl7.org/fhir/ValueSet/languages', 'urn:ietf:bcp:47', 'DE-ch', 'tlh'],
    ['http://hl7.org/fhir/ValueSet/currencies|4.0.1', undefined, 'CHF', 'QQQ'],
    ['http://hl7.org/fhir/ValueSet/ucum-units|4.0.1', 'http://unitsofmeasure.org', 'mmol/L', 'wheelbarrow'],
    ['http://hl7.org/fhir/ValueSet/jurisdiction', 'urn:iso:std:iso:3166:-2', 'CH-ZH', 'QQ-ZH'],
    ['http://hl7.org/fhir/ValueSet/jurisdiction', 'urn:iso:std:iso:3166', 'CH', 'QQ'],
    ['http://hl7.org/fhir/ValueSet/timezones', undefined, 'Europe/Zurich', 'Europe/Winterthur'],
  ])('%s, by rule: %s %s, not %s', (canonical, system, code, other) => {
    const set = ownBoundCodes(canonical)!;
    expect(set.unknownBecause).toBeUndefined();
    expect(set.contains(system, code)).toBe(true);
    expect(set.contains(system, other)).toBe(false);
  });

  it('cannot say what a system that is not at hand has, but what the others have', () => {
    const set = ownBoundCodes('http://hl7.org/fhir/ValueSet/consent-content-class')!;
    expect(set.contains('http://hl7.org/fhir/resource-types', 'Patient')).toBe(true);
    expect(set.contains('http://hl7.org/fhir/resource-types', 'Patience')).toBe(false);
    expect(set.contains('http://ihe.net/fhir/ValueSet/IHE.FormatCode.codesystem', 'x')).toBeUndefined();
    expect(set.unknownBecause).toContain('is not at hand');
  });

  it('are null where R4 has none of this name', () =>
    expect(ownBoundCodes('http://hospital.example.org/ValueSet/none')).toBeNull());
});

it('refuses no code of a set that takes another one which is not at hand', () => {
  const include = [
    { valueSet: ['http://cts.nlm.nih.gov/fhir/ValueSet/2.16.840.1.114222.4.11.836'] },
    { system: GENDER, concept: [{ code: 'unknown' }] },
  ];
  const race: ValueSet = { resourceType: 'ValueSet', status: 'active', url: 'urn:race', compose: { include } };
  const set = boundCodes(boundData('urn:race', race, new Shelf()));
  expect(set.contains('urn:oid:2.16.840.1.113883.6.238', '2106-3')).toBeUndefined();
  expect(set.contains(GENDER, 'unknown')).toBe(true);
  expect(set.unknownBecause).toContain('is not at hand');
});

describe('a set as data', () => {
  const shelf = new Shelf();
  const valueSet: ValueSet = {
    resourceType: 'ValueSet',
    status: 'active',
    url: 'http://hospital.example.org/ValueSet/contact',
    version: '2',
    compose: {
      include: [
        { system: GENDER, concept: [{ code: 'other', display: 'Divers' }] },
        { system: 'http://unitsofmeasure.org' },
      ],
    },
  };
  const data = boundData(valueSet.url!, valueSet, shelf);

  it('names the version that it stands for, and the displays of the value set first', () => {
    expect(boundCodes(data).canonical).toBe('http://hospital.example.org/ValueSet/contact|2');
    expect(boundCodes(data).some(9)).toEqual([{ system: GENDER, code: 'other', display: 'Divers' }]);
  });

  it('can be sent to another thread', () => {
    const there = boundCodes(structuredClone(data));
    expect(there.contains(GENDER, 'other')).toBe(true);
    expect(there.contains('http://unitsofmeasure.org', 'mg')).toBe(true);
    expect(there.contains(undefined, 'wheelbarrow')).toBe(false);
  });
});
