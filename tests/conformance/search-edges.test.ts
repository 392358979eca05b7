/** Where the rules of R4 search meet their edges, by the sections of https://hl7.org/fhir/R4/search.html */
import { describe, expect, it } from 'vitest';
import { faultFrom } from '../setup/fault.ts';
import { linkOf, matchesOf, type Stored, searching } from './searching.ts';

const UCUM = 'http://unitsofmeasure.org';
const LOINC = 'http://loinc.org';
const ref = (reference: string) => ({ reference });
const ucum = (value: number, code: string) => ({ value, unit: code, system: UCUM, code });
const observation = (id: string, more: object): Stored => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: LOINC, code: '29463-7', display: 'Body weight' }] },
  ...more,
});
const encounter = (id: string, more: object): Stored => ({
  resourceType: 'Encounter',
  id,
  status: 'finished',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
  ...more,
});
const request = (id: string, occurrence: object): Stored => ({
  resourceType: 'ServiceRequest',
  id,
  status: 'active',
  intent: 'order',
  subject: ref('Patient/nora'),
  ...occurrence,
});
const invoice = (id: string, value: number, currency: string): Stored => ({
  resourceType: 'Invoice',
  id,
  status: 'issued',
  totalNet: { value, currency },
});

const patients: readonly Stored[] = [
  {
    resourceType: 'Patient',
    id: 'nora',
    active: true,
    gender: 'female',
    birthDate: '1984-02-29',
    identifier: [
      { system: 'http://mrn.example/north', value: 'A-100' },
      { system: 'http://insurer.example', value: '100' },
    ],
    name: [
      {
        use: 'official',
        text: 'Prof. Dr. Nora Van den Berg-Müller MD',
        family: 'Van den Berg-Müller',
        given: ['Nora', 'Anne Marie'],
        prefix: ['Prof.', 'Dr.'],
        suffix: ['MD'],
      },
    ],
    telecom: [
      { system: 'phone', value: '+41 (44) 555-12 34', use: 'home' },
      { system: 'email', value: 'Nora.Berg@Mail.example' },
    ],
    address: [
      {
        use: 'home',
        text: 'Rämistrasse 100, 8091 Zürich',
        line: ['Rämistrasse 100', 'Haus B'],
        city: 'Zürich',
        district: 'Oberstrass',
        state: 'ZH',
        postalCode: '8091',
        country: 'CH',
      },
    ],
    managingOrganization: ref('Organization/north'),
    link: [{ other: ref('Patient/gerd'), type: 'seealso' }],
  },
  {
    resourceType: 'Patient',
    id: 'gerd',
    gender: 'male',
    birthDate: '1951-06',
    deceasedDateTime: '2019-03-01T04:00:00+01:00',
    name: [{ family: 'Gerber', given: ['Gerd'] }, { family: 'Łukasz' }],
    identifier: [{ value: 'no-system' }, { system: 'http://mrn.example/north', value: 'a-100' }],
    communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'pl' }] } }],
    managingOrganization: { identifier: { system: 'http://mrn.example/orgs', value: 'South' }, display: 'South' },
  },
  {
    resourceType: 'Patient',
    id: 'lee',
    active: false,
    birthDate: '2001-12-31',
    deceasedBoolean: false,
    name: [{ family: 'Lé', given: ['a,b', 'c|d', 'e$f', 'g\\h', '100%', 'x_y'] }],
    managingOrganization: ref('http://elsewhere.example/fhir/Organization/north'),
  },
  { resourceType: 'Patient', id: 'eve', deceasedBoolean: true, name: [{ text: 'Eve\u0301 O\u2019Connor' }] },
];

