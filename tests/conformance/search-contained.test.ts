/** Resources inside of others: chains, `_contained`, `_containedType`. https://hl7.org/fhir/R4/search.html#contained */
import { describe, expect, it } from 'vitest';
import { type Access, openAccess } from '../../resources/index.ts';
import { parseSearch } from '../../store/index.ts';
import { testContext } from '../setup/context.ts';
import { faultFrom } from '../setup/fault.ts';
import { rows } from '../store/postgres.ts';
import { entriesOf, linkOf, matchesOf, pagesOf, type Stored, searching } from './searching.ts';

/** A number as it is written, which plain values lose. */
const rawJson = (JSON as unknown as { rawJSON(text: string): number }).rawJSON;
const ref = (reference: string) => ({ reference });
const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const coded = (code: string, display: string) => ({ coding: [{ system: RXNORM, code, display }], text: display });
const request = (id: string, more: object): Stored => ({
  resourceType: 'MedicationRequest',
  id,
  status: 'active',
  intent: 'order',
  subject: ref('Patient/ann'),
  authoredOn: '2024-03-01',
  ...more,
});
/** A cream that the pharmacy makes for one patient, from a manufacturer known by name only. */
const cream = {
  resourceType: 'Medication',
  id: 'cream',
  identifier: [{ system: 'http://pharmacy.example/batches', value: 'B-77' }],
  code: coded('106258', 'Hydrocortisone 10 MG/ML Topical Cream'),
  manufacturer: ref('#maker'),
  batch: { lotNumber: 'LOT-9', expirationDate: '2025-06-30' },
  ingredient: [
    { itemReference: ref('#base'), strength: { numerator: { value: 1.0 }, denominator: { value: 100 } } },
    { itemReference: ref('Substance/hydrocortisone') },
  ],
};
const base = { resourceType: 'Substance', id: 'base', code: { text: 'Oily cream' } };
const maker = {
  resourceType: 'Organization',
  id: 'maker',
  name: 'Corner Pharmacy',
  partOf: ref('Organization/chain'),
  address: [{ city: 'Tübingen' }],
};

const search = await searching([
  { resourceType: 'Patient', id: 'ann', name: [{ family: 'Smith' }] },
  { resourceType: 'Organization', id: 'chain', name: 'Pharmacy Group' },
  { resourceType: 'Organization', id: 'alone', name: 'Corner Shop' },
  { resourceType: 'Substance', id: 'hydrocortisone', code: coded('5492', 'Hydrocortisone') },
  { resourceType: 'Medication', id: 'stocked', code: coded('106258', 'Hydrocortisone cream'), status: 'active' },
  { resourceType: 'Medication', id: 'aspirin', code: coded('1191', 'Aspirin'), status: 'active' },
  request('inside', { contained: [base, maker, cream], medicationReference: ref('#cream') }),
  request('outside', { medicationReference: ref('Medication/stocked'), authoredOn: '2024-04-01' }),
  request('other', { medicationReference: ref('Medication/aspirin'), authoredOn: '2024-05-01' }),
  request('twice', {
    contained: [
      { resourceType: 'Medication', id: 'm1', code: coded('1191', 'Aspirin'), status: 'active' },
      { resourceType: 'Medication', id: 'm2', code: coded('161', 'Paracetamol'), status: 'active' },
      { resourceType: 'Patient', id: 'kin', name: [{ family: 'Kin' }], birthDate: '1960-07-02', gender: 'male' },
    ],
    medicationReference: ref('#m1'),
    subject: ref('#kin'),
    reasonReference: [ref('Condition/c')],
    extension: [{ url: 'http://example.com/alternative', valueReference: ref('#m2') }],
  }),
  {
    resourceType: 'Condition',
    id: 'c',
    subject: ref('Patient/ann'),
    contained: [
      {
        resourceType: 'Practitioner',
        id: 'asserter',
        meta: { tag: [{ system: 'http://example.com/tags', code: 'typed' }] },
        name: [{ family: 'Ärztin', given: ['Eva'] }],
        birthDate: '1970-01-01',
      },
    ],
    asserter: ref('#asserter'),
    code: { text: 'Eczema' },
  },
  { resourceType: 'Practitioner', id: 'real', name: [{ family: 'Arztinger' }] },
  {
    resourceType: 'Observation',
    id: 'panel',
    status: 'final',
    code: { text: 'Panel' },
    subject: ref('Patient/ann'),
    contained: [
      {
        resourceType: 'Observation',
        id: 'weight',
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
        subject: ref('Patient/ann'),
        effectivePeriod: { start: '2024-01-01', end: '2024-02-01' },
        valueQuantity: { value: rawJson('72.50'), unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
        partOf: [ref('#')],
      },
      {
        resourceType: 'Observation',
        id: 'height',
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '8302-2' }] },
        subject: ref('Patient/ann'),
        effectiveDateTime: '2024-01-15T10:00:00Z',
        valueQuantity: { value: 181, unit: 'cm', system: 'http://unitsofmeasure.org', code: 'cm' },
      },
    ],
    hasMember: [ref('#weight'), ref('#height')],
  },
]);

