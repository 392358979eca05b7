import { expect, it } from 'vitest';
import { nobody, openDatabase } from '../../../store/database.ts';
import type { IndexValues } from '../../../store/search/index-values.ts';
import { ROW_TYPES_QUERY, RowSet, rowTypes, sideRows, writerOf } from '../../../store/write/rows.ts';
import { testDatabase } from '../../setup/database.ts';

const database = openDatabase({ connection: await testDatabase(), applicationName: 'vesta rows' });
const [found] = await database.house.run([ROW_TYPES_QUERY], nobody);
const types = rowTypes(found!);

const values: IndexValues = {
  rid: 11n,
  sk: 12n,
  comp: ['pat-1'],
  fl: 13,
  ac: -14,
  lv: 1,
  sens: 15,
  acTokens: [],
  subj: 16n,
  code1: -17n,
  dates: [{ lo: 0n, hi: 1_000_000n }, null, { lo: -(2n ** 63n), hi: 2n ** 63n - 1n }],
  num: '5.40',
  numC: '0.00540',
  cu: 18n,
  uu: 19n,
  uc: 20n,
  sig: 21n,
  slots: [],
  targets: [],
  nr: 50_001,
  h: [16n, 22n],
  s1: 'bakker',
  str: '^f:bakker^',
  raw: null,
  ids: [{ k: 1, el: 0, vh: 2n, th: 3n, s: 'urn:mrn', v: '446053' }],
  dateRows: [{ k: 2, el: 0, c: null, lo: 5n, hi: 6n, s: 3 }],
  numRows: [
    {
      k: 3,
      el: 1,
      c: 1n,
      cs: 2n,
      lo: '-Infinity',
      hi: '5',
      us: 3n,
      uc: 4n,
      uu: 5n,
      cu: 6n,
      clo: '1',
      chi: '2.50',
      s: 1,
    },
  ],
  strRows: [{ k: 4, el: 0, c: null, cs: null, v: 'müller', raw: 'Müller' }],
  tokRows: [{ k: 5, el: 70_000, c: 9n, t: 7n }],
  geoRows: [{ k: 6, el: 0, lat: 52.37, lon: 4.9 }],
  dict: [],
  locks: [31n, 30n],
};
const content = {
  type: 'Patient',
  id: 'pat-1',
  method: 'PUT',
  body: '{"a": 1.00}',
  meta: '{"tag":[]}',
  values,
} as const;

async function sent(type: string, buffer: unknown): Promise<unknown> {
  const [rows] = await database.house.run(
    [{ text: `select to_json(r)::text from unnest($1::${type}[]) r`, values: [buffer as Buffer] }],
    nobody,
  );
  return rows!.map(([text]) => JSON.parse(text!));
}

it('sends a resource with all its search values', async () => {
  const rows = new RowSet(types);
  rows.add(content, { typeNumber: 1, version: 4, lastUpdated: Date.parse('2026-11-21T09:00:00.123Z') }, true);
  const [resources, locks] = rows.parameters();
  expect(await sent('in_res', resources)).toEqual([
    {
      type: 1,
      id: 'pat-1',
      sk: 12,
      rid: 11,
      ver: 4,
      lu: '2026-11-21T09:00:00.123+00:00',
      method: 2,
      fl: 13,
      ac: -14,
      sens: 15,
      nr: 50_001,
      subj: 16,
      code1: -17,
      dt: '1970-01-01T00:00:00+00:00',
      dt_hi: '1970-01-01T00:00:01+00:00',
      dt2: null,
      dt2_hi: null,
      dt3: '-infinity',
      dt3_hi: 'infinity',
      num: 5.4,
      num_c: 0.0054,
      cu: 18,
      uu: 19,
      uc: 20,
      sig: 21,
      comp: ['pat-1'],
      h: [16, 22],
      s1: 'bakker',
      str: '^f:bakker^',
      raw: null,
      locks: [31, 30],
      meta: '{"tag":[]}',
      resource: { a: 1 },
    },
  ]);
  // The statement asks for locks in one order.
  expect(locks).toEqual([30n, 31n]);
});

it('leaves the identities out where the transaction holds them', async () => {
  const rows = new RowSet(types);
  rows.add(content, { typeNumber: 1, version: 1, lastUpdated: 0 }, false);
  const [resources, locks] = rows.parameters();
  expect(locks).toEqual([]);
  expect(await sent('in_res', resources)).toMatchObject([{ locks: null }]);
});

it('sends side rows of every kind, and tells which tables get any', async () => {
  const rows = new RowSet(types);
  rows.addSides(1, values);
  expect([rows.inserts, rows.removes]).toEqual([0b111111, 0]);
  const [, , ids, dates, numbers, strings, tokens, places] = rows.parameters();
  const head = (k: number, el = 0) => ({ type: 1, k, el, sk: 12, rid: 11 });
  expect(await sent('in_id', ids)).toEqual([{ ...head(1), vh: 2, th: 3, s: 'urn:mrn', v: '446053' }]);
  expect(await sent('in_date', dates)).toMatchObject([
    { ...head(2), c: null, lo: '1970-01-01T00:00:00.000005+00:00', s: 3 },
  ]);
  expect(await sent('in_num', numbers)).toMatchObject([
    { ...head(3, 1), hi: 5, us: 3, uc: 4, uu: 5, cu: 6, clo: 1, chi: 2.5, s: 1 },
  ]);
  expect(await sent('in_str', strings)).toEqual([{ ...head(4), c: null, cs: null, v: 'müller', raw: 'Müller' }]);
  expect(await sent('in_tok', tokens)).toEqual([{ ...head(5, 70_000), c: 9, t: '1970-01-01T00:00:00.000007+00:00' }]);
  expect(await sent('in_geo', places)).toEqual([{ ...head(6), lat: 52.37, lon: 4.9 }]);
});

it('sends only the slots that are asked for, and those that go', async () => {
  const rows = new RowSet(types);
  rows.addSides(1, values, [new Set([99]), undefined, undefined, new Set([4]), undefined, undefined]);
  rows.removeSides(11n, [new Set([1, 2]), undefined, undefined, undefined, undefined, undefined]);
  expect([rows.inserts, rows.removes]).toEqual([0b001000, 0b000001]);
  expect(await sent('in_key', rows.parameters().at(-1))).toEqual([
    { rid: 11, k: 1 },
    { rid: 11, k: 2 },
  ]);
});

it('knows the side rows by the number of their table', () => {
  expect([0, 1, 2, 3, 4, 5].map((side) => sideRows(values, side)[0]!.k)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(writerOf(types, 'in_key').length).toBe(0);
});