const search = await searching([
  ...patients,
  { resourceType: 'Organization', id: 'north', name: 'North Clinic', active: true },
  observation('w-54', {
    valueQuantity: ucum(54, 'kg'),
    subject: ref('Patient/nora'),
    effectiveInstant: '2024-03-10T01:59:59.999Z',
  }),
  observation('w-54.0', {
    valueQuantity: ucum(54.04, 'kg'),
    subject: ref('Patient/gerd'),
    effectiveDateTime: '2024-03-10',
  }),
  observation('w-neg', {
    valueQuantity: ucum(-54, 'kg'),
    subject: ref('Patient/nora/_history/1'),
    effectiveDateTime: '2024-03',
  }),
  observation('w-tiny', {
    valueQuantity: ucum(0.00054, 'kg'),
    effectivePeriod: { start: '2024-03-10', end: '2024-03-10' },
  }),
  observation('w-none', { valueString: 'gt5', effectivePeriod: { start: '2024-03-10T12:00:00Z' } }),
  observation('w-range', {
    valueRange: { low: ucum(50, 'kg'), high: ucum(60, 'kg') },
    effectivePeriod: { end: '2024-03-11' },
  }),
  observation('w-bool', { valueBoolean: true, dataAbsentReason: { text: 'n/a' } }),
  encounter('an-hour', {
    length: ucum(60, 'min'),
    period: { start: '2024-01-01T08:00:00Z', end: '2024-01-01T09:00:00Z' },
    subject: ref('Patient/nora'),
  }),
  encounter('two-days', {
    length: ucum(2, 'd'),
    period: { start: '2024-01-01', end: '2024-01-02' },
    subject: ref('Patient/gerd'),
  }),
  encounter('going-on', { period: { start: '2024-01-02T00:00:00Z' } }),
  encounter('undated', {}),
  request('events', { occurrenceTiming: { event: ['2024-05-01', '2024-05-03T10:00:00Z'] } }),
  request('bounded', {
    occurrenceTiming: {
      repeat: { boundsPeriod: { start: '2024-05-02', end: '2024-05-04' }, frequency: 1, period: 1, periodUnit: 'd' },
    },
  }),
  request('unbounded', {
    occurrenceTiming: { repeat: { boundsPeriod: { start: '2024-05-10' }, frequency: 1, period: 1, periodUnit: 'd' } },
  }),
  request('loose', {
    occurrenceTiming: { repeat: { boundsDuration: ucum(3, 'd'), frequency: 1, period: 1, periodUnit: 'd' } },
  }),
  request('coded', { occurrenceTiming: { code: { text: 'as needed' } } }),
  invoice('chf', 100, 'CHF'),
  invoice('eur', 99.6, 'EUR'),
  {
    resourceType: 'RiskAssessment',
    id: 'exact',
    status: 'final',
    subject: ref('Patient/nora'),
    prediction: [{ probabilityDecimal: 0.5 }, { probabilityDecimal: 99.7 }],
  },
  {
    resourceType: 'RiskAssessment',
    id: 'tenth',
    status: 'final',
    subject: ref('Patient/gerd'),
    prediction: [{ probabilityDecimal: 0.05 }, { probabilityDecimal: 103 }],
  },
  {
    resourceType: 'ValueSet',
    id: 'vs',
    status: 'active',
    url: 'http://hospital.example/fhir/ValueSet/wards',
    version: '2.1',
  },
  { resourceType: 'ValueSet', id: 'vs-slash', status: 'active', url: 'http://hospital.example/fhir/ValueSet/wards/' },
  { resourceType: 'ValueSet', id: 'vs-urn', status: 'active', url: 'urn:oid:1.2.3' },
  { resourceType: 'ValueSet', id: 'vs-urn-long', status: 'active', url: 'urn:oid:1.2.3.4' },
  {
    resourceType: 'Group',
    id: 'traits',
    type: 'person',
    actual: false,
    characteristic: [
      { code: { coding: [{ code: 'smoker' }] }, valueBoolean: true, exclude: false },
      { code: { coding: [{ code: 'gender' }] }, valueCodeableConcept: { coding: [{ code: 'female' }] }, exclude: true },
    ],
  },
]);

const sorted = async (url: string) => (await search.ids(url)).sort();
const cases = (rows: readonly (readonly [url: string, ids: readonly string[]])[]) =>
  it.each(rows)('%s', async (url, ids) => expect(await sorted(url)).toEqual([...ids].sort()));
const refusals = (rows: readonly (readonly [url: string, kind: string])[]) =>
  it.each(rows)('refuses %s: %s', async (url, kind) => {
    const fault = await faultFrom(search.bundle(url));
    expect(fault.status, fault.message).toBe(400);
    expect(fault.kind, fault.message).toBe(kind);
  });

