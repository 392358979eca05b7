/** Search parameters that users add: https://hl7.org/fhir/R4/searchparameter.html */
import { describe, expect, it } from 'vitest';
import { faultFrom } from '../setup/fault.ts';
import { type Stored, searching } from './searching.ts';

const RACE = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race';
const IMPORTANCE = 'http://hl7.org/fhir/StructureDefinition/patient-importance';
const parameter = (id: string, more: object): Stored => ({
  resourceType: 'SearchParameter',
  id,
  url: `http://hospital.example/SearchParameter/${id}`,
  name: id,
  status: 'active',
  description: id,
  code: id,
  ...more,
});

const patients: Stored[] = [
  {
    resourceType: 'Patient',
    id: 'ann',
    identifier: [{ system: 'urn:mrn', value: '1' }],
    name: [{ family: 'Smith', given: ['Ann'] }],
    contact: [{ name: { family: 'Müller', given: ['Eva'] }, organization: { reference: 'Organization/red' } }],
    extension: [
      {
        url: RACE,
        extension: [
          {
            url: 'ombCategory',
            valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code: '2106-3', display: 'White' },
          },
          { url: 'text', valueString: 'White' },
        ],
      },
      {
        url: IMPORTANCE,
        valueCodeableConcept: { coding: [{ system: 'http://x', code: 'vip' }], text: 'Very important' },
      },
      {
        url: 'http://hospital.example/weight',
        valueQuantity: { value: 80.5, system: 'http://unitsofmeasure.org', code: 'kg' },
      },
      { url: 'http://hospital.example/seen', valuePeriod: { start: '2024-02-01', end: '2024-02-10' } },
      { url: 'http://hospital.example/steps', valueInteger: 1200 },
      { url: 'http://hospital.example/site', valueUri: 'http://hospital.example/sites/a/1' },
      { url: 'http://hospital.example/card', valueIdentifier: { system: 'urn:card', value: 'C-7' } },
    ],
  },
  {
    resourceType: 'Patient',
    id: 'bob',
    name: [{ family: 'Jones', given: ['Bob'] }],
    contact: [{ name: { family: 'Mustermann' }, organization: { reference: 'Organization/blue' } }],
    extension: [
      {
        url: RACE,
        extension: [
          {
            url: 'ombCategory',
            valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code: '2054-5', display: 'Black' },
          },
        ],
      },
      {
        url: 'http://hospital.example/weight',
        valueQuantity: { value: 60000, system: 'http://unitsofmeasure.org', code: 'g' },
      },
      { url: 'http://hospital.example/seen', valueDateTime: '2023-05-05' },
      { url: 'http://hospital.example/steps', valueInteger: 90 },
    ],
  },
  { resourceType: 'Patient', id: 'cy' },
];
const others: Stored[] = [
  { resourceType: 'Organization', id: 'red', name: 'Red Cross' },
  { resourceType: 'Organization', id: 'blue', name: 'Blue Shield' },
  {
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/ann' },
  },
  {
    resourceType: 'Encounter',
    id: 'e2',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: 'Patient/bob' },
  },
];
const ext = (name: string, more = '') => `Patient.extension.where(url='http://hospital.example/${name}').value${more}`;
const definitions = [
  parameter('race', {
    base: ['Patient'],
    type: 'token',
    expression: `Patient.extension.where(url = '${RACE}').extension.value.code`,
  }),
  parameter('race-coding', {
    base: ['Patient'],
    type: 'token',
    expression: `Patient.extension('${RACE}').extension('ombCategory').value.ofType(Coding)`,
  }),
  parameter('importance', { base: ['Patient'], type: 'token', expression: `Patient.extension('${IMPORTANCE}').value` }),
  parameter('contact-name', { base: ['Patient'], type: 'string', expression: 'Patient.contact.name' }),
  parameter('contact-organization', {
    base: ['Patient'],
    type: 'reference',
    target: ['Organization'],
    expression: 'Patient.contact.organization',
  }),
  parameter('weight', { base: ['Patient'], type: 'quantity', expression: ext('weight') }),
  parameter('seen', { base: ['Patient'], type: 'date', expression: ext('seen') }),
  parameter('steps', { base: ['Patient'], type: 'number', expression: ext('steps', '.ofType(integer)') }),
  parameter('site', { base: ['Patient'], type: 'uri', expression: ext('site') }),
  parameter('card', { base: ['Patient'], type: 'token', expression: ext('card', '.ofType(Identifier)') }),
  // Only the engine knows first() and exists().
  parameter('first-given', { base: ['Patient'], type: 'string', expression: 'Patient.name.first().given.first()' }),
  parameter('has-contact', { base: ['Patient'], type: 'token', expression: 'Patient.contact.exists()' }),
];

const built = await searching([...patients, ...others]);
const settled = () => built.store.parameters.settled(AbortSignal.timeout(20_000));
await Promise.all(definitions.map(built.put));
await settled();
/** The same definitions were there before any resource was. */
const early = await searching(definitions);
await early.store.parameters.settled(AbortSignal.timeout(20_000));
await Promise.all([...patients, ...others].map(early.put));

