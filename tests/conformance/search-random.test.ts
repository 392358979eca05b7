/**
 * What Postgres answers is what a slow, obvious evaluation of the same query over the same resources says: dates and
 * quantities. With search-random-texts.test.ts that is 10,000 random queries, each over some hundred random resources.
 */
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { parseQuery } from '../../operations/index.ts';
import { intervalOf, openAccess } from '../../resources/index.ts';
import { openExtractor } from '../../store/search/extract.ts';
import { parseSearch } from '../../store/search/parse.ts';
import { planSearch, ROW } from '../../store/search/plan.ts';
import { TypeNumbers } from '../../store/types.ts';
import { matchesOf, pagesOf, type Stored, searching } from './searching.ts';

const UCUM = 'http://unitsofmeasure.org';
/** Grams in one of each unit, as whole milligrams. */
const MILLIGRAMS: Record<string, number> = { kg: 1_000_000, g: 1000, mg: 1 };

const two = (number: number) => String(number).padStart(2, '0');
const day = fc.tuple(
  fc.integer({ min: 2019, max: 2021 }),
  fc.integer({ min: 1, max: 12 }),
  fc.integer({ min: 1, max: 28 }),
);
const date = fc.oneof(
  day.map(([y]) => String(y)),
  day.map(([y, m]) => `${y}-${two(m)}`),
  day.map(([y, m, d]) => `${y}-${two(m)}-${two(d)}`),
  fc
    .tuple(day, fc.integer({ min: 0, max: 23 }), fc.constantFrom('Z', '+05:30', '-04:00'))
    .map(([[y, m, d], h, zone]) => `${y}-${two(m)}-${two(d)}T${two(h)}:15:30${zone}`),
);
const effective = fc.oneof(
  date.map((effectiveDateTime) => ({ effectiveDateTime })),
  fc.tuple(date, date).map(([a, b]) => ({ effectivePeriod: a < b ? { start: a, end: b } : { start: b, end: a } })),
  date.map((start) => ({ effectivePeriod: { start } })),
  date.map((end) => ({ effectivePeriod: { end } })),
  fc.constant({}),
);
const amount = fc.record({
  value: fc.integer({ min: 0, max: 60 }).map((n) => n / 10),
  code: fc.constantFrom('g', 'mg', 'kg'),
});
const quantity = fc.oneof(
  amount.map(({ value, code }) => ({ valueQuantity: { value, code, unit: code, system: UCUM } })),
  fc
    .tuple(amount, fc.constantFrom('<', '<=', '>=', '>'))
    .map(([{ value, code }, comparator]) => ({ valueQuantity: { value, comparator, code, unit: code, system: UCUM } })),
  fc.constant({}),
);
const status = fc.constantFrom('final', 'amended', 'preliminary');
const LOINC = 'http://loinc.org';
// One code is common, one is rare, and some resources have two.
const codes = fc.uniqueArray(fc.constantFrom('a', 'a', 'a', 'b', 'b', 'c'), { minLength: 1, maxLength: 2 });
const patient = fc.constantFrom('p1', 'p1', 'p1', 'p2', 'p2', 'p3', undefined);
const observation = fc.tuple(effective, quantity, status, codes, patient).map(([when, what, state, coding, who]) => ({
  status: state,
  code: { coding: coding.map((code) => ({ system: LOINC, code })) },
  ...(who ? { subject: { reference: `Patient/${who}` } } : {}),
  ...when,
  ...what,
}));

const seed = Math.floor(Math.random() * 2 ** 31);
const stored: Stored[] = fc.sample(observation, { seed, numRuns: 250 }).map((one, index) => ({
  resourceType: 'Observation',
  id: `r${String(index).padStart(3, '0')}`,
  ...one,
}));
const search = await searching(stored);

const client = new pg.Client(search.connection);
await client.connect();
afterAll(() => client.end());
// Plans are chosen by what Postgres knows of the values.
await client.query('analyze');
const { rows: typeRows } = await client.query({ text: 'select n, name from type', rowMode: 'array' });
const types = new TypeNumbers(typeRows);
const hasher = openExtractor(Buffer.from(search.store.preparer.key), 'UTC');

