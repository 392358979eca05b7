/** Order, pages, totals, parts of resources. https://hl7.org/fhir/R4/search.html#return */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Access } from '../../resources/index.ts';
import { faultFrom } from '../setup/fault.ts';
import { entriesOf, linkOf, matchesOf, pagesOf, searching } from './searching.ts';

const patient = (id: string, birthDate: string | undefined, ...families: string[]) => ({
  resourceType: 'Patient',
  id,
  active: true,
  ...(birthDate === undefined ? {} : { birthDate }),
  ...(families.length === 0 ? {} : { name: families.map((family) => ({ family })) }),
  gender: Number(id.slice(1)) % 2 === 0 ? 'female' : 'male',
});

const people = [
  patient('p1', '1950-01-01', 'Young'),
  patient('p2', '1980', 'adams'),
  patient('p3', undefined, 'Álvarez'),
  patient('p4', '1980-06', 'Brown', 'Zimmer'),
  patient('p5', '2001-02-03', 'Miller'),
  patient('p6', undefined),
  patient('p7', '1950-01-01', 'Brown'),
  patient('p8', '1999-12-31', 'Clark', 'Abbott'),
];
const search = await searching([
  ...people,
  ...Array.from({ length: 40 }, (_, i) => ({
    resourceType: 'Observation',
    id: `o${String(i).padStart(2, '0')}`,
    status: i % 3 === 0 ? 'preliminary' : 'final',
    code: { coding: [{ system: 'http://loinc.org', code: i % 2 === 0 ? '8480-6' : '8462-4' }] },
    subject: { reference: `Patient/p${(i % 8) + 1}` },
    ...(i % 5 === 0 ? {} : { effectiveDateTime: `2024-0${(i % 9) + 1}-${10 + (i % 7)}` }),
    valueQuantity: {
      value: (i * 7) % 13,
      unit: 'mg',
      system: 'http://unitsofmeasure.org',
      code: i % 4 === 0 ? 'g' : 'mg',
    },
  })),
]);

