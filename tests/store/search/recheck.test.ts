import { describe, expect, it } from 'vitest';
import { parseSearch } from '../../../store/search/parse.ts';
import { mayHold } from '../../../store/search/recheck.ts';
import type { Query } from '../../../store/search/tree.ts';

const patient = {
  resourceType: 'Patient',
  identifier: [{ system: 'http://hospital.example/mrn', value: 'A-17' }],
  active: true,
  gender: 'female',
  managingOrganization: { reference: 'Organization/north' },
  generalPractitioner: [{ reference: 'http://other.example/fhir/Practitioner/9/_history/2' }],
  link: [{ other: { reference: 'Patient/older' }, type: 'replaces' }],
};
const holds = (...query: Query) => {
  const { criteria } = parseSearch({
    type: 'Patient',
    query,
    handling: 'strict',
    limits: { countDefault: 2, countMax: 2 },
  });
  return mayHold(criteria, patient);
};

describe('mayHold', () => {
  it('holds for every way to ask for what is there', () => {
    expect(holds(['identifier', 'http://hospital.example/mrn|A-17'])).toBe(true);
    expect(holds(['identifier', 'A-17'])).toBe(true);
    expect(holds(['identifier', 'http://hospital.example/mrn|'])).toBe(true);
    expect(holds(['gender', 'http://hl7.org/fhir/administrative-gender|female'])).toBe(true);
    expect(holds(['gender', 'male,female'])).toBe(true);
    expect(holds(['active', 'true'])).toBe(true);
    expect(holds(['organization', 'Organization/north'])).toBe(true);
    expect(holds(['organization', 'north'])).toBe(true);
    expect(holds(['general-practitioner', 'http://other.example/fhir/Practitioner/9'])).toBe(true);
  });

  it('does not hold where the text is another, whatever its hash', () => {
    expect(holds(['identifier', 'A-18'])).toBe(false);
    expect(holds(['gender', 'male'])).toBe(false);
    expect(holds(['organization', 'Organization/south'])).toBe(false);
    expect(holds(['gender', 'female'], ['identifier', 'B-1'])).toBe(false);
  });

  it('leaves to the index what is compared exactly there', () => {
    expect(holds(['birthdate', '1980'])).toBe(true);
    expect(holds(['gender:not', 'female'])).toBe(true);
    expect(holds(['_id', '7'])).toBe(true);
    expect(holds(['deceased', 'false'])).toBe(true);
  });
});