/** Ids that the plan finds when every driver but the rarest brings too many candidates, so that the order is walked. */
async function walked(query: string): Promise<string[]> {
  const limits = { countDefault: 1000, countMax: 1000 };
  const tree = parseSearch({ type: 'Observation', query: parseQuery(query), handling: 'strict', limits });
  const scope = {
    access: openAccess,
    hasher,
    types,
    zone: 'UTC',
    now: Date.now(),
    base: 'http://localhost',
    candidatesMax: 2,
  };
  const { text, values } = planSearch(tree, undefined, false, scope);
  const binds = values!.map((value) =>
    Array.isArray(value) ? value.map(String) : typeof value === 'bigint' ? String(value) : value,
  );
  const { rows } = await client.query({ text, values: binds, rowMode: 'array' });
  const matches = rows.filter(([kind]) => kind === ROW.match).sort((a, b) => Number(a[1]) - Number(b[1]));
  return matches.map((row) => row[3]);
}

interface Range {
  /** Both ends, and whether they belong to it. */
  readonly lo: number;
  readonly hi: number;
  readonly loOpen: boolean;
  readonly hiOpen: boolean;
}

function dateRange(one: any): { lo: number; hi: number } | undefined {
  const { start, end } = one.effectivePeriod ?? { start: one.effectiveDateTime, end: one.effectiveDateTime };
  if (start === undefined && end === undefined) return undefined;
  const [from, to] = [start, end].map((text) => (text === undefined ? undefined : intervalOf(text, 'UTC')!));
  const range = { lo: from ? Number(from.lo) : -Infinity, hi: to ? Number(to.hi) : Infinity };
  return from && range.hi <= range.lo ? { lo: Number(from.lo), hi: Number(from.hi) } : range;
}

function dateHolds(prefix: string, asked: string, one: any): boolean {
  const range = dateRange(one);
  if (!range) return false;
  const { lo: a, hi: b } = (({ lo, hi }) => ({ lo: Number(lo), hi: Number(hi) }))(intervalOf(asked, 'UTC')!);
  const within = range.lo >= a && range.hi <= b;
  const answers: Record<string, boolean> = {
    eq: within,
    ne: !within,
    gt: range.hi > b,
    lt: range.lo < a,
    ge: range.hi > b || within,
    le: range.lo < a || within,
    sa: range.lo >= b,
    eb: range.hi <= a,
  };
  return answers[prefix]!;
}

/** In hundredths of a milligram, where all numbers here are whole. */
function quantityRange(one: any): Range | undefined {
  if (!one.valueQuantity) return undefined;
  const { value, code, comparator = '=' } = one.valueQuantity;
  const number = Math.round(value * 100 * MILLIGRAMS[code]!);
  return {
    lo: comparator.startsWith('<') ? -Infinity : number,
    hi: comparator.startsWith('>') ? Infinity : number,
    loOpen: comparator === '>',
    hiOpen: comparator === '<',
  };
}

function quantityHolds(prefix: string, value: number, code: string, one: any): boolean {
  const range = quantityRange(one);
  if (!range) return false;
  const scale = 100 * MILLIGRAMS[code]!;
  const v = Math.round(value * scale);
  // One digit behind the point: half of a tenth on either side.
  const [a, b] = [v - scale / 20, v + scale / 20];
  const { lo, hi, loOpen, hiOpen } = range;
  const within = lo >= a && hi < b;
  const answers: Record<string, boolean> = {
    eq: within,
    ne: !within,
    gt: hi > v,
    lt: lo < v,
    ge: hi > v || (hi === v && !hiOpen),
    le: lo < v || (lo === v && !loOpen),
    sa: lo > v || (lo === v && loOpen),
    eb: hi < v || (hi === v && hiOpen),
  };
  return answers[prefix]!;
}