describe('_sort', () => {
  it.each([
    ['birthdate', ['p1', 'p7', 'p2', 'p4', 'p8', 'p5', 'p3', 'p6']],
    ['-birthdate', ['p5', 'p8', 'p4', 'p2', 'p7', 'p1', 'p6', 'p3']],
    // Of several names the lowest counts for ascending, the highest for descending order.
    ['family', ['p8', 'p2', 'p3', 'p4', 'p7', 'p5', 'p1', 'p6']],
    ['-family', ['p4', 'p1', 'p5', 'p8', 'p7', 'p3', 'p2', 'p6']],
    ['name', ['p8', 'p2', 'p3', 'p4', 'p7', 'p5', 'p1', 'p6']],
    ['gender,-birthdate', ['p8', 'p4', 'p2', 'p6', 'p5', 'p7', 'p1', 'p3']],
    ['birthdate,-family', ['p1', 'p7', 'p2', 'p4', 'p8', 'p5', 'p3', 'p6']],
    ['-_id', ['p8', 'p7', 'p6', 'p5', 'p4', 'p3', 'p2', 'p1']],
    ['_id', ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8']],
  ])('Patient by %s', async (keys, ids) => expect(await search.ids(`Patient?_sort=${keys}`)).toEqual(ids));

  it('is by the canonical unit for quantities', async () => {
    const ids = await search.ids('Observation?_sort=-value-quantity&_count=4');
    const grams = Array.from({ length: 40 }, (_, i) => ({
      id: `o${String(i).padStart(2, '0')}`,
      value: ((i * 7) % 13) * (i % 4 === 0 ? 1000 : 1),
    }));
    expect(ids).toEqual(
      grams
        .sort((a, b) => b.value - a.value || (a.id < b.id ? 1 : -1))
        .slice(0, 4)
        .map(({ id }) => id),
    );
  });

  it('by the time of the last change', async () => {
    const ids = (bundle: any) => bundle.entry.map(({ resource }: any) => resource.meta.lastUpdated);
    const ascending = ids(await search.bundle('Observation?_sort=_lastUpdated'));
    expect(ascending).toEqual([...ascending].sort());
    const descending = ids(await search.bundle('Observation?_sort=-_lastUpdated'));
    expect(descending).toEqual([...descending].sort().reverse());
  });

  it.each(['nonsense', 'near', '', 'family,,gender'])('refuses _sort=%s', async (keys) =>
    expect((await faultFrom(search.ids(`Patient?_sort=${keys}`))).status).toBe(400),
  );
});

describe('pages', () => {
  const sorts = [
    '',
    '_id',
    '-_id',
    'date',
    '-date',
    'code,-date',
    'status',
    '-value-quantity',
    '_lastUpdated',
    '-_lastUpdated',
    'subject,date',
  ];
  const filters = ['', 'status=final', 'date=ge2024-03', 'code=8480-6', 'date:missing=true'];

  it.each(sorts)('hold every match once, in order, forth and back, sorted by %j', async (sort) => {
    for (const filter of filters) {
      const query = ['_count=7', ...(sort ? [`_sort=${sort}`] : []), ...(filter ? [filter] : [])].join('&');
      const whole = await search.ids(`Observation?${query.replace('_count=7', '_count=100')}`);
      const pages = await pagesOf(search, `Observation?${query}`);
      expect(pages.flatMap(matchesOf), query).toEqual(whole);
      expect(new Set(whole).size).toBe(whole.length);
      const backwards = [pages.at(-1)];
      for (let link = linkOf(backwards[0], 'previous'); link; link = linkOf(backwards[0], 'previous')) {
        backwards.unshift(await search.bundle(link));
      }
      expect(backwards.flatMap(matchesOf), query).toEqual(whole);
      if (pages.length > 1)
        expect(matchesOf(await search.bundle(linkOf(pages[1], 'first')!))).toEqual(matchesOf(pages[0]));
    }
  });

  it('neither skip nor repeat what does not change while others write', async () => {
    const first = await search.bundle('Patient?_sort=family&_count=3');
    await search.put(patient('p90', undefined, 'Aaron'));
    await search.put(patient('p91', undefined, 'Zz'));
    const rest = await pagesOf(search, linkOf(first, 'next')!);
    await search.delete('Patient/p90');
    await search.delete('Patient/p91');
    expect([...matchesOf(first), ...rest.flatMap(matchesOf)]).toEqual([
      'p8',
      'p2',
      'p3',
      'p4',
      'p7',
      'p5',
      'p1',
      'p91',
      'p6',
    ]);
  });

  it('are not told by a link where there are none', async () => {
    const bundle = await search.bundle('Patient?_count=8');
    expect(bundle.link.map((link: any) => link.relation)).toEqual(['self']);
    expect(linkOf(await search.bundle('Patient?_count=7'), 'next')).toBeDefined();
  });

  it('are refused when the link was changed', async () => {
    const next = linkOf(await search.bundle('Patient?_count=3'), 'next')!;
    await Promise.all(
      [
        'Patient?_count=3&_page=YWJj',
        next.replace('_count=3', '_count=4'),
        `${next}x`,
        next.replace('Patient', 'Observation'),
      ].map(async (url) => expect((await faultFrom(search.bundle(url))).status, url).toBe(400)),
    );
  });

  it('are refused to another caller', async () => {
    const next = linkOf(await search.bundle('Patient?_count=3'), 'next')!;
    const other: Access = { actor: 'Practitioner/9', grants: [{ types: '*', verbs: ['search', 'read'] }] };
    expect((await faultFrom(search.bundle(next, { access: other }))).status).toBe(400);
  });

  it('show nothing that is not granted', async () => {
    const access: Access = { actor: 'lab', grants: [{ types: ['Observation'], verbs: ['search', 'read'] }] };
    const bundle = await search.bundle('Observation?_id=o01&_include=Observation:subject', { access });
    expect(bundle.entry).toHaveLength(1);
    expect((await faultFrom(search.bundle('Patient', { access }))).status).toBe(403);
    expect(matchesOf(await search.bundle('Observation?patient.gender=male', { access }))).toEqual([]);
  });
});

describe('totals', () => {
  it('are exact when asked for, on every page', async () => {
    const pages = await pagesOf(search, 'Observation?status=final&_count=10&_total=accurate');
    expect(pages.map(({ total }) => total)).toEqual([26, 26, 26]);
  });

  it('are given when they are known anyway, and not else', async () => {
    expect((await search.bundle('Observation?status=final')).total).toBe(26);
    expect((await search.bundle('Observation?status=final&_count=10')).total).toBeUndefined();
    expect((await search.bundle('Observation?status=final&_total=none')).total).toBeUndefined();
  });

  it.each(['_summary=count', '_count=0'])('alone with %s', async (control) => {
    const bundle = await search.bundle(`Observation?status=final&${control}`);
    expect(bundle).toMatchObject({ total: 26 });
    expect(bundle.entry).toBeUndefined();
  });

  it('agree with the pages, whatever is asked', async () => {
    const condition = fc.constantFrom(
      'status=final',
      'code=8480-6',
      'date=ge2024-04',
      'date=2024-05',
      'subject=Patient/p1',
      'value-quantity=gt5',
      'date:missing=false',
      'status:not=final',
    );
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(condition, { maxLength: 3 }), async (conditions) => {
        const bundle = await search.bundle(`Observation?${['_total=accurate', '_count=100', ...conditions].join('&')}`);
        const counted = await search.bundle(`Observation?${['_count=0', ...conditions].join('&')}`);
        expect(counted.total).toBe(matchesOf(bundle).length);
      }),
      { numRuns: 30 },
    );
  });
});