describe('3.1.1 how a search is written', () => {
  cases([
    // Names and values may be percent-encoded anywhere, and in either case.
    ['Patient?%66amily=gerber', ['gerd']],
    ['Patient?fam%69ly=%67erber', ['gerd']],
    ['Patient?family=van+den', ['nora']],
    ['Patient?family=van%20den%20berg', ['nora']],
    ['Patient?family=berg-m', []],
    ['Patient?family=van den berg-m%C3%BCller', ['nora']],
    ['Patient?family=van den berg-m%c3%bcller', ['nora']],
    ['Patient?family=van den berg-mu%CC%88ller', ['nora']],
    ['Patient?identifier=http%3A%2F%2Finsurer.example%7C100', ['nora']],
    ['Patient?identifier=http://insurer.example|100', ['nora']],
    // A separator counts as one however it is encoded; only a backslash takes its meaning away.
    ['Patient?family=gerber%2Cl%C3%A9', ['gerd', 'lee']],
    ['Patient?given=a%5C%2Cb', ['lee']],
    ['Patient?&family=gerber&', ['gerd']],
    ['Patient?', ['eve', 'gerd', 'lee', 'nora']],
    ['Patient?_id=nora&_id=nora', ['nora']],
  ]);
  refusals([
    ['Patient?family=%zz', 'invalid-request'],
    ['Patient?family=%C3', 'invalid-request'],
    ['Patient?family=%FF', 'invalid-request'],
    ['Patient?family', 'invalid-value'],
    ['Patient?family=', 'invalid-value'],
    ['Patient?family=gerber,', 'invalid-value'],
    ['Patient?family=,', 'invalid-value'],
    ['Patient?=gerber', 'unknown-parameter'],
    ['Patient?Family=gerber', 'unknown-parameter'],
    ['Patient?FAMILY=gerber', 'unknown-parameter'],
    ['Patient?patient.family=gerber', 'unknown-parameter'],
    ['Patient?family:Exact=Gerber', 'unsupported-modifier'],
    ['Patient?family:=gerber', 'unsupported-modifier'],
    ['Patient?family:exact:contains=gerber', 'unsupported-modifier'],
    ['Patient?birthdate:exact=1984', 'unsupported-modifier'],
    ['Patient?gender:exact=male', 'unsupported-modifier'],
    ['Patient?gender:contains=ma', 'unsupported-modifier'],
    ['Patient?family:not=gerber', 'unsupported-modifier'],
    ['Patient?family:text=gerber', 'unsupported-modifier'],
    ['Patient?organization:exact=north', 'unsupported-modifier'],
    ['Patient?organization:Practitioner=north', 'unsupported-modifier'],
    ['Observation?value-quantity:above=5', 'unsupported-modifier'],
    ['Patient?family:missing=yes', 'invalid-value'],
    ['Patient?family:missing=true,false', 'invalid-value'],
  ]);

  it('is by form in a POST, where + is a blank and names repeat', async () => {
    const bundle = await search.bundle('Patient/_search', { form: 'family=van+den&given=anne+marie&gender=female' });
    expect(matchesOf(bundle)).toEqual(['nora']);
    const both = await search.bundle('Patient/_search?gender=female', { form: 'gender=male' });
    expect(matchesOf(both)).toEqual([]);
    expect(matchesOf(await search.bundle('Patient/_search', { form: '' }))).toHaveLength(4);
    expect(matchesOf(await search.bundle('_search', { form: '_type=Patient,Organization&_id=north' }))).toEqual([
      'north',
    ]);
    expect(matchesOf(await search.bundle('Patient/nora/Observation/_search', { form: 'code=29463-7' }))).toEqual([
      'w-54',
      'w-neg',
    ]);
  });
});

describe('3.1.1.4.5 prefixes are for ordered values only', () => {
  cases([
    ['Patient?family=ge', ['gerd']],
    ['Patient?family=le', ['lee']],
    ['Patient?family=eqGerber', []],
    ['Patient?name=ne', []],
    ['Observation?value-string=gt5', ['w-none']],
    ['Observation?value-string=g', ['w-none']],
    ['Patient?identifier=eq100', []],
    ['Patient?_id=eqnora', []],
    ['ValueSet?url=equrn:oid:1.2.3', []],
    ['Patient?organization=eqnorth', []],
  ]);
  refusals([
    ['Patient?birthdate=GE1984', 'invalid-value'],
    ['Patient?birthdate=>1984', 'invalid-value'],
    ['Patient?birthdate=ge', 'invalid-value'],
    ['Patient?birthdate=gege1984', 'invalid-value'],
    ['Patient?birthdate=xx1984', 'invalid-value'],
    ['RiskAssessment?probability=<5', 'invalid-value'],
    ['RiskAssessment?probability=in5', 'invalid-value'],
  ]);
});

describe('3.1.1.4.6 number', () => {
  cases([
    ['RiskAssessment?probability=0.5', ['exact']],
    ['RiskAssessment?probability=5e-1', ['exact']],
    ['RiskAssessment?probability=5E-1', ['exact']],
    ['RiskAssessment?probability=0.05', ['tenth']],
    ['RiskAssessment?probability=100', ['exact']],
    ['RiskAssessment?probability=100.0', []],
    ['RiskAssessment?probability=1e2', ['exact', 'tenth']],
    ['RiskAssessment?probability=1.00e2', ['exact']],
    ['RiskAssessment?probability=10e1', ['exact']],
    ['RiskAssessment?probability=ne0.5', ['exact', 'tenth']],
    ['RiskAssessment?probability=ap0.52', ['exact']],
    ['RiskAssessment?probability=-0', ['tenth']],
    ['RiskAssessment?probability=00.50', ['exact']],
    ['RiskAssessment?probability=gt99.69&probability=lt0.1', ['tenth']],
    ['RiskAssessment?probability=gt1e300', []],
    ['RiskAssessment?probability=lt1e300', ['exact', 'tenth']],
    ['RiskAssessment?probability=gt1e-300&probability=lt0.06', ['tenth']],
  ]);
  refusals([
    ['RiskAssessment?probability=0x10', 'invalid-value'],
    ['RiskAssessment?probability=NaN', 'invalid-value'],
    ['RiskAssessment?probability=Infinity', 'invalid-value'],
    ['RiskAssessment?probability=1e', 'invalid-value'],
    ['RiskAssessment?probability=--1', 'invalid-value'],
    ['RiskAssessment?probability=1 2', 'invalid-value'],
    ['RiskAssessment?probability=five', 'invalid-value'],
    ['RiskAssessment?probability=0.5|x', 'invalid-value'],
  ]);
});