const sorted = (ids: string[]) => [...ids].sort();
const urls = (bundle: any): string[] => (bundle.entry ?? []).map((entry: any) => entry.fullUrl);
const HOME = 'http://localhost:8080/fhir';

/** The text of the only match, as the store gives it. */
async function textOf(type: string, query: string): Promise<string> {
  const pairs = query.split('&').map((pair) => pair.split('=') as [string, string]);
  const limits = { countDefault: 50, countMax: 1000 };
  const asked = parseSearch({ type, query: pairs, handling: 'strict', limits });
  const { matches } = await search.store.records.search(openAccess, asked, testContext());
  expect(matches).toHaveLength(1);
  return matches[0]!.text;
}

describe('a chain', () => {
  const chains: readonly (readonly [string, readonly string[]])[] = [
    ['MedicationRequest?medication.code=106258', ['inside', 'outside']],
    [`MedicationRequest?medication.code=${RXNORM}|106258`, ['inside', 'outside']],
    ['MedicationRequest?medication.code=161', []],
    ['MedicationRequest?medication.code=1191', ['other', 'twice']],
    ['MedicationRequest?medication.code:text=hydrocortisone%2010', ['inside']],
    ['MedicationRequest?medication.code:not=1191', ['inside', 'outside']],
    ['MedicationRequest?medication.identifier=http://pharmacy.example/batches|B-77', ['inside']],
    ['MedicationRequest?medication:Medication.lot-number=LOT-9', ['inside']],
    ['MedicationRequest?medication.expiration-date=2025-06', ['inside']],
    ['MedicationRequest?medication.expiration-date=gt2025', []],
    ['MedicationRequest?medication.identifier:missing=false', ['inside']],
    ['MedicationRequest?medication.status:missing=true', ['inside']],
    ['MedicationRequest?medication._id=cream', ['inside']],
    ['MedicationRequest?medication._id=stocked', ['outside']],
    // From inside to inside, and from inside to outside.
    ['MedicationRequest?medication.manufacturer.name=corner', ['inside']],
    ['MedicationRequest?medication.manufacturer.address-city=tubingen', ['inside']],
    ['MedicationRequest?medication.manufacturer.partof.name=pharmacy%20group', ['inside']],
    ['MedicationRequest?medication.manufacturer:Organization.partof=Organization/chain', ['inside']],
    ['MedicationRequest?medication.ingredient:Substance.code=5492', ['inside']],
    ['MedicationRequest?medication.ingredient:Substance.code:text=oily', ['inside']],
    // The column of the patient.
    ['MedicationRequest?subject:Patient.family=kin', ['twice']],
    ['MedicationRequest?patient.birthdate=1960', ['twice']],
    ['MedicationRequest?patient.birthdate=lt1961', ['twice']],
    ['MedicationRequest?patient.gender=male&medication.code=1191', ['twice']],
    ['MedicationRequest?subject:Patient.family=smith', ['inside', 'other', 'outside']],
    ['Condition?asserter:Practitioner.family=arzt', ['c']],
    ['Condition?asserter:Practitioner.given:exact=Eva', ['c']],
    ['Condition?asserter:Practitioner._tag=typed', ['c']],
    ['Observation?has-member:Observation.code=29463-7', ['panel']],
    ['Observation?has-member:Observation.value-quantity=72500%7Chttp://unitsofmeasure.org%7Cg', ['panel']],
    ['Observation?has-member:Observation.value-quantity=gt100', ['panel']],
    ['Observation?has-member:Observation.code-value-quantity=29463-7$gt72', ['panel']],
    ['Observation?has-member:Observation.code-value-quantity=29463-7$gt100', []],
    ['Observation?has-member:Observation.date=2024-01-15', ['panel']],
    ['Observation?has-member:Observation.date=ge2024-01-01&has-member:Observation.date=le2024-02', ['panel']],
    ['MedicationRequest?_filter=medication.manufacturer.name%20co%20"corner"', ['inside']],
    ['Patient?_has:MedicationRequest:patient:medication.manufacturer.name=corner', ['ann']],
  ];
  it.each(chains)('%s looks inside', async (url, ids) => {
    expect(sorted(await search.ids(url))).toEqual([...ids]);
  });

  it('finds nothing inside by a text that names another container', async () => {
    await search.put(
      request('thief', { medicationReference: ref('http://elsewhere.example/MedicationRequest/inside#cream') }),
    );
    expect(await search.ids('MedicationRequest?medication.manufacturer.name=corner')).toEqual(['inside']);
    await search.delete('MedicationRequest/thief');
  });

  it('takes no part of another resource for what has an address', async () => {
    const url = 'http://hospital.example/Library/dosing';
    const library = { resourceType: 'Library', status: 'active', type: { text: 'logic' }, name: 'Dosing', url };
    const measure = (id: string, more: object) =>
      search.put({ resourceType: 'Measure', id, status: 'active', ...more } as Stored);
    await measure('inside-measure', { contained: [{ ...library, id: 'l' }], library: ['#l'] });
    await measure('outside-measure', { library: [url] });
    expect(await search.ids('Measure?depends-on:Library.name=dosing')).toEqual(['inside-measure']);
    await search.put({ ...library, id: 'dosing' });
    expect(sorted(await search.ids('Measure?depends-on:Library.name=dosing'))).toEqual([
      'inside-measure',
      'outside-measure',
    ]);
  });

  it('leaves results and reverse chains to what stands by itself', async () => {
    expect(sorted(await search.ids('Medication?code=106258'))).toEqual(['stocked']);
    expect(await search.ids('Medication?identifier=B-77')).toEqual([]);
    expect(await search.ids('Observation?code=29463-7')).toEqual([]);
    expect(await search.ids('Patient?_has:Observation:patient:code=29463-7')).toEqual([]);
    expect(sorted(await search.ids('Medication'))).toEqual(['aspirin', 'stocked']);
    expect((await search.bundle('?_type=Medication,Organization&_total=accurate')).total).toBe(4);
  });

  it('knows that a contained patient is a patient', async () => {
    expect(await search.ids('MedicationRequest?patient:missing=true')).toEqual([]);
    expect(await search.ids('MedicationRequest?subject:Patient._id=kin')).toEqual(['twice']);
  });
});

