/** Order by what references lead to, numbers of results, controls. https://hl7.org/fhir/R4/search.html#return */
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { parseQuery } from '../../operations/index.ts';
import { type Access, openAccess } from '../../resources/index.ts';
import { openExtractor } from '../../store/search/extract.ts';
import { parseSearch } from '../../store/search/parse.ts';
import { planSearch, ROW } from '../../store/search/plan.ts';
import { TypeNumbers } from '../../store/types.ts';
import { faultFrom } from '../setup/fault.ts';
import { entriesOf, linkOf, matchesOf, pagesOf, searching } from './searching.ts';

const people: [id: string, birthDate: string | undefined, organization: string | undefined, ...families: string[]][] = [
  ['p0', '1980', 'o1', 'Miller'],
  ['p1', '1950-06-01', 'o2', 'Adams', 'Zimmer'],
  ['p2', undefined, undefined],
  ['p3', '2001-02-03', 'o1', 'Clark'],
  ['p4', '1999', 'o3', 'Brown'],
];
const organizations = { o1: 'West Clinic', o2: 'East Clinic', o3: 'North Hospital' };

const search = await searching([
  ...Object.entries(organizations).map(([id, name]) => ({ resourceType: 'Organization', id, name })),
  ...people.map(([id, birthDate, organization, ...families]) => ({
    resourceType: 'Patient',
    id,
    ...(birthDate && { birthDate }),
    ...(families.length > 0 && { name: families.map((family) => ({ family })) }),
    ...(organization && { managingOrganization: { reference: `Organization/${organization}` } }),
    gender: id === 'p0' || id === 'p3' ? 'female' : 'male',
  })),
  { resourceType: 'Practitioner', id: 'dr', name: [{ family: 'Bones' }] },
  { resourceType: 'Group', id: 'g', type: 'person', actual: true },
  ...Array.from({ length: 18 }, (_, i) => ({
    resourceType: 'Observation',
    id: `o${String(i).padStart(2, '0')}`,
    status: i % 3 === 0 ? 'preliminary' : 'final',
    code: { coding: [{ system: 'http://loinc.org', code: i % 2 === 0 ? '8480-6' : '8462-4' }] },
    // Some are about a group, or about nobody.
    ...(i === 16
      ? { subject: { reference: 'Group/g' } }
      : i === 17
        ? {}
        : { subject: { reference: `Patient/p${i % 5}` } }),
    ...(i % 4 === 0
      ? { performer: [{ reference: 'Practitioner/dr' }, { reference: `Organization/o${(i % 3) + 1}` }] }
      : {}),
    ...(i % 6 === 0 ? {} : { effectiveDateTime: `2024-0${(i % 9) + 1}-11` }),
  })),
]);

const patientOf = (id: string) => {
  const i = Number(id.slice(1));
  return i >= 16 ? undefined : people[i % 5]!;
};

/** Ids of the Observations by a key of each, missing ones last. */
function ordered(key: (id: string) => string | undefined, descending: boolean): string[] {
  const ids = Array.from({ length: 18 }, (_, i) => `o${String(i).padStart(2, '0')}`);
  const way = descending ? -1 : 1;
  return ids.sort((a, b) => {
    const [one, other] = [key(a), key(b)];
    if (one !== other) {
      if (one === undefined) return 1;
      if (other === undefined) return -1;
      return one < other ? -way : way;
    }
    return a < b ? -way : way;
  });
}

