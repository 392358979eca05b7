/** Tokens, references, canonicals and addresses, by the sections of https://hl7.org/fhir/R4/search.html */
import { describe, expect, it } from 'vitest';
import { faultFrom } from '../setup/fault.ts';
import { type Stored, searching } from './searching.ts';

const LOINC = 'http://loinc.org';
const LANGUAGE = 'urn:ietf:bcp:47';
const ROLE = 'http://terminology.hl7.org/CodeSystem/v2-0203';

const report = (id: string, sections: readonly string[]): Stored => ({
  resourceType: 'Composition',
  id,
  status: 'final',
  type: { coding: [{ system: LOINC, code: '11503-0' }] },
  date: '2026-01-01',
  title: id,
  author: [{ reference: 'Practitioner/p' }],
  ...(sections.length > 0
    ? { section: sections.map((code) => ({ code: { coding: [{ system: LOINC, code }] } })) }
    : {}),
});

const answers = (id: string, questionnaire?: string): Stored => ({
  resourceType: 'QuestionnaireResponse',
  id,
  status: 'completed',
  ...(questionnaire ? { questionnaire } : {}),
});

const PHQ = 'http://hospital.example.org/Questionnaire/phq-9';

const search = await searching([
  {
    resourceType: 'Patient',
    id: 'ann',
    active: true,
    gender: 'female',
    identifier: [
      {
        system: 'urn:oid:1.2.36',
        value: '446053',
        type: { text: 'Medical record number', coding: [{ system: ROLE, code: 'MR' }] },
      },
    ],
    telecom: [{ system: 'email', value: 'Ann@hospital.example.org' }],
    communication: [
      { language: { coding: [{ system: LANGUAGE, code: 'de-CH', display: 'Swiss German' }], text: 'Dialect' } },
    ],
  },
  {
    resourceType: 'Patient',
    id: 'bob',
    active: false,
    gender: 'male',
    identifier: [{ system: 'urn:oid:1.2.36', value: '446054', type: { coding: [{ system: ROLE, code: 'DL' }] } }],
  },
  { resourceType: 'Patient', id: 'cyd' },
  report('allergies', ['48765-2', '10160-0']),
  report('medication', ['10160-0']),
  report('bare', []),
  {
    resourceType: 'Condition',
    id: 'headache',
    subject: { reference: 'Patient/ann' },
    code: { coding: [{ system: LOINC, code: 'h', display: 'Headache, severe' }] },
  },
  {
    resourceType: 'Condition',
    id: 'text-only',
    subject: { reference: 'Patient/ann' },
    code: { text: 'HEADACHE since Tuesday' },
  },
  { resourceType: 'Condition', id: 'other', subject: { reference: 'Patient/ann' }, code: { text: 'No headache' } },
  { resourceType: 'Medication', id: 'batch', batch: { lotNumber: 'Lot-7B' } },
  {
    resourceType: 'Immunization',
    id: 'shot',
    status: 'completed',
    vaccineCode: { text: 'x' },
    patient: { reference: 'Patient/ann' },
    occurrenceString: 'x',
  },
  answers('any-version', PHQ),
  answers('v1', `${PHQ}|1.0`),
  answers('v1-1', `${PHQ}|1.1.2`),
  answers('v2', `${PHQ}|2.0`),
  answers('v10', `${PHQ}|10.0`),
  answers('fragment', `${PHQ}|1.2#item-3`),
  answers('none'),
]);

const sorted = async (url: string) => (await search.ids(url)).sort();

describe('3.1.1.4.10 token', () => {
  it.each([
    // "[parameter]=[code]: irrespective of the value of the system property"
    ['Composition?section=48765-2', ['allergies']],
    [`Composition?section=${LOINC}|48765-2`, ['allergies']],
    ['Composition?section=|48765-2', []],
    [`Composition?section=${LOINC}|`, ['allergies', 'medication']],
    // "Match is case sensitive unless the underlying semantics … indicate" otherwise
    ['Condition?code=H', []],
    [`Patient?language=${LANGUAGE}|DE-ch`, ['ann']],
    ['Patient?language=DE-ch', ['ann']],
    ['Patient?language=de', []],
    ['Patient?language:not=DE-CH', ['bob', 'cyd']],
    ['Patient?_id=ANN', []],
    // "If the underlying data type is string then the search is not case sensitive."
    ['Medication?lot-number=LOT-7b', ['batch']],
    ['Medication?lot-number=lot-7', []],
    // "the system is defined in the value set"
    ['Patient?gender=http://hl7.org/fhir/administrative-gender|male', ['bob']],
    ['Immunization?status=http://hl7.org/fhir/event-status|completed', ['shot']],
    ['Immunization?status=http://hl7.org/fhir/immunization-status|completed', []],
    ['Patient?active=true', ['ann']],
    ['Patient?active=http://hl7.org/fhir/special-values|true', ['ann']],
  ])('%s', async (url, ids) => expect(await sorted(url)).toEqual(ids));
});

