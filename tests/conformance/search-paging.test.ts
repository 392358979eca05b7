/** Pages while others write: what does not change is on them once. https://hl7.org/fhir/R4/http.html#paging */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { entriesOf, linkOf, matchesOf, pagesOf, type Stored, searching } from './searching.ts';

const two = (number: number) => String(number).padStart(2, '0');
const observation = (id: string, nth: number, more: object = {}): Stored => ({
  resourceType: 'Observation',
  id,
  meta: { tag: [{ code: nth % 3 === 0 ? 'third' : 'other' }] },
  status: nth % 2 === 0 ? 'final' : 'amended',
  code: { coding: [{ system: 'http://loinc.org', code: nth % 4 === 0 ? '8480-6' : '8462-4' }] },
  subject: { reference: `Patient/p${nth % 5}` },
  ...(nth % 7 === 0 ? {} : { effectiveDateTime: `2024-${two((nth % 11) + 1)}-${two((nth % 27) + 1)}` }),
  valueQuantity: { value: (nth * 13) % 17, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' },
  ...more,
});
const patient = (nth: number): Stored => ({
  resourceType: 'Patient',
  id: `p${nth}`,
  meta: { tag: [{ code: 'third' }] },
  name: [{ family: `Family ${nth % 3}` }],
});

/** These are left alone; ids around them are written and deleted all the time. */
const KEPT = 90;
const kept = Array.from({ length: KEPT }, (_, nth) => observation(`k${two(nth)}`, nth));
const search = await searching([...Array.from({ length: 5 }, (_, nth) => patient(nth)), ...kept]);

let isOver = false;

/** Writes, changes and deletes others until told to stop; slower than pages are read, or those by time would never end. */
async function disturb(by: number): Promise<void> {
  for (let nth = 0; !isOver; nth++) {
    const id = `${'ajkz'[nth % 4]}${two(nth % 60)}-${by}`;
    await search.put(observation(id, nth + by, { note: [{ text: String(nth) }] }));
    if (nth % 3 === 0) await search.delete(`Observation/${id}`);
    await sleep(8);
  }
}

const isKept = (id: string) => /^k\d\d$/.test(id);

describe('pages, while others write', () => {
  const writers = [0, 1].map(disturb);
  afterAll(async () => {
    isOver = true;
    await Promise.all(writers);
  });

  it.each([
    '',
    '_sort=_id',
    '_sort=-_id',
    '_sort=date',
    '_sort=-date',
    '_sort=_lastUpdated',
    '_sort=-_lastUpdated',
    '_sort=status,-date,_id',
    '_sort=-value-quantity',
    '_sort=code,date',
    '_sort=patient.family,-date',
    'status=final&_sort=date',
    'patient=p1&_sort=-date',
    'code=8480-6&date=ge2024-03',
    'date:missing=true&_sort=-_id',
    'value-quantity=gt3&_sort=value-quantity',
    'patient.family=family&status:not=final',
  ])('have what does not change once, in one order, forth and back: %s', async (query) => {
    const expected = (await search.ids(`Observation?_count=1000&${query}`)).filter(isKept);
    const pages = await pagesOf(search, `Observation?_count=9&${query}`);
    const found = pages.flatMap(matchesOf);
    expect(found.filter(isKept)).toEqual(expected);
    const back = [pages.at(-1)];
    for (let link = linkOf(back[0], 'previous'); link; link = linkOf(back[0], 'previous')) {
      back.unshift(await search.bundle(link));
    }
    expect(back.flatMap(matchesOf).filter(isKept)).toEqual(expected);
  });

  it.each([
    '?_tag=third&_count=7',
    '?_type=Patient,Observation&_tag=third&_sort=_lastUpdated&_count=7',
    'Patient/p1/*?_count=7',
  ])('hold resources of several types once: %s', async (url) => {
    const keys = (pages: any[]) =>
      pages
        .flatMap((page) => entriesOf(page, 'match'))
        .map(({ resourceType, id }) => `${resourceType}/${id}`)
        .filter((key) => isKept(key.slice(key.indexOf('/') + 1)) || key.startsWith('Patient/'));
    const expected = keys([await search.bundle(url.replace('_count=7', '_count=1000'))]);
    expect(expected.length).toBeGreaterThan(15);
    expect(keys(await pagesOf(search, url))).toEqual(expected);
  });

  it('bring with each page what its own matches refer to, once', async () => {
    const pages = await pagesOf(search, 'Observation?status=final&_sort=date&_count=9&_include=Observation:patient');
    for (const page of pages) {
      const wanted = new Set(entriesOf(page, 'match').map(({ subject }) => subject.reference.replace('Patient/', '')));
      expect(
        entriesOf(page, 'include')
          .map(({ id }) => id)
          .sort(),
      ).toEqual([...wanted].sort());
    }
  });

  it('end where _maxresults says, and the total does not', async () => {
    const pages = await pagesOf(
      search,
      'Observation?_id=k00,k01,k02,k03,k04,k05,k06&_sort=_id&_count=2&_maxresults=5&_total=accurate',
    );
    expect(pages.flatMap(matchesOf)).toEqual(['k00', 'k01', 'k02', 'k03', 'k04']);
    expect(pages.map(({ total }) => total)).toEqual([7, 7, 7]);
  });
});
