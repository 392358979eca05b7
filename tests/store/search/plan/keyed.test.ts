import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAccess } from '../../../../resources/index.ts';
import { openStore, parseSearch, type SearchPage } from '../../../../store/index.ts';
import { RANK } from '../../../../store/search/condition.ts';
import { conditionsOf } from '../../../../store/search/plan/conditions.ts';
import {
  distinctly,
  isKey,
  keyedDrivers,
  keyedMissing,
  keyedOf,
  keyedSources,
} from '../../../../store/search/plan/keyed.ts';
import { currentRows } from '../../../../store/search/plan/scope.ts';
import { literal, sql } from '../../../../store/sql.ts';
import { testDatabase } from '../../../setup/database.ts';
import { draftOf, testContext } from '../../double.ts';
import { scopeFor, textOf, treeOf } from '../scope.ts';

const LOINC = 'http://loinc.org';
const GLUCOSE = `${LOINC}|2345-7`;
const SODIUM = `${LOINC}|2951-2`;

describe('the keys of a search', () => {
  const conditions = (query: string) =>
    conditionsOf(treeOf(`Observation?${query}`).criteria, undefined, 'Observation', 'o', scopeFor());
  const keyed = (query: string) => keyedOf(conditions(query));
  const rows = currentRows(scopeFor(), ['Observation'], 'o', 'row');
  const ranks = (query: string) => keyedDrivers(conditions(query), literal(4)).map(({ rank }) => rank);

  it('are a code, a patient, or both', () => {
    expect(keyed(`code=${GLUCOSE}`)).toMatchObject({ codes: { column: 'code1' }, subjects: undefined });
    expect(keyed(`code=${GLUCOSE}&patient=Patient/1`)).toMatchObject({ subjects: { column: 'subj' } });
    expect(keyed('code=2345-7')).toMatchObject({ codes: { column: 'code1', values: undefined } });
    expect(keyed(`code=${LOINC}|`)).toBeUndefined();
    expect(keyed('patient=Patient/1')).toMatchObject({ codes: undefined, subjects: { column: 'subj' } });
  });

  it('are none where there are too many of them', () => {
    const nine = Array.from({ length: 9 }, (_, n) => `${LOINC}|${n}`).join(',');
    expect(keyed(`code=${nine}`)).toBeUndefined();
    // Behind a patient there may be any number of codes.
    expect(keyed(`code=${nine}&patient=Patient/1`)).toMatchObject({ codes: { column: 'code1' } });
    const patients = Array.from({ length: 9 }, (_, n) => `Patient/${n}`).join(',');
    expect(keyed(`patient=${patients}`)).toBeUndefined();
    expect(keyed(`code=${GLUCOSE}&patient=${patients}`)).toMatchObject({ subjects: undefined });
  });

  it('are told from the other conditions', () => {
    const all = conditions(`code=${GLUCOSE}&status=final`);
    expect(all.map((one) => isKey(keyedOf(all)!, one))).toEqual([true, false]);
  });

  it('stand in front of dates and values in their indexes', () => {
    expect(ranks(`code=${GLUCOSE}&patient=Patient/1`)).toEqual([RANK.subjectAndCode]);
    expect(ranks(`code=${GLUCOSE}&date=2024`)).toEqual([RANK.codeAndDate]);
    expect(ranks(`code=${GLUCOSE}&value-quantity=gt5|http://unitsofmeasure.org|mg`)).toEqual([RANK.codeAndNumber]);
    expect(ranks(`code=${GLUCOSE}&value-quantity=gt5`)).toEqual([RANK.codeAndNumber]);
  });

  it('are a SELECT for each code, and one for each as a further coding', () => {
    const sources = keyedSources(keyed(`code=${GLUCOSE},${SODIUM}`)!, [], rows, literal(4));
    expect(sources.map(({ where }) => textOf(where).split(' AND ')[0])).toEqual([
      'o.code1 = $1::int8', 'o.code1 = $1::int8', expect.stringMatching(/^x\.k = /), expect.stringMatching(/^x\.k = /),
    ]); // biome-ignore format: two and two
    expect(keyedMissing(keyed(`code=${GLUCOSE}`)!, rows).map(({ where }) => textOf(where))).toEqual([
      'o.code1 = any($1::int8[]) AND o.dt IS NULL',
      expect.stringContaining('x.t IS NULL'),
    ]);
  });

  it('give each row once', () => {
    expect(textOf(distinctly([sql`a`]))).toBe('a');
    expect(textOf(distinctly([sql`a`, sql`b`]))).toBe('SELECT DISTINCT * FROM (a UNION ALL b) z');
  });
});

interface Result {
  readonly id: string;
  readonly codes: readonly string[];
  readonly patient: number;
  readonly date?: string;
  readonly period?: { readonly start?: string; readonly end?: string };
  readonly value: number;
}

/** Codes first or second, dates of one instant, of months, without an end, none at all. */
const RESULTS: readonly Result[] = Array.from({ length: 160 }, (_, n) => {
  const month = String((n % 12) + 1).padStart(2, '0');
  const dates = [
    { date: `2024-${month}-0${(n % 9) + 1}T08:0${n % 10}:00Z` },
    { period: { start: `2024-${month}-02`, end: `2024-${month}-05` } },
    { period: { start: `2023-${month}` } },
    {},
  ] as const;
  const codes = [['2345-7'], ['2951-2', '2345-7'], ['2951-2'], ['2345-7', '2951-2'], ['718-7']] as const;
  return { id: `r-${n}`, codes: codes[n % 5]!, patient: n % 3, ...dates[n % 7 > 3 ? 0 : n % 4]!, value: n % 11 };
});