describe('3.1.1.4.7 date', () => {
  cases([
    ['Patient?birthdate=1984-02-29', ['nora']],
    ['Patient?birthdate=1984', ['nora']],
    ['Patient?birthdate=1984-02', ['nora']],
    ['Patient?birthdate=1951-06-15', []],
    ['Patient?birthdate=1951-06', ['gerd']],
    ['Patient?birthdate=ge1951-06-15', ['gerd', 'lee', 'nora']],
    ['Patient?birthdate=gt1951-06', ['lee', 'nora']],
    ['Patient?birthdate=le2001-12-31', ['gerd', 'lee', 'nora']],
    ['Patient?birthdate=lt2001-12-31', ['gerd', 'nora']],
    ['Patient?birthdate=sa2001-12-30', ['lee']],
    ['Patient?birthdate=eb1951-07', ['gerd']],
    ['Patient?birthdate=1984,2001', ['lee', 'nora']],
    ['Patient?birthdate=1984&birthdate=2001', []],
    ['Patient?birthdate:missing=true', ['eve']],
    // 04:00 at +01:00 is 03:00 in UTC.
    ['Patient?death-date=2019-03-01T03:00:00Z', ['gerd']],
    ['Patient?death-date=2019-03-01T04:00%2B01:00', ['gerd']],
    ['Patient?death-date=2019-02-28', []],
    ['Patient?death-date=2019-03-01', ['gerd']],
    // Instants keep their fractions; a second holds all that lie in it.
    ['Observation?date=2024-03-10T01:59:59Z', ['w-54']],
    ['Observation?date=2024-03-10T01:59Z', ['w-54']],
    ['Observation?date=2024-03-10T01:59:59.999Z', ['w-54']],
    ['Observation?date=2024-03-10T01:59:59.9Z', ['w-54']],
    ['Observation?date=2024-03-10T01:59:59.998Z', []],
    // A Period of one day is the day; an open end never ends, a missing start never starts.
    ['Observation?date=2024-03-10', ['w-54', 'w-54.0', 'w-tiny']],
    ['Observation?date=2024-03', ['w-54', 'w-54.0', 'w-neg', 'w-tiny']],
    ['Observation?date=sa2024-03-09', ['w-54', 'w-54.0', 'w-none', 'w-tiny']],
    ['Observation?date=sa2024-03-10T11:59:59Z', ['w-none']],
    ['Observation?date=gt2500', ['w-none']],
    ['Observation?date=lt1500', ['w-range']],
    ['Observation?date=eb2024-03-12', ['w-54', 'w-54.0', 'w-range', 'w-tiny']],
    ['Observation?date=eb2024-03-11', ['w-54', 'w-54.0', 'w-tiny']],
    ['Observation?date=ne2024-03', ['w-none', 'w-range']],
    ['Observation?date:missing=true', ['w-bool']],
    // Both ends of a range: R4's own advice for "any overlap".
    ['Encounter?date=ge2024-01-01T08:30:00Z&date=le2024-01-01T08:45:00Z', ['an-hour', 'two-days']],
    ['Encounter?date=2024-01-01', ['an-hour']],
    ['Encounter?date=2024-01', ['an-hour', 'two-days']],
    // "The range above the search value intersects with the target, or the search value contains the target": neither.
    ['Encounter?date=ge2024-01-02', ['going-on']],
    ['Encounter?date=ge2024-01-01', ['an-hour', 'going-on', 'two-days']],
    ['Encounter?date=sa2024-01-01', ['going-on']],
    ['Encounter?date=eb2024-01-02', ['an-hour']],
    // "Only the outer limits matter" of a Timing.
    ['ServiceRequest?occurrence=2024-05', ['bounded', 'events']],
    ['ServiceRequest?occurrence=ge2024-05-03', ['bounded', 'unbounded']],
    ['ServiceRequest?occurrence=ge2024-05-04', ['unbounded']],
    ['ServiceRequest?occurrence=lt2024-05-02', ['events']],
    ['ServiceRequest?occurrence=gt3000', ['unbounded']],
    ['ServiceRequest?occurrence=sa2024-05-09', ['unbounded']],
    ['ServiceRequest?occurrence=eb2024-05-04', ['events']],
    ['Patient?_lastUpdated=gt2000&_id=nora', ['nora']],
    ['Patient?_lastUpdated=sa2000-01-01T00:00:00Z&_id=nora', ['nora']],
    ['Patient?_lastUpdated=ap1990&_id=nora', []],
    ['Patient?_lastUpdated=ne2000&_id=nora', ['nora']],
  ]);
  refusals([
    ['Patient?birthdate=1984-02-30', 'invalid-value'],
    ['Patient?birthdate=1983-02-29', 'invalid-value'],
    ['Patient?birthdate=1984-13', 'invalid-value'],
    ['Patient?birthdate=1984-2', 'invalid-value'],
    ['Patient?birthdate=84', 'invalid-value'],
    ['Patient?birthdate=29.02.1984', 'invalid-value'],
    ['Patient?birthdate=1984-02-29T25:00:00Z', 'invalid-value'],
    ['Patient?birthdate=1984-02-29T10Z', 'invalid-value'],
    ['Patient?birthdate=now', 'invalid-value'],
    // A plus that is not encoded is a blank.
    ['Patient?death-date=2019-03-01T04:00:00+01:00', 'invalid-value'],
    ['Patient?birthdate=***', 'invalid-value'],
  ]);
});