describe('_sort by what a reference leads to', () => {
  const family = (descending: boolean) => (id: string) => {
    const names =
      patientOf(id)
        ?.slice(3)
        .map((one) => one!.toLowerCase())
        .sort() ?? [];
    return descending ? names.at(-1) : names[0];
  };
  const organization = (id: string) => organizations[patientOf(id)?.[2] as keyof typeof organizations]?.toLowerCase();

  it.each([
    ['subject:Patient.family', ordered(family(false), false)],
    ['-subject:Patient.family', ordered(family(true), true)],
    ['patient.family', ordered(family(false), false)],
    ['subject:Patient.birthdate', ordered((id) => patientOf(id)?.[1], false)],
    ['-subject:Patient.birthdate', ordered((id) => patientOf(id)?.[1], true)],
    ['subject:Patient.organization.name', ordered(organization, false)],
    ['-patient.organization.name', ordered(organization, true)],
    ['subject:Patient._id', ordered((id) => patientOf(id)?.[0], false)],
  ])('%s', async (key, ids) => {
    expect(await search.ids(`Observation?_sort=${key}`)).toEqual(ids);
    const pages = await pagesOf(search, `Observation?_sort=${key}&_count=5`);
    expect(pages.flatMap(matchesOf)).toEqual(ids);
    const backwards = [pages.at(-1)];
    for (let link = linkOf(backwards[0], 'previous'); link; link = linkOf(backwards[0], 'previous')) {
      backwards.unshift(await search.bundle(link));
    }
    expect(backwards.flatMap(matchesOf)).toEqual(ids);
  });

  it('beside other keys, in both directions', async () => {
    const ids = await search.ids('Observation?status=final&_sort=patient.family,-date');
    const names = ids.map((id) => family(false)(id) ?? '~');
    expect(names).toEqual([...names].sort());
    const pages = await pagesOf(search, 'Observation?status=final&_sort=patient.family,-date&_count=3');
    expect(pages.flatMap(matchesOf)).toEqual(ids);
  });

  it('over references to several types', async () => {
    const found = await search.ids('Observation?performer:missing=false&_sort=-performer:Organization.name,_id');
    expect([...found].sort()).toEqual(['o00', 'o04', 'o08', 'o12', 'o16']);
    const named = found.map((id) => organizations[`o${(Number(id.slice(1)) % 3) + 1}` as keyof typeof organizations]);
    expect(named).toEqual([...named].sort().reverse());
  });

  it('tells nothing of what the caller may not see', async () => {
    const access: Access = {
      ...openAccess,
      actor: 'lab',
      grants: [{ types: ['Observation'], verbs: ['search', 'read'] }],
    };
    const bundle = await search.bundle('Observation?_sort=patient.family', { access });
    expect(matchesOf(bundle)).toEqual(ordered(() => undefined, false));
  });

  it.each([
    ['subject.nonsense', 'unknown-parameter'],
    ['code.family', 'not-supported'],
    ['subject:Medication.code', 'unsupported-modifier'],
    ['subject:Patient:x.family', 'unsupported-modifier'],
    ['subject:Location.near', 'not-supported'],
    ['subject:Patient.organization.partof.partof.name', 'too-costly'],
    ['patient.', 'unknown-parameter'],
  ])('refuses %s', async (key, kind) => {
    const fault = await faultFrom(search.ids(`Observation?_sort=${key}`));
    expect([fault.kind, fault.status]).toEqual([kind, 400]);
  });

  it('refuses to put dates and names into one order', async () => {
    const fault = await faultFrom(search.ids('Basic?_sort=subject.start'));
    expect([fault.kind, fault.status]).toEqual(['not-supported', 400]);
    expect(fault.findings[0]!.hint).toContain('subject:Patient');
    expect(await search.ids('Basic?_sort=subject:Slot.start')).toEqual([]);
  });
});

describe('_sort=near', () => {
  const near = 'near=48.8566|2.3522|1000|km';

  it('is by distance from what near names', async () => {
    const places = {
      versailles: [48.8049, 2.1204],
      lyon: [45.764, 4.8357],
      louvre: [48.8606, 2.3376],
      london: [51.5072, -0.1276],
    };
    for (const [id, [latitude, longitude]] of Object.entries(places)) {
      await search.put({ resourceType: 'Location', id, position: { latitude, longitude } });
    }
    await search.put({ resourceType: 'Location', id: 'nowhere' });
    const ids = ['louvre', 'versailles', 'london', 'lyon'];
    expect(await search.ids(`Location?${near}&_sort=near`)).toEqual(ids);
    expect(await search.ids(`Location?${near}&_sort=-near`)).toEqual([...ids].reverse());
    const pages = await pagesOf(search, `Location?${near}&_sort=near&_count=1`);
    expect(pages.flatMap(matchesOf)).toEqual(ids);
    expect(await search.ids('Location?near=45.764|4.8357|30|km,51.5|-0.1|30|km&_sort=near')).toEqual([
      'lyon',
      'london',
    ]);
  });

  it.each(['_sort=near', 'near:missing=true&_sort=near'])('is refused without near: %s', async (query) => {
    const fault = await faultFrom(search.ids(`Location?${query}`));
    expect([fault.kind, fault.status]).toEqual(['invalid-request', 400]);
  });
});

describe('_maxresults', () => {
  it.each([
    [1, 5, [1]],
    [5, 5, [5]],
    [6, 5, [5, 1]],
    [12, 5, [5, 5, 2]],
    [18, 5, [5, 5, 5, 3]],
    [100, 5, [5, 5, 5, 3]],
  ])('%i in pages of %i', async (most, count, sizes) => {
    const whole = await search.ids('Observation?_sort=-date');
    const pages = await pagesOf(search, `Observation?_sort=-date&_count=${count}&_maxresults=${most}`);
    expect(pages.map((page) => matchesOf(page).length)).toEqual(sizes);
    expect(pages.flatMap(matchesOf)).toEqual(whole.slice(0, most));
    const backwards = [pages.at(-1)];
    for (let link = linkOf(backwards[0], 'previous'); link; link = linkOf(backwards[0], 'previous')) {
      backwards.unshift(await search.bundle(link));
    }
    expect(backwards.flatMap(matchesOf)).toEqual(whole.slice(0, most));
    // From any page the way forward ends where it did.
    const again = await pagesOf(search, linkOf(backwards[0], 'self')!);
    expect(again.flatMap(matchesOf)).toEqual(whole.slice(0, most));
  });

  it('leaves the total what it is, and gives none that it has cut', async () => {
    expect((await search.bundle('Observation?_maxresults=3&_total=accurate')).total).toBe(18);
    expect((await search.bundle('Observation?_maxresults=3')).total).toBeUndefined();
    expect((await search.bundle('Observation?_maxresults=30')).total).toBe(18);
  });

  it.each(['0', '-1', 'many', '1.5', ''])('refuses %j', async (value) => {
    const fault = await faultFrom(search.ids(`Observation?_maxresults=${value}`));
    expect([fault.status, fault.findings[0]!.expression]).toEqual([400, '_maxresults']);
  });
});