function observationOf({ id, codes, patient, date, period, value }: Result): object {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: codes.map((code) => ({ system: LOINC, code })) },
    subject: { reference: `Patient/p${patient}` },
    ...(date && { effectiveDateTime: date }),
    ...(period && { effectivePeriod: period }),
    valueQuantity: { value, unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' },
  };
}

const connection = await testDatabase();
const store = await openStore({ connection, applicationName: 'vesta test' });
afterAll(() => store.close());

async function pageOf(url: string, more: readonly (readonly [string, string])[] = []): Promise<SearchPage> {
  const [type, text = ''] = url.split('?');
  const query = [...[...new URLSearchParams(text)], ...more];
  const limits = { countDefault: 50, countMax: 1000 };
  const search = parseSearch({ type, query, handling: 'strict', limits, parameters: store.parameters });
  return store.records.search(openAccess, search, testContext());
}

/** All ids, page by page. */
async function idsOf(url: string, count = 7): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page: SearchPage = await pageOf(`${url}&_count=${count}`, after === undefined ? [] : [['_page', after]]);
    ids.push(...page.matches.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return ids;
}

describe('searches by keys', () => {
  beforeAll(async () => {
    for (const id of ['p0', 'p1', 'p2']) {
      await store.records.create(openAccess, draftOf({ resourceType: 'Patient' }, 'PUT', id), testContext());
    }
    await Promise.all(
      RESULTS.map((one) => store.records.create(openAccess, draftOf(observationOf(one), 'PUT', one.id), testContext())),
    );
  });

  const startOf = ({ date, period }: Result): string => date ?? period?.start ?? '';
  const having = (code: string) => RESULTS.filter(({ codes }) => codes.includes(code));
  const ids = (results: readonly Result[]) => results.map(({ id }) => id).sort();

  it.each([
    ['2345-7', '-date'], ['2345-7', 'date'], ['2345-7', undefined], ['2951-2', '-date'], ['600-7', '-date'],
  ])('finds each result of %s once, as first coding or second, dated or not (%s)', async (code, sort) => {
    const found = await idsOf(`Observation?code=${LOINC}|${code}${sort ? `&_sort=${sort}` : ''}`);
    expect([...found].sort()).toEqual(ids(having(code)));
    const dates = found.map((id) => startOf(RESULTS.find((one) => one.id === id)!)).filter((date) => date !== '');
    const ordered = [...dates].sort();
    // Within one beginning any will do: a day and its first instant begin alike.
    expect(dates.map((date) => date.slice(0, 7))).toEqual(
      (sort === 'date' ? ordered : ordered.reverse()).map((date) => date.slice(0, 7)),
    );
    // Those without a date come last.
    expect(found.slice(0, dates.length).every((id) => startOf(RESULTS.find((one) => one.id === id)!) !== '')).toBe(true);
  }); // biome-ignore format: the cases are a list

  it('finds those of a patient', async () => {
    const mine = having('2345-7').filter(({ patient }) => patient === 1);
    const url = `Observation?patient=Patient/p1&code=${GLUCOSE}`;
    for (const sort of ['-date', 'date']) expect((await idsOf(`${url}&_sort=${sort}`)).sort()).toEqual(ids(mine));
    expect((await pageOf(`${url}&_summary=count`)).total).toBe(mine.length);
  });

  it('finds those of several codes, none twice', async () => {
    const either = RESULTS.filter(({ codes }) => codes.some((code) => code !== '718-7'));
    expect((await idsOf(`Observation?code=${GLUCOSE},${SODIUM}&_sort=-date`)).sort()).toEqual(ids(either));
  });

  it('finds those of some time, however long they last', async () => {
    const url = `Observation?code=${GLUCOSE}&date=ge2024-05-01&date=lt2024-07-01`;
    const within = having('2345-7').filter(({ date, period }) => {
      if (date) return date >= '2024-05' && date < '2024-07';
      return period?.start !== undefined && period.start < '2024-07' && (period.end ?? '9') >= '2024-05';
    });
    expect(within.length).toBeGreaterThan(10);
    for (const sort of ['&_sort=-date', '&_sort=date', '', '&_sort=status'])
      expect((await idsOf(`${url}${sort}`)).sort()).toEqual(ids(within));
    expect((await pageOf(`${url}&_summary=count`)).total).toBe(within.length);
    const mine = within.filter(({ patient }) => patient === 2);
    expect((await idsOf(`${url}&patient=Patient/p2&_sort=-date`)).sort()).toEqual(ids(mine));
  });

  it('finds those above a value', async () => {
    const above = having('2345-7').filter(({ value }) => value > 6);
    for (const sort of ['&_sort=-date', '']) {
      const url = `Observation?code=${GLUCOSE}&value-quantity=gt6|http://unitsofmeasure.org|mg/dL${sort}`;
      expect((await idsOf(url)).sort()).toEqual(ids(above));
    }
  });

  it('finds patients by the codes of their results, first or second', async () => {
    const has = (code: string) => idsOf(`Patient?_has:Observation:patient:code=${LOINC}|${code}`, 2);
    expect(await has('2345-7')).toEqual(['p0', 'p1', 'p2']);
    expect(await has('2951-2')).toEqual(['p0', 'p1', 'p2']);
    expect(await has('600-7')).toEqual([]);
  });

  it('goes back to the page that it came from', async () => {
    const url = `Observation?code=${GLUCOSE}&_sort=-date&_count=9`;
    const first = await pageOf(url);
    const second = await pageOf(url, [['_page', first.next!]]);
    const again = await pageOf(url, [['_page', second.previous!]]);
    expect(again.matches.map(({ id }) => id)).toEqual(first.matches.map(({ id }) => id));
  });
});