describe('3.1.1.4.8 string', () => {
  cases([
    // Every part of a name.
    ['Patient?name=prof', ['nora']],
    ['Patient?name=dr.', ['nora']],
    ['Patient?name=md', ['nora']],
    ['Patient?name=anne m', ['nora']],
    ['Patient?name=marie', []],
    ['Patient?name:contains=marie', ['nora']],
    ['Patient?name=eve', ['eve']],
    ['Patient?family=eve', []],
    ['Patient?given=NORA', ['nora']],
    // Every part of an address.
    ['Patient?address=ramistrasse 100', ['nora']],
    ['Patient?address=haus', ['nora']],
    ['Patient?address=zurich', ['nora']],
    ['Patient?address=oberstrass', ['nora']],
    ['Patient?address=zh', ['nora']],
    ['Patient?address=8091', ['nora']],
    ['Patient?address=ch', ['nora']],
    ['Patient?address=switzerland', []],
    ['Patient?address-city=zur', ['nora']],
    ['Patient?address-state=Z', ['nora']],
    ['Patient?address-postalcode=80', ['nora']],
    ['Patient?address-country=Ch', ['nora']],
    ['Patient?address-use=home', ['nora']],
    ['Patient?address-use=work', []],
    // Case, accents and combining characters, on both sides.
    ['Patient?address-city=ZÜR', ['nora']],
    ['Patient?address-city=zu%CC%88r', ['nora']],
    ['Patient?address-city:exact=Zürich', ['nora']],
    ['Patient?address-city:exact=Zurich', []],
    ['Patient?address-city:exact=zürich', []],
    ['Patient?address-city:exact=Züric', []],
    ['Patient?address-city:contains=RIC', ['nora']],
    ['Patient?name=evé', ['eve']],
    ['Patient?name:contains=connor', ['eve']],
    ['Patient?family=LE', ['lee']],
    ['Patient?family:exact=Lé', ['lee']],
    ['Patient?family:exact=Le', []],
    // Ł is a letter of its own, not an L with a mark.
    ['Patient?family=łuk', ['gerd']],
    ['Patient?family=luk', []],
    // Several values of one element: each may answer another condition.
    ['Patient?family=ger&family=łuk', ['gerd']],
    ['Patient?family:exact=Gerber,Lé', ['gerd', 'lee']],
    ['Patient?family:missing=true', ['eve']],
    ['Patient?address:missing=false', ['nora']],
  ]);
});

describe('3.1.1.4.4 escapes', () => {
  cases([
    ['Patient?given=a\\,b', ['lee']],
    ['Patient?given:exact=a\\,b', ['lee']],
    ['Patient?given=a,b', ['nora', 'lee']],
    ['Patient?given=c\\|d', ['lee']],
    ['Patient?given=c|d', ['lee']],
    ['Patient?given=e\\$f', ['lee']],
    ['Patient?given=e$f', ['lee']],
    ['Patient?given=g\\\\h', ['lee']],
    ['Patient?given=g\\h', ['lee']],
    ['Patient?given=100%25', ['lee']],
    ['Patient?given=%25', []],
    ['Patient?given:contains=%25', ['lee']],
    ['Patient?given=x_y', ['lee']],
    ['Patient?given=x_', ['lee']],
    ['Patient?given=_', []],
    ['Patient?given:contains=_', ['lee']],
    ['Patient?given:contains=\\,', ['lee']],
    ['Patient?given:contains=.', []],
  ]);
});