const cases: [url: string, ids: string[]][] = [
  ['Patient?race=2106-3', ['ann']],
  ['Patient?race=2106-3,2054-5', ['ann', 'bob']],
  ['Patient?race:not=2106-3', ['bob', 'cy']],
  ['Patient?race:missing=true', ['cy']],
  ['Patient?race:missing=false', ['ann', 'bob']],
  ['Patient?race-coding=urn:oid:2.16.840.1.113883.6.238|2054-5', ['bob']],
  ['Patient?race-coding=urn:oid:2.16.840.1.113883.6.238|', ['ann', 'bob']],
  ['Patient?race-coding:text=whi', ['ann']],
  ['Patient?importance=vip', ['ann']],
  ['Patient?importance:text=very', ['ann']],
  ['Patient?importance:missing=true', ['bob', 'cy']],
  ['Patient?contact-name=mu', ['ann', 'bob']],
  ['Patient?contact-name=muller', ['ann']],
  ['Patient?contact-name:exact=Müller', ['ann']],
  ['Patient?contact-name:exact=Muller', []],
  ['Patient?contact-name:contains=termann', ['bob']],
  ['Patient?contact-organization=Organization/red', ['ann']],
  ['Patient?contact-organization=blue', ['bob']],
  ['Patient?contact-organization:Organization=red', ['ann']],
  ['Patient?contact-organization.name=red', ['ann']],
  ['Patient?contact-organization:missing=true', ['cy']],
  ['Organization?_has:Patient:contact-organization:family=jones', ['blue']],
  ['Organization?_has:Patient:contact-organization:race=2106-3', ['red']],
  ['Encounter?subject:Patient.race=2106-3', ['e1']],
  ['Patient?weight=gt70|http://unitsofmeasure.org|kg', ['ann']],
  ['Patient?weight=60|http://unitsofmeasure.org|kg', ['bob']],
  ['Patient?seen=2024-02', ['ann']],
  ['Patient?seen=lt2024', ['bob']],
  ['Patient?steps=gt100', ['ann']],
  ['Patient?steps=90', ['bob']],
  ['Patient?site=http://hospital.example/sites/a/1', ['ann']],
  ['Patient?site:below=http://hospital.example/sites', ['ann']],
  ['Patient?card=urn:card|C-7', ['ann']],
  ['Patient?card=C-7', ['ann']],
  ['Patient?card:missing=false', ['ann']],
  ['Patient?first-given=bo', ['bob']],
  ['Patient?has-contact=true', ['ann', 'bob']],
  ['Patient?has-contact=false', ['cy']],
  ['Patient?race=2106-3&family=smith', ['ann']],
  ['Patient?_filter=race eq 2054-5', ['bob']],
  ['Patient?_filter=contact-name co "uster"', ['bob']],
  ['Patient?_filter=steps gt 100 or race eq 2054-5', ['ann', 'bob']],
];

describe.each([
  ['built over what was stored', built],
  ['filled by writers', early],
])('%s', (_, search) => {
  it.each(cases)('%s', async (url, ids) => {
    expect((await search.ids(encodeURI(url))).sort()).toEqual(ids);
    const total = await search.bundle(encodeURI(`${url}&_total=accurate&_count=0`));
    expect(total.total).toBe(ids.length);
  });

  it.each([
    ['seen', ['bob', 'ann', 'cy']],
    ['-seen', ['ann', 'bob', 'cy']],
    ['steps', ['bob', 'ann', 'cy']],
    ['weight', ['bob', 'ann', 'cy']],
    ['-contact-name', ['bob', 'ann', 'cy']],
    ['race', ['bob', 'ann', 'cy']],
    ['contact-organization', ['bob', 'ann', 'cy']],
  ])('sorts by %s', async (key, ids) => {
    expect(await search.ids(`Patient?_sort=${key}`)).toEqual(ids);
  });

  it('includes by a reference parameter, forth and back', async () => {
    const forth = await search.bundle('Patient?_id=ann&_include=Patient:contact-organization');
    expect(forth.entry.map(({ resource }: any) => resource.id)).toEqual(['ann', 'red']);
    const back = await search.bundle('Organization?_id=blue&_revinclude=Patient:contact-organization');
    expect(back.entry.map(({ resource }: any) => resource.id)).toEqual(['blue', 'bob']);
  });

  it('follows an update and a deletion', async () => {
    await search.put({
      resourceType: 'Patient',
      id: 'dan',
      extension: [{ url: 'http://hospital.example/steps', valueInteger: 5000 }],
    });
    expect(await search.ids('Patient?steps=5000')).toEqual(['dan']);
    await search.put({
      resourceType: 'Patient',
      id: 'dan',
      extension: [{ url: 'http://hospital.example/steps', valueInteger: 6000 }],
    });
    expect(await search.ids('Patient?steps=5000,6000')).toEqual(['dan']);
    expect(await search.ids('Patient?steps=5000')).toEqual([]);
    await search.delete('Patient/dan');
    expect(await search.ids('Patient?steps=6000')).toEqual([]);
  });
});

describe('deleting a SearchParameter', () => {
  it('makes its name an unknown one and clears the index', async () => {
    await built.put(parameter('nickname', { base: ['Patient'], type: 'string', expression: 'Patient.name.given' }));
    await settled();
    expect(await built.ids('Patient?nickname=ann')).toEqual(['ann']);
    await built.delete('SearchParameter/nickname');
    expect((await faultFrom(built.ids('Patient?nickname=ann'))).kind).toBe('unknown-parameter');
    await settled();
    expect(built.store.parameters.states().some(({ id }) => id === 'nickname')).toBe(false);
  });
});

describe('a SearchParameter that is not active', () => {
  it('is kept, and the refusal of a search by it says why', async () => {
    await built.put(
      parameter('draft-one', { status: 'draft', base: ['Patient'], type: 'string', expression: 'Patient.name.given' }),
    );
    const fault = await faultFrom(built.ids('Patient?draft-one=a'));
    expect(fault.findings[0]).toMatchObject({
      kind: 'unknown-parameter',
      hint: expect.stringContaining('status is draft'),
    });
  });
});