describe('_contained', () => {
  const containers: readonly (readonly [string, readonly string[]])[] = [
    ['Medication?_contained=false', ['aspirin', 'stocked']],
    ['Medication?_contained=true', ['inside', 'twice']],
    ['Medication?_contained=true&code=1191', ['twice']],
    ['Medication?_contained=true&code=1191&status=active', ['twice']],
    ['Medication?_contained=true&_containedType=container&code=106258', ['inside']],
    ['Medication?_contained=true&code=106258,161', ['inside', 'twice']],
    ['Medication?_contained=true&identifier=B-77', ['inside']],
    ['Medication?_contained=true&_id=m2', ['twice']],
    ['Medication?_contained=true&manufacturer.name=corner', ['inside']],
    ['Medication?_contained=true&_lastUpdated=lt2000', []],
    ['Medication?_contained=true&_lastUpdated=gt2000&code=1191', ['twice']],
    ['Medication?_contained=true&_filter=code%20eq%20161', ['twice']],
    ['Medication?_contained=true&_has:MedicationRequest:medication:intent=order&code=1191', ['twice']],
    ['Medication?_contained=true&_has:MedicationRequest:medication:intent=order&code=161', []],
    ['Medication?_contained=both', ['aspirin', 'inside', 'stocked', 'twice']],
    ['Medication?_contained=both&code=1191', ['aspirin', 'twice']],
    ['Medication?_contained=both&_id=aspirin,cream', ['aspirin', 'inside']],
    ['Medication?_contained=both&expiration-date=2025', ['inside']],
    ['Practitioner?_contained=both&family=arzt', ['c', 'real']],
    ['Observation?_contained=true&date=2024-01-15', ['panel']],
    ['Observation?_contained=true&value-quantity=181', ['panel']],
  ];
  it.each(containers)('%s gives what contains', async (url, ids) => {
    const bundle = await search.bundle(`${url}&_total=accurate`);
    expect(sorted(matchesOf(bundle))).toEqual([...ids]);
    expect(bundle.total).toBe(ids.length);
  });

  const contained: readonly (readonly [string, readonly string[]])[] = [
    ['Medication?_contained=true', ['cream', 'm1', 'm2']],
    ['Medication?_contained=true&code=1191', ['m1']],
    ['Medication?_contained=true&code:not=1191', ['cream', 'm2']],
    ['Medication?_contained=true&identifier=http://pharmacy.example/batches|B-77', ['cream']],
    ['Medication?_contained=true&expiration-date=2025-06-30', ['cream']],
    ['Medication?_contained=true&code:text=paracetamol', ['m2']],
    ['Medication?_contained=true&_lastUpdated=gt2000', ['cream', 'm1', 'm2']],
    ['Medication?_contained=true&_lastUpdated=lt2000', []],
    ['Medication?_contained=both', ['aspirin', 'cream', 'm1', 'm2', 'stocked']],
    ['Medication?_contained=both&code=1191', ['aspirin', 'm1']],
    ['Medication?_contained=both&_id=m1,aspirin', ['aspirin', 'm1']],
    ['Medication?_contained=both&status:missing=true', ['cream']],
    ['Practitioner?_contained=both&name:contains=rzti', ['asserter', 'real']],
    ['Practitioner?_contained=true&_tag=typed', ['asserter']],
    ['Observation?_contained=true&date=sa2024-01-10', ['height']],
    ['Observation?_contained=true&date=2024', ['height', 'weight']],
    ['Observation?_contained=true&patient=ann', ['height', 'weight']],
    ['Observation?_contained=both&patient.family=smith', ['height', 'panel', 'weight']],
    ['Observation?_contained=true&combo-code-value-quantity=29463-7$lt80', ['weight']],
    ['Observation?_contained=true&part-of=Patient/ann', []],
    ['Organization?_contained=true&partof.name=group', []],
    ['Organization?_contained=true&partof.name=pharmacy', ['maker']],
    ['Patient?_contained=true&birthdate=ge1960&birthdate=lt1961', ['kin']],
    ['Patient?_contained=true&_has:MedicationRequest:patient:status=active', ['kin']],
  ];
  it.each(contained)('%s gives, by _containedType=contained, what is contained', async (url, ids) => {
    const bundle = await search.bundle(`${url}&_containedType=contained&_total=accurate`);
    expect(sorted(matchesOf(bundle))).toEqual([...ids]);
    expect(bundle.total).toBe(ids.length);
  });

  it('names the place of what is contained, and gives its text with its digits', async () => {
    const asked = 'Observation?_contained=true&_containedType=contained&code=29463-7';
    const bundle = await search.bundle(asked);
    expect(urls(bundle)).toEqual([`${HOME}/Observation/panel#weight`]);
    expect(linkOf(bundle, 'self')).toContain('_contained=true&_containedType=contained');
    const [weight] = entriesOf(bundle, 'match');
    expect(weight).toMatchObject({ resourceType: 'Observation', id: 'weight', valueQuantity: { value: 72.5 } });
    expect(weight.meta).toBeUndefined();
    const text = await textOf('Observation', '_contained=true&_containedType=contained&code=29463-7');
    expect(text).toMatch(/^\{"resourceType":"Observation","id":"weight",.*"value": ?72\.50/);
    const [asserter] = entriesOf(await search.bundle('Practitioner?_contained=true&_containedType=contained'), 'match');
    expect(asserter.meta).toEqual({ tag: [{ system: 'http://example.com/tags', code: 'typed' }] });
    expect(Object.keys(asserter).slice(0, 3)).toEqual(['resourceType', 'id', 'meta']);
  });

  it('gives a container once, whole, under its own address, with what it includes', async () => {
    const bundle = await search.bundle('Medication?_contained=true&code=1191,161&_include=MedicationRequest:subject');
    expect(urls(bundle)).toEqual([`${HOME}/MedicationRequest/twice`]);
    expect(entriesOf(bundle, 'match')[0].contained).toHaveLength(3);
    const inside = await search.bundle('Medication?_contained=true&code=106258&_include=MedicationRequest:subject');
    expect(entriesOf(inside, 'include').map(({ id }) => id)).toEqual(['ann']);
  });

  it('cuts both kinds of results by _elements and _summary', async () => {
    const contained = 'Medication?_contained=true&_containedType=contained&code=161';
    const [part] = entriesOf(await search.bundle(`${contained}&_elements=status`), 'match');
    expect(part).toMatchObject({ id: 'm2', status: 'active' });
    expect(part.code).toBeUndefined();
    expect((await search.bundle(`${contained}&_summary=count`)).total).toBe(1);
    expect((await search.bundle('Medication?_contained=both&_summary=count')).total).toBe(4);
  });

  it('sorts what is contained like anything else', async () => {
    const all = 'Medication?_containedType=contained&_contained';
    expect(await search.ids(`${all}=true&_sort=code`)).toEqual(['cream', 'm1', 'm2']);
    expect(await search.ids(`${all}=true&_sort=-code`)).toEqual(['m2', 'm1', 'cream']);
    expect(await search.ids(`${all}=true&_sort=-expiration-date,-_id`)).toEqual(['cream', 'm2', 'm1']);
    const observations = 'Observation?_contained=true&_containedType=contained';
    expect(await search.ids(`${observations}&_sort=-date`)).toEqual(['height', 'weight']);
    expect(await search.ids(`${observations}&_sort=subject:Patient.family,code`)).toEqual(['weight', 'height']);
    const containers = 'Medication?_contained=both&_sort';
    expect(await search.ids(`${containers}=-_id`)).toHaveLength(4);
    expect(await search.ids(`${containers}=_lastUpdated`)).toHaveLength(4);
  });

  it.each([
    'Medication?_contained=true&_containedType=contained',
    'Medication?_contained=both&_containedType=contained',
    'Medication?_contained=both&_containedType=contained&_sort=code',
    'Medication?_contained=both&_containedType=contained&_sort=-_lastUpdated',
    'Medication?_contained=both&_containedType=contained&status=active',
    'Medication?_contained=true',
    'Medication?_contained=both',
    'Medication?_contained=both&_sort=-_lastUpdated',
  ])('%s is paged without a repetition or a gap, and back', async (url) => {
    const whole = urls(await search.bundle(url));
    const pages = await pagesOf(search, `${url}&_count=1`);
    expect(pages.flatMap(urls)).toEqual(whole);
    if (pages.length > 1) {
      const back = await search.bundle(linkOf(pages[1], 'previous')!);
      expect(urls(back)).toEqual(whole.slice(0, 1));
    }
  });
});

describe('what is contained', () => {
  const found = (url: string) => search.ids(url).then(sorted);

  it('is found by what it is now, and not by what it was', async () => {
    const medication = (code: string, more: object = {}) => ({
      resourceType: 'Medication',
      id: 'm',
      identifier: [{ value: `X-${code}` }],
      code: coded(code, 'Something'),
      ...more,
    });
    const put = (...contained: object[]) =>
      search.put(
        request('changing', { ...(contained.length > 0 ? { contained } : {}), medicationReference: ref('#m') }),
      );
    const gone = { ...request('changing', {}), medicationCodeableConcept: coded('3', 'Something') };
    const inside = 'Medication?_contained=true&_containedType=contained&';
    await put(medication('1'));
    expect(await found(`${inside}code=1`)).toEqual(['m']);
    await put(medication('2'));
    expect(await found(`${inside}code=1`)).toEqual([]);
    expect(await found(`${inside}identifier=X-1`)).toEqual([]);
    expect(await found(`${inside}identifier=X-2`)).toEqual(['m']);
    expect(await found('MedicationRequest?medication.code=2')).toEqual(['changing']);
    // The container changes beside it.
    await search.put(
      request('changing', { contained: [medication('2')], medicationReference: ref('#m'), priority: 'stat' }),
    );
    expect(await found(`${inside}identifier=X-2`)).toEqual(['m']);
    expect(await found('MedicationRequest?medication.identifier=X-2&priority=stat')).toEqual(['changing']);
    await search.put(gone);
    expect(await found(`${inside}identifier=X-2`)).toEqual([]);
    await put(medication('2'));
    await search.delete('MedicationRequest/changing');
    expect(await found(`${inside}code=2`)).toEqual([]);
    expect(await found('MedicationRequest?medication.code=2')).toEqual([]);
    expect(await found('Medication?_contained=both&code=2')).toEqual([]);
    await put(medication('2'));
    expect(await found(`${inside}code=2`)).toEqual(['m']);
    await search.delete('MedicationRequest/changing');
  });

  it('may change its type under its id', async () => {
    const group = (one: object) =>
      search.put({ resourceType: 'Basic', id: 'b', code: { text: 'x' }, contained: [one], author: ref('#a') });
    await group({ resourceType: 'Practitioner', id: 'a', name: [{ family: 'Turner' }] });
    expect(await search.ids('Basic?author:Practitioner.family=turner')).toEqual(['b']);
    await group({ resourceType: 'Patient', id: 'a', name: [{ family: 'Turner' }] });
    expect(await search.ids('Basic?author:Practitioner.family=turner')).toEqual([]);
    expect(await search.ids('Basic?author:Patient.family=turner')).toEqual(['b']);
    expect(await search.ids('Practitioner?_contained=true&family=turner')).toEqual([]);
    await search.delete('Basic/b');
  });

  it('leaves no row behind', async () => {
    const left = `select count(*) from x_id x where not exists (select from res r where r.rid = x.rid)
      and not exists (select from contained c where c.rid = x.rid)`;
    expect(await rows(search.connection, left)).toEqual([['0']]);
    const strays =
      'select count(*) from contained c where not exists (select from res r where r.rid = c.owner and not r.deleted)';
    expect(await rows(search.connection, strays)).toEqual([['0']]);
  });

  it('is seen by those who may see its container, and by nobody else', async () => {
    const only = (...types: string[]): Access => ({
      actor: 'clerk',
      grants: [{ types, verbs: ['search', 'read'] }],
    });
    const both = 'Medication?_contained=both&_containedType=contained';
    const asked = (access: Access, url: string) => search.bundle(url, { access }).then(matchesOf).then(sorted);
    expect(await asked(only('Medication'), both)).toEqual(['aspirin', 'stocked']);
    expect(await asked(only('Medication', 'MedicationRequest'), both)).toEqual([
      'aspirin',
      'cream',
      'm1',
      'm2',
      'stocked',
    ]);
    expect(await asked(only('Medication'), 'Medication?_contained=true')).toEqual([]);
    const chain = 'MedicationRequest?medication.code=106258';
    expect(await asked(only('MedicationRequest'), chain)).toEqual(['inside']);
    expect(await asked(only('MedicationRequest', 'Medication'), chain)).toEqual(['inside', 'outside']);
  });
});

describe('_contained is refused', () => {
  it.each([
    ['Medication?_contained=yes', 'invalid-value'],
    ['Medication?_contained=true&_containedType=inner', 'invalid-value'],
    ['Medication?_contained=true&_contained=false', 'invalid-request'],
    ['?_contained=true', 'not-supported'],
    ['?_type=Medication,Patient&_contained=both', 'not-supported'],
    ['Patient/ann/Observation?_contained=true', 'not-supported'],
    ['Medication?_contained=true&_content=cream', 'not-supported'],
    ['Medication?_contained=true&_filter=_text%20co%20cream', 'not-supported'],
    ['Medication?_contained=true&_list=1', 'not-supported'],
    ['Medication?_contained=true&_sort=code', 'not-supported'],
    ['Medication?_contained=true&_containedType=contained&_include=Medication:manufacturer', 'not-supported'],
    ['Medication?_contained=true&_containedType=contained&_revinclude=MedicationRequest:medication', 'not-supported'],
    ['Medication?_contained=true&nonsense=1', 'unknown-parameter'],
  ])('in %s', async (url, kind) => {
    const fault = await faultFrom(search.bundle(url));
    expect(fault.kind).toBe(kind);
    expect(fault.message.length).toBeGreaterThan(20);
  });

  it('in several types by one name only', async () => {
    expect(await search.ids('?_type=Medication&_contained=true&code=1191')).toEqual(['twice']);
  });
});