describe('3.1.1.4.10 token', () => {
  cases([
    // Identifiers are told apart by case, also where they have no system.
    ['Patient?identifier=A-100', ['nora']],
    ['Patient?identifier=a-100', ['gerd']],
    ['Patient?identifier=A-100,a-100', ['gerd', 'nora']],
    ['Patient?identifier=http://mrn.example/north|', ['gerd', 'nora']],
    ['Patient?identifier=|no-system', ['gerd']],
    ['Patient?identifier=|100', []],
    ['Patient?identifier=http://mrn.example/north|100', []],
    ['Patient?identifier=http://mrn.example/|A-100', []],
    ['Patient?identifier:not=http://mrn.example/north|', ['eve', 'lee']],
    // Contact points: however the number is grouped.
    ['Patient?telecom=phone|%2B41 44 555 12 34', ['nora']],
    ['Patient?telecom=%2B41445551234', ['nora']],
    ['Patient?telecom=email|nora.berg@mail.example', ['nora']],
    ['Patient?telecom=phone|nora.berg@mail.example', []],
    ['Patient?phone=%2B41-44-555-1234', ['nora']],
    ['Patient?email=NORA.BERG@mail.example', ['nora']],
    ['Patient?email=%2B41445551234', []],
    // Booleans, and elements that may be one.
    ['Patient?active=true', ['nora']],
    ['Patient?active=false', ['lee']],
    ['Patient?active:missing=true', ['eve', 'gerd']],
    ['Patient?deceased=true', ['eve', 'gerd']],
    ['Patient?deceased=false', ['lee', 'nora']],
    ['Group?value=true', ['traits']],
    ['Group?value=female', ['traits']],
    ['Group?exclude=true', ['traits']],
    ['Group?characteristic-value=smoker$true', ['traits']],
    ['Group?characteristic-value=smoker$female', []],
    ['Group?characteristic-value=gender$female', ['traits']],
    // The system of a plain code is that of its value set.
    ['Patient?gender=male', ['gerd']],
    ['Patient?gender=MALE', []],
    ['Patient?gender=|male', ['gerd']],
    ['Patient?gender=http://hl7.org/fhir/administrative-gender|', ['gerd', 'nora']],
    ['Patient?gender=http://loinc.org|male', []],
    ['Patient?gender:not=male,female', ['eve', 'lee']],
    ['Patient?language=PL', ['gerd']],
    [`Observation?code=${LOINC}|29463-7&_id=w-54`, ['w-54']],
    ['Observation?code=29463-7&code:text=body&_id=w-54', ['w-54']],
    ['Observation?code:text=weight', []],
    ['Encounter?class=AMB&length:missing=true', ['going-on', 'undated']],
  ]);
  refusals([
    ['Patient?identifier=|', 'invalid-value'],
    ['Patient?identifier=a|b|c', 'invalid-value'],
    ['Observation?code=|', 'invalid-value'],
  ]);
});

describe('3.1.1.4.11 quantity', () => {
  cases([
    [`Observation?value-quantity=54|${UCUM}|kg`, ['w-54', 'w-54.0']],
    [`Observation?value-quantity=54.0|${UCUM}|kg`, ['w-54', 'w-54.0']],
    [`Observation?value-quantity=54.00|${UCUM}|kg`, ['w-54']],
    [`Observation?value-quantity=54000|${UCUM}|g`, ['w-54']],
    [`Observation?value-quantity=5.4e4|${UCUM}|g`, ['w-54', 'w-54.0']],
    [`Observation?value-quantity=5.4e-4|${UCUM}|kg`, ['w-tiny']],
    [`Observation?value-quantity=540|${UCUM}|mg`, ['w-tiny']],
    [`Observation?value-quantity=119|${UCUM}|[lb_av]`, ['w-54', 'w-54.0']],
    [`Observation?value-quantity=54|${UCUM}|cm`, []],
    [`Observation?value-quantity=-54|${UCUM}|kg`, ['w-neg']],
    [`Observation?value-quantity=lt0|${UCUM}|kg`, ['w-neg']],
    [`Observation?value-quantity=ap-55|${UCUM}|kg`, ['w-neg']],
    [`Observation?value-quantity=gt53|${UCUM}|kg&value-quantity=lt54.01|${UCUM}|kg`, ['w-54']],
    ['Observation?value-quantity=54||kg', ['w-54', 'w-54.0']],
    ['Observation?value-quantity=54', ['w-54', 'w-54.0']],
    // R4's expression is for Quantity and SampledData: a Range is not among them.
    ['Observation?value-quantity:missing=true', ['w-bool', 'w-none', 'w-range']],
    // Duration, as a length of time in any unit of it.
    [`Encounter?length=1|${UCUM}|h`, ['an-hour']],
    [`Encounter?length=gt1|${UCUM}|h`, ['two-days']],
    [`Encounter?length=48|${UCUM}|h`, ['two-days']],
    [`Encounter?length=ge3600|${UCUM}|s`, ['an-hour', 'two-days']],
    // Money: its currency is its unit.
    ['Invoice?totalnet=100', ['chf', 'eur']],
    ['Invoice?totalnet=100.0', ['chf']],
    ['Invoice?totalnet=100|urn:iso:std:iso:4217|EUR', ['eur']],
    ['Invoice?totalnet=ge100||CHF', ['chf']],
    ['Invoice?totalnet=lt100|urn:iso:std:iso:4217|CHF', []],
  ]);
  refusals([
    [`Observation?value-quantity=|${UCUM}|kg`, 'invalid-value'],
    [`Observation?value-quantity=54|${UCUM}`, 'invalid-value'],
    [`Observation?value-quantity=54|${UCUM}|`, 'invalid-value'],
    ['Observation?value-quantity=54|a|b|c', 'invalid-value'],
    ['Observation?value-quantity=heavy', 'invalid-value'],
  ]);
});

