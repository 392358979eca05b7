import { describe, expect, it } from 'vitest';
import { Fault } from '../../../resources/index.ts';
import { searching } from '../../conformance/searching.ts';

const MR = { system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' };
const SNOMED = 'http://snomed.info/sct';
const ICD10 = 'http://hl7.org/fhir/sid/icd-10';

const condition = (id: string, code: object | undefined, more = {}) => ({
  resourceType: 'Condition',
  id,
  subject: { reference: 'Patient/ann' },
  ...(code ? { code } : {}),
  ...more,
});

const search = await searching([
  {
    resourceType: 'Patient',
    id: 'ann',
    active: true,
    gender: 'female',
    identifier: [
      {
        system: 'urn:oid:1.2.3',
        value: 'A-1',
        type: { coding: [{ system: 'http://example.org/types', code: 'LOCAL' }, MR] },
      },
      { value: 'bare' },
    ],
    telecom: [
      { system: 'phone', value: '+49 (30) 123-456' },
      { system: 'email', value: 'Ann@Example.org' },
    ],
    communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'de-CH' }] } }],
    deceasedDateTime: '2024-02-29',
  },
  {
    resourceType: 'Patient',
    id: 'bob',
    gender: 'male',
    identifier: [{ system: 'urn:oid:1.2.4', value: 'a-1', type: { coding: [MR] } }],
  },
  { resourceType: 'Patient', id: 'cyd' },
  condition('both', {
    coding: [
      { system: SNOMED, code: '73211009', display: 'Diabetes mellitus' },
      { system: ICD10, code: 'E11' },
    ],
    text: 'Type 2 diabetes',
  }),
  condition('same', {
    coding: [{ system: SNOMED, code: '73211009', display: 'Sugar disease' }],
    text: 'SUGAR  disease',
  }),
  condition('icd', { coding: [{ system: ICD10, code: 'E11' }] }),
  condition('nowhere', { coding: [{ code: 'E11' }] }),
  condition('words', { text: 'Diabetes insipidus?' }),
  condition('none', undefined),
]);

describe('a token', () => {
  it.each([
    // Both codings of a resource count, and a code in any system.
    ['Condition?code=E11', ['both', 'icd', 'nowhere']],
    [`Condition?code=${ICD10}|E11`, ['both', 'icd']],
    ['Condition?code=|E11', ['nowhere']],
    [`Condition?code=${ICD10}|`, ['both', 'icd']],
    [`Condition?code=${SNOMED}|E11`, []],
    [`Condition?code=${SNOMED}|73211009,|E11`, ['both', 'nowhere', 'same']],
    ['Condition?code=e11', []],
    [`Condition?code=${ICD10}|E11&code=73211009`, ['both']],
    ['Condition?code:not=E11', ['none', 'same', 'words']],
    [`Condition?code:not=E11,${SNOMED}|73211009`, ['none', 'words']],
    ['Condition?code:missing=true', ['none']],
    // A plain code is of the system of its set.
    ['Patient?gender=male', ['bob']],
    ['Patient?gender=http://hl7.org/fhir/administrative-gender|male', ['bob']],
    ['Patient?gender=http://hl7.org/fhir/administrative-gender|', ['ann', 'bob']],
    ['Patient?gender=http://example.org/genders|male', []],
    ['Patient?gender:not=male', ['ann', 'cyd']],
    ['Patient?active=true', ['ann']],
    ['Patient?active=false', []],
    ['Patient?deceased=true', ['ann']],
    ['Patient?deceased=false', ['bob', 'cyd']],
    // Languages are the same in any case.
    ['Patient?language=urn:ietf:bcp:47|DE-ch', ['ann']],
    ['Patient?language=urn:ietf:bcp:47|de-CH', ['ann']],
  ])('%s', async (url, ids) => expect((await search.ids(url)).sort()).toEqual(ids));
});

describe('an identifier', () => {
  it.each([
    ['Patient?identifier=A-1', ['ann']],
    ['Patient?identifier=a-1', ['bob']],
    ['Patient?identifier=urn:oid:1.2.3|A-1', ['ann']],
    ['Patient?identifier=urn:oid:1.2.4|A-1', []],
    ['Patient?identifier=|bare', ['ann']],
    ['Patient?identifier=|A-1', []],
    ['Patient?identifier=urn:oid:1.2.3|', ['ann']],
    ['Patient?identifier=urn:oid:1.2.3|A-1,urn:oid:1.2.4|a-1', ['ann', 'bob']],
    ['Patient?identifier:not=A-1', ['bob', 'cyd']],
    ['Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|A-1', ['ann']],
    ['Patient?identifier:of-type=http://example.org/types|LOCAL|A-1', ['ann']],
    ['Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|bare', []],
    ['Patient?identifier:missing=true', ['cyd']],
  ])('%s', async (url, ids) => expect((await search.ids(url)).sort()).toEqual(ids));
});

describe('a contact point', () => {
  it.each([
    ['Patient?phone=%2B4930123456', ['ann']],
    ['Patient?phone=%2B49 30 123 456', ['ann']],
    ['Patient?phone=ann@example.org', []],
    ['Patient?email=ann@example.org', ['ann']],
    ['Patient?email=ANN@EXAMPLE.ORG', ['ann']],
    ['Patient?telecom=%2B4930123456', ['ann']],
    ['Patient?telecom=phone|%2B4930123456', ['ann']],
    ['Patient?telecom=email|%2B4930123456', []],
    ['Patient?telecom=email|', ['ann']],
    ['Patient?email:missing=true', ['bob', 'cyd']],
  ])('%s', async (url, ids) => expect((await search.ids(url)).sort()).toEqual(ids));
});

describe('the text of a code', () => {
  it.each([
    ['Condition?code:text=diabetes', ['both', 'words']],
    ['Condition?code:text=type 2', ['both']],
    ['Condition?code:text=sugar', ['same']],
    ['Condition?code:text=disease', []],
    ['Condition?code:text=sugar,insipidus', ['same']],
    ['Condition?code:text=E11', []],
  ])('%s', async (url, ids) => expect((await search.ids(url)).sort()).toEqual(ids));
});

it.each([
  'Patient?identifier:of-type=MR|A-1',
  'Patient?identifier:of-type=|MR|A-1',
  'Condition?code:text=%20',
  'Condition?code=a|b|c',
])('refuses %s', async (url) => expect(search.ids(url)).rejects.toThrow(Fault));

it('is not moved by hostile codes', async () => {
  for (const code of ["'; DROP TABLE res; --", '%', '_', '\\\\', '{}', '$1', '^~', '\u0007']) {
    expect(await search.ids(`Condition?code=${encodeURIComponent(code)}`)).toEqual([]);
    expect(await search.ids(`Patient?identifier=${encodeURIComponent(code)}`)).toEqual([]);
    expect(await search.ids(`Condition?code:text=${encodeURIComponent(`x${code}`)}`)).toEqual([]);
  }
});