interface Asked {
  readonly query: string;
  holds(one: any): boolean;
}
const prefix = fc.constantFrom('eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb');
const condition: fc.Arbitrary<Asked> = fc.oneof(
  fc
    .tuple(prefix, date)
    .map(([p, d]): Asked => ({ query: `date=${p}${d.replace('+', '%2B')}`, holds: (one) => dateHolds(p, d, one) })),
  fc.tuple(prefix, amount).map(
    ([p, { value, code }]): Asked => ({
      query: `value-quantity=${p}${value.toFixed(1)}|${UCUM}|${code}`,
      holds: (one) => quantityHolds(p, value, code, one),
    }),
  ),
  fc
    .uniqueArray(status, { minLength: 1 })
    .map((codes): Asked => ({ query: `status=${codes.join(',')}`, holds: (one) => codes.includes(one.status) })),
  status.map((code): Asked => ({ query: `status:not=${code}`, holds: (one) => one.status !== code })),
  fc.boolean().map(
    (missing): Asked => ({
      query: `date:missing=${missing}`,
      holds: (one) => (dateRange(one) === undefined) === missing,
    }),
  ),
  fc.tuple(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 2 }), fc.boolean()).map(
    ([asked, hasSystem]): Asked => ({
      query: `code=${asked.map((code) => (hasSystem ? `${LOINC}|${code}` : code)).join(',')}`,
      holds: (one) => one.code.coding.some(({ code }: any) => asked.includes(code)),
    }),
  ),
  fc
    .constantFrom('p1', 'p2', 'p3', 'p4')
    .map((who): Asked => ({ query: `patient=${who}`, holds: (one) => one.subject?.reference === `Patient/${who}` })),
);

/** What has no date comes last, whichever way. */
function inOrder(keys: readonly (number | undefined)[], sign: 1 | -1): (number | undefined)[] {
  const known = keys.filter((key) => key !== undefined).sort((a, b) => (a === b ? 0 : a < b ? -sign : sign));
  return [...known, ...keys.filter((key) => key === undefined)];
}

describe('a search', () => {
  it('answers as a slow evaluation does, for any conditions and any order', { timeout: 120_000 }, async () => {
    const sort = fc.constantFrom('', '&_sort=date', '&_sort=-date', '&_sort=_id', '&_sort=-value-quantity');
    const query = fc.record({ conditions: fc.array(condition, { minLength: 1, maxLength: 3 }), order: sort });
    await fc.assert(
      fc.asyncProperty(fc.array(query, { minLength: 5, maxLength: 5 }), async (queries) => {
        const texts = queries.map(({ conditions, order }) => conditions.map((one) => one.query).join('&') + order);
        const answers = await Promise.all(texts.map((text) => search.ids(`Observation?_count=1000&${text}`)));
        for (const [index, { conditions }] of queries.entries()) {
          const expected = stored.filter((one) => conditions.every(({ holds }) => holds(one))).map(({ id }) => id);
          expect([...answers[index]!].sort(), `${texts[index]}, seed ${seed}`).toEqual(expected);
          const keys = answers[index]!.map((id) => dateRange(stored.find((one) => one.id === id))?.lo);
          if (texts[index]!.includes('_sort=date')) expect(keys, texts[index]).toEqual(inOrder(keys, 1));
          if (texts[index]!.includes('_sort=-date')) expect(keys, texts[index]).toEqual(inOrder(keys, -1));
        }
        expect(await walked(texts[0]!)).toEqual(answers[0]);
        const pages = await pagesOf(search, `Observation?_count=23&_total=accurate&${texts[1]}`);
        expect(pages.flatMap(matchesOf), texts[1]).toEqual(answers[1]);
        expect(pages.map(({ total }) => total)).toEqual(pages.map(() => answers[1]!.length));
        expect((await search.bundle(`Observation?_count=0&${texts[2]}`)).total, texts[2]).toBe(answers[2]!.length);
        expect(await search.ids(`Observation?_count=3&${texts[3]}`), texts[3]).toEqual(answers[3]!.slice(0, 3));
      }),
      { numRuns: 400 },
    );
  });
});