describe('3.1.1.4.12 reference', () => {
  cases([
    ['Patient?organization=north', ['nora']],
    ['Patient?organization=Organization/north', ['nora']],
    ['Patient?organization:Organization=north', ['nora']],
    ['Patient?organization=http://localhost:8080/fhir/Organization/north', ['nora']],
    ['Patient?organization=http://elsewhere.example/fhir/Organization/north', ['lee']],
    ['Patient?organization=organization/north', []],
    ['Patient?organization=Organization/North', []],
    ['Patient?organization=Practitioner/north', []],
    ['Patient?organization=/Organization/north', []],
    ['Patient?organization:identifier=http://mrn.example/orgs|South', ['gerd']],
    ['Patient?organization:identifier=South', ['gerd']],
    ['Patient?organization:identifier=south', []],
    ['Patient?organization:missing=true', ['eve']],
    ['Patient?organization=north,http://elsewhere.example/fhir/Organization/north', ['lee', 'nora']],
    ['Patient?link=Patient/gerd', ['nora']],
    // A version is named by itself; what is asked for without one finds it too.
    ['Observation?subject=Patient/nora', ['w-54', 'w-neg']],
    ['Observation?subject=Patient/nora/_history/1', ['w-neg']],
    ['Observation?patient=Device/nora', []],
    ['Observation?subject:Device=nora', []],
  ]);
});

describe('3.1.1.4.14 uri', () => {
  const url = 'http://hospital.example/fhir/ValueSet/wards';
  cases([
    [`ValueSet?url=${url}`, ['vs']],
    [`ValueSet?url=${url}/`, ['vs-slash']],
    [`ValueSet?url=${url}|2.1`, ['vs']],
    [`ValueSet?url=${url}|2`, []],
    [`ValueSet?url=${url.toUpperCase()}`, []],
    [`ValueSet?url:below=${url}`, ['vs', 'vs-slash']],
    ['ValueSet?url:below=http://hospital.example/fhir/', ['vs', 'vs-slash']],
    [`ValueSet?url:above=${url}/north/3`, ['vs', 'vs-slash']],
    ['ValueSet?url=urn:oid:1.2.3', ['vs-urn']],
    ['ValueSet?url:below=urn:oid:1.2.3', []],
    ['ValueSet?url:above=urn:oid:1.2.3.4', []],
  ]);
});

