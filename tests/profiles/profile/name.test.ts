import { expect, it } from 'vitest';
import { nameOf, shortName } from '../../../profiles/profile/name.ts';

it('calls a profile by the last part of its canonical', () => {
  expect(shortName('http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|6.1.0')).toBe('us-core-patient');
  expect(shortName('urn:oid:1.2.3')).toBe('urn:oid:1.2.3');
  expect(nameOf({ url: 'http://a.example/x' })).toEqual({ canonical: 'http://a.example/x', short: 'x' });
});