describe('3.1.1.4.10 token, :not', () => {
  it.each([
    // "includes resources that have no value for the parameter"
    ['Patient?gender:not=male', ['ann', 'cyd']],
    ['Patient?gender:not=male,female', ['cyd']],
    // "the negation applies to the set, not each individual entry"
    ['Composition?section:not=48765-2', ['bare', 'medication']],
    [`Composition?section:not=${LOINC}|`, ['bare']],
    ['Patient?identifier:not=446053', ['bob', 'cyd']],
    ['Patient?active:not=true', ['bob', 'cyd']],
  ])('%s', async (url, ids) => expect(await sorted(url)).toEqual(ids));
});

describe('3.1.1.4.10 token, :text', () => {
  it.each([
    // "a normal string search": starts with, without case or accents
    ['Condition?code:text=headache', ['headache', 'text-only']],
    ['Condition?code:text=héadache', ['headache', 'text-only']],
    ['Condition?code:text=severe', []],
    ['Condition?code:text=h', ['headache', 'text-only']],
    // "CodeableConcept.text, Coding.display, or Identifier.type.text"
    ['Patient?language:text=swiss', ['ann']],
    ['Patient?language:text=dialect', ['ann']],
    ['Patient?identifier:text=medical record', ['ann']],
    ['Patient?identifier:text=record', []],
    ['Patient?identifier:text=446053', []],
  ])('%s', async (url, ids) => expect(await sorted(url)).toEqual(ids));
});

describe('3.1.1.4.10 token, :of-type', () => {
  it.each([
    [`Patient?identifier:of-type=${ROLE}|MR|446053`, ['ann']],
    [`Patient?identifier:of-type=${ROLE}|DL|446053`, []],
    [`Patient?identifier:of-type=${ROLE}|MR|446054`, []],
    [`Patient?identifier:of-type=${ROLE}|MR|446053,${ROLE}|DL|446054`, ['ann', 'bob']],
  ])('%s', async (url, ids) => expect(await sorted(url)).toEqual(ids));

  it.each(['MR|446053', `${ROLE}|MR|`, `${ROLE}||446053`, '|MR|446053'])('needs all three parts: %s', async (value) =>
    expect((await faultFrom(search.bundle(`Patient?identifier:of-type=${value}`))).kind).toBe('invalid-value'),
  );

  it.each(['Patient?gender:of-type=a|b|c', 'Condition?code:of-type=a|b|c', 'Patient?telecom:of-type=a|b|c'])(
    'is for identifiers only: %s',
    async (url) => expect((await faultFrom(search.bundle(url))).kind).toBe('unsupported-modifier'),
  );
});

describe('3.1.1.4.13 references and versions, canonicals', () => {
  const q = 'QuestionnaireResponse?questionnaire';
  it.each([
    [`${q}=${PHQ}`, ['any-version', 'fragment', 'v1', 'v1-1', 'v10', 'v2']],
    [`${q}=${PHQ}|1.0`, ['v1']],
    [`${q}=${PHQ}|1`, []],
    // "matches all of these element values": whatever their version
    [`${q}:below=${PHQ}`, ['any-version', 'fragment', 'v1', 'v1-1', 'v10', 'v2']],
    [`${q}:below=${PHQ}|1`, ['fragment', 'v1', 'v1-1']],
    [`${q}:below=${PHQ}|1.1`, ['v1-1']],
    [`${q}:below=${PHQ}|1.1.2`, ['v1-1']],
    [`${q}:below=${PHQ}|1.1.2.3`, []],
    [`${q}:above=${PHQ}|1.1.2`, ['any-version', 'v1-1']],
    [`${q}:above=${PHQ}|1.0.7`, ['any-version', 'v1']],
    [`${q}:above=${PHQ}`, ['any-version']],
    [`${q}:missing=true`, ['none']],
    [`${q}:not-in=x`, undefined],
    [`${q}:identifier=x`, undefined],
  ])('%s', async (url, ids) => {
    if (ids) expect(await sorted(url)).toEqual(ids);
    else expect((await faultFrom(search.bundle(url))).kind).toBe('unsupported-modifier');
  });

  it.each(['Condition?subject:below=Patient/ann', 'Condition?subject:above=ann'])(
    'refuses %s: patients are above and below nobody',
    async (url) => expect((await faultFrom(search.bundle(url))).kind).toBe('unsupported-modifier'),
  );
});

describe('3.1.1.4.4 modifiers, :missing', () => {
  it.each([
    ['Patient?gender:missing=true', ['cyd']],
    ['Patient?identifier:missing=false', ['ann', 'bob']],
    ['Patient?telecom:missing=true', ['bob', 'cyd']],
    ['Patient?_id:missing=false', ['ann', 'bob', 'cyd']],
    ['Patient?_lastUpdated:missing=true', []],
    ['Patient?_profile:missing=true', ['ann', 'bob', 'cyd']],
    ['Patient?_tag:missing=false', []],
    ['Patient?_security:missing=true&gender:missing=true', ['cyd']],
    ['Patient?_source:missing=false', []],
  ])('%s', async (url, ids) => expect(await sorted(url)).toEqual(ids));

  // "For all parameters (except combination)"
  it('is not for combinations', async () =>
    expect((await faultFrom(search.bundle('Observation?code-value-quantity:missing=true'))).kind).toBe(
      'unsupported-modifier',
    ));
});