describe('3.1.1.5 controls', () => {
  const controls: readonly (readonly [string, string])[] = [
    ['_count', '2'],
    ['_sort', 'family'],
    ['_total', 'none'],
    ['_summary', 'false'],
    ['_maxresults', '3'],
    ['_explain', 'false'],
  ];
  it.each(controls)('%s is given once', async (name, value) => {
    const fault = await faultFrom(search.bundle(`Patient?${name}=${value}&${name}=${value}`));
    expect(fault).toMatchObject({ kind: 'invalid-request', status: 400 });
    expect(fault.message).toContain(name);
  });

  refusals([
    ['Patient?_count=-1', 'invalid-value'],
    ['Patient?_count=many', 'invalid-value'],
    ['Patient?_count=', 'invalid-value'],
    ['Patient?_count=1.5', 'invalid-value'],
    ['Patient?_total=exact', 'invalid-value'],
    ['Patient?_summary=yes', 'invalid-value'],
    ['Patient?_elements=famly', 'invalid-value'],
    ['Patient?_type=Patient', 'unknown-parameter'],
    ['?_type=Patients', 'invalid-value'],
    ['?_type=patient', 'invalid-value'],
    ['Patient?_include=Patient:family', 'unknown-parameter'],
    ['Patient?_include=Patient', 'invalid-value'],
    ['Patient?_include=Observation:subject', 'invalid-value'],
    ['Patient?_revinclude=Encounter:location', 'invalid-value'],
    ['Patient?_include:again=Patient:organization', 'unsupported-modifier'],
    ['Patient?_sort=famly', 'unknown-parameter'],
    ['Patient?_contains=x', 'unknown-parameter'],
    ['Patient?_query=current', 'not-supported'],
  ]);

  it.each([
    ['Patient?gender=male', 'Patient?gender=male'],
    ['Patient?gender=male&_count=2', 'Patient?gender=male&_count=2'],
    ['Patient?_count=2&gender=male', 'Patient?_count=2&gender=male'],
    ['Patient?%66amily=gerber', 'Patient?family=gerber'],
    ['Patient?family=van+den', 'Patient?family=van%20den'],
    ['Patient?identifier=http%3A%2F%2Finsurer.example%7C100', 'Patient?identifier=http://insurer.example|100'],
    ['Patient?family=gerber&family=gerber', 'Patient?family=gerber&family=gerber'],
    ['Patient?&family=gerber&', 'Patient?family=gerber'],
    ['?_type=Patient&_id=nora', '?_type=Patient&_id=nora'],
    ['Patient/nora/Observation?code=29463-7', 'Patient/nora/Observation?code=29463-7'],
  ])('self of %s is what was honoured: %s', async (url, self) => {
    const shown = linkOf(await search.bundle(url), 'self')!;
    expect(decodeURIComponent(shown)).toBe(decodeURIComponent(self));
    expect(matchesOf(await search.bundle(shown))).toEqual(matchesOf(await search.bundle(url)));
  });

  it('leave out of self what lenient handling forgave, wherever it stood', async () => {
    const lenient = { prefer: { handling: 'lenient' } } as const;
    const self = async (url: string) => linkOf(await search.bundle(url, lenient), 'self');
    expect(await self('Patient?famly=x&gender=male&_sort=famly&_count=3')).toBe('Patient?gender=male&_count=3');
    expect(await self('Patient?_include=Patient:nobody&gender=male')).toBe('Patient?gender=male');
    expect(await self('Patient?a=1&b=2')).toBe('Patient');
  });

  it('never forgive what is known and wrong', async () => {
    for (const url of [
      'Patient?birthdate=soon',
      'Patient?family:not=x',
      'Patient?_count=x',
      'Patient?_sort=gender&_sort=family',
    ])
      expect((await faultFrom(search.bundle(url, { prefer: { handling: 'lenient' } }))).status, url).toBe(400);
  });
});

describe('3.1.1.5.8 _summary and _elements', () => {
  const nora = async (query: string) => (await search.bundle(`Patient?_id=nora&${query}`)).entry[0].resource;
  const SUBSETTED = 'SUBSETTED';
  const tags = (resource: any) => (resource.meta.tag ?? []).map(({ code }: any) => code);

  it('true keeps the elements that the definitions mark', async () => {
    const resource = await nora('_summary=true');
    expect(Object.keys(resource)).toEqual(expect.arrayContaining(['id', 'identifier', 'name', 'gender', 'address']));
    expect(resource.communication).toBeUndefined();
    expect(resource.text).toBeUndefined();
    expect(tags(resource)).toEqual([SUBSETTED]);
  });

  it('text keeps text, id, meta and what is mandatory', async () => {
    const resource = await nora('_summary=text');
    expect(Object.keys(resource).sort()).toEqual(['id', 'meta', 'resourceType']);
    expect(tags(resource)).toEqual([SUBSETTED]);
  });

  it('data leaves the text out and nothing else', async () => {
    const resource = await nora('_summary=data');
    expect(resource.telecom).toHaveLength(2);
    expect(resource.text).toBeUndefined();
    expect(tags(resource)).toEqual([SUBSETTED]);
  });

  it('count is the number alone, and false is everything', async () => {
    const counted = await search.bundle('Patient?gender=male,female&_summary=count');
    expect(counted).toMatchObject({ total: 2, type: 'searchset' });
    expect(counted.entry).toBeUndefined();
    expect(tags(await nora('_summary=false'))).toEqual([]);
  });

  it('elements may be named in several places, and mandatory ones stay', async () => {
    const resource = (await search.bundle('Observation?_id=w-54&_elements=subject&_elements=value')).entry[0].resource;
    expect(Object.keys(resource).sort()).toEqual([
      'code',
      'id',
      'meta',
      'resourceType',
      'status',
      'subject',
      'valueQuantity',
    ]);
  });
});