describe('parts of resources', () => {
  const [subsetted] = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }];

  it('are cut by _elements, those that are included are not', async () => {
    const bundle = await search.bundle('Observation?_id=o01&_elements=status&_include=Observation:subject');
    const [match] = entriesOf(bundle, 'match');
    expect(Object.keys(match).sort()).toEqual(['code', 'id', 'meta', 'resourceType', 'status']);
    expect(match.meta.tag).toEqual([subsetted]);
    expect(entriesOf(bundle, 'include')[0].gender).toBe('female');
  });

  it('are cut by _summary', async () => {
    const [summary] = entriesOf(await search.bundle('Patient?_id=p1&_summary=true'), 'match');
    expect(summary).toMatchObject({ id: 'p1', birthDate: '1950-01-01', meta: { tag: [subsetted] } });
    const [whole] = entriesOf(await search.bundle('Patient?_id=p1&_summary=false'), 'match');
    expect(whole.meta.tag).toBeUndefined();
  });

  it.each([
    '_elements=id&_summary=count',
    '_elements=id&_summary=true',
    '_summary=nonsense',
    '_elements=nonsense',
    '_summary=text&_revinclude=Observation:subject',
  ])('are refused with %s', async (query) =>
    expect((await faultFrom(search.bundle(`Patient?${query}`))).status).toBe(400),
  );
});

describe('what a Bundle says', () => {
  it('has links with what was honoured, and addresses of resources', async () => {
    const bundle = await search.bundle('Patient?gender=male&unknown=1&_count=2', { prefer: { handling: 'lenient' } });
    expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'searchset' });
    expect(linkOf(bundle, 'self')).toBe('Patient?gender=male&_count=2');
    expect(bundle.entry[0].fullUrl).toBe('http://localhost:8080/fhir/Patient/p1');
    expect(entriesOf(bundle, 'outcome')[0].issue[0]).toMatchObject({ severity: 'warning', expression: ['unknown'] });
  });

  it('tells a cut of _count', async () => {
    const bundle = await search.bundle('Patient?_count=100000');
    expect(linkOf(bundle, 'self')).toBe('Patient?_count=1000');
    expect(entriesOf(bundle, 'outcome')[0].issue[0].details.text).toContain('1000');
  });

  it('takes a form, and adds it to the URL', async () => {
    const bundle = await search.bundle('Patient/_search?gender=male', { form: 'family=brown&_sort=family' });
    expect(matchesOf(bundle)).toEqual(['p7']);
    expect(linkOf(bundle, 'self')).toBe('Patient?gender=male&family=brown&_sort=family');
  });
});