describe('_total=estimate', () => {
  it('is exact while there are few', async () => {
    const bundle = await search.bundle('Observation?status=final&_count=2&_total=estimate');
    expect(bundle.total).toBe(12);
    expect(entriesOf(bundle, 'outcome')).toEqual([]);
    expect((await search.bundle('Observation?status=final&_count=0&_total=estimate')).total).toBe(12);
    expect((await search.bundle('Observation?_total=estimate')).total).toBe(18);
    const pages = await pagesOf(search, 'Observation?status=final&_count=5&_total=estimate');
    expect(pages.map(({ total }) => total)).toEqual([12, 12, 12]);
  });
});

describe('limits', async () => {
  const client = new pg.Client(search.connection);
  await client.connect();
  afterAll(() => client.end());
  await client.query('analyze');
  const { rows: typeRows } = await client.query({ text: 'select n, name from type', rowMode: 'array' });
  const scope = {
    access: openAccess,
    hasher: openExtractor(Buffer.from(search.store.preparer.key), 'UTC'),
    types: new TypeNumbers(typeRows),
    zone: 'UTC',
    now: Date.now(),
    base: 'http://localhost:8080/fhir',
  };
  /** Rows of the statement, with limits that a small data set reaches. */
  async function rowsOf(type: string | undefined, query: string, limits: { chainedMax?: number; countedMax?: number }) {
    const tree = parseSearch({
      type,
      query: parseQuery(query),
      handling: 'strict',
      limits: { countDefault: 50, countMax: 1000 },
    });
    const { text, values } = planSearch(tree, undefined, tree.total !== undefined || tree.count === 0, {
      ...scope,
      ...limits,
    });
    const binds = values!.map((value) =>
      Array.isArray(value) ? value.map(String) : typeof value === 'bigint' ? String(value) : value,
    );
    return (await client.query({ text, values: binds, rowMode: 'array' })).rows;
  }

  it('end a chained order where too many match, and only there', async () => {
    const kinds = async (chainedMax: number) =>
      (await rowsOf('Observation', 'status=final&_sort=patient.family', { chainedMax })).map(([kind]) => kind);
    expect(await kinds(12)).toEqual(Array(12).fill(ROW.match));
    expect(await kinds(11)).toEqual([ROW.tooMany]);
  });

  it.each([
    ['Observation', ''],
    ['Observation', 'status:not=nonsense'],
    ['Observation', 'patient.gender:not=x'],
    [undefined, '_type=Observation'],
    ['Organization', ''],
  ])('make an estimate of %s?%s from a sample, which is said', async (type, query) => {
    const found = await rowsOf(type, `${query}&_count=0&_total=estimate`, { countedMax: 2 });
    expect(found.map(([kind]) => kind)).toEqual([ROW.estimate]);
    // All rows of so small a table are in the sample.
    expect(Number(found[0]![1])).toBe(type === 'Organization' ? 3 : query.startsWith('patient') ? 16 : 18);
  });

  it('never make an estimate that is less than what was seen', async () => {
    const found = await rowsOf('Observation', 'status=preliminary&_count=5&_total=estimate', { countedMax: 5 });
    const total = found.find(([kind]) => kind === ROW.estimate)!;
    expect(Number(total[1])).toBeGreaterThanOrEqual(6);
  });
});

describe('controls that may stand once', () => {
  it.each([
    '_count=1&_count=2',
    '_sort=date&_sort=status',
    '_total=none&_total=accurate',
    '_summary=true&_summary=text',
    '_maxresults=1&_maxresults=2',
    '_page=x&_page=y',
    '_explain=true&_explain=false',
  ])('are refused twice: %s', async (query) => {
    const fault = await faultFrom(search.ids(`Observation?${query}`));
    expect([fault.kind, fault.status]).toEqual(['invalid-request', 400]);
    expect(fault.message).toContain(query.slice(0, query.indexOf('=')));
  });

  it('are not those that hold lists', async () => {
    const bundle = await search.bundle('Observation?_elements=status&_elements=code&_id=o01');
    expect(Object.keys(entriesOf(bundle, 'match')[0]).sort()).toEqual(['code', 'id', 'meta', 'resourceType', 'status']);
    expect((await search.ids('?_type=Organization&_type=Group')).sort()).toEqual(['g', 'o1', 'o2', 'o3']);
  });
});
