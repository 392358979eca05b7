import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RowWriter } from '../../store/encode.ts';
import { testDatabase } from '../setup/database.ts';

const client = new pg.Client({ ...(await testDatabase()), options: '-c timezone=UTC' });
let oid = 0;
const ATTRIBUTES = 12;

beforeAll(async () => {
  await client.connect();
  await client.query(`create type sample as (i2 smallint, i4 int, i8 int8, f float8, b bool, at timestamptz, t text,
    j jsonb, n numeric, longs int8[], ints int[], texts text[])`);
  oid = Number((await client.query(`select 'sample'::regtype::oid::text as oid`)).rows[0].oid);
});
afterAll(() => client.end());

interface Sample {
  i2: number | null;
  i4: number | null;
  i8: bigint | null;
  f: number | null;
  b: boolean;
  at: bigint | null;
  t: string | null;
  j: string | null;
  n: string | null;
  longs: bigint[] | null;
  ints: number[];
  texts: string[] | null;
}

async function sent(samples: readonly Sample[]): Promise<Record<string, string | null>[]> {
  // Small at first, so that it must grow.
  const rows = new RowWriter(oid, ATTRIBUTES, 32);
  for (const one of samples) {
    rows.row();
    rows.int2(one.i2);
    rows.int4(one.i4);
    rows.int8(one.i8);
    rows.float8(one.f);
    rows.bool(one.b);
    rows.timestamptz(one.at);
    rows.text(one.t);
    rows.jsonb(one.j);
    rows.numeric(one.n);
    rows.int8s(one.longs);
    rows.int4s(one.ints);
    rows.texts(one.texts);
  }
  const { rows: found } = await client.query(
    `select i2::text, i4::text, i8::text, f::text, b::text, (extract(epoch from at) * 1000000)::int8::text as at, t, j::text, n::text,
       to_json(longs)::text as longs, to_json(ints)::text as ints, to_json(texts)::text as texts from unnest($1::sample[])`,
    [rows.finish()],
  );
  return found;
}

const nullable = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const text = fc
  .oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', minLength: 20, maxLength: 60 }), fc.string())
  .map((value) => value.replaceAll('\0', '').toWellFormed());
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const decimal = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.stringMatching(/^\d{1,40}$/),
    fc.option(fc.stringMatching(/^\d{1,40}$/)),
    fc.option(fc.integer({ min: -60, max: 60 })),
  )
  .map(
    ([sign, whole, fraction, exponent]) =>
      `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`,
  );

describe('rows as Postgres reads them', () => {
  it('keep every value of every type', async () => {
    const sample: fc.Arbitrary<Sample> = fc.record({
      i2: nullable(fc.integer({ min: -32768, max: 32767 })),
      i4: nullable(fc.integer()),
      i8: nullable(long),
      f: nullable(fc.double({ noNaN: true, noDefaultInfinity: true })),
      b: fc.boolean(),
      at: nullable(fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n })),
      t: nullable(text),
      j: nullable(fc.json().map((value) => value.replaceAll('\\u0000', '').toWellFormed())),
      n: nullable(decimal),
      longs: nullable(fc.array(long)),
      ints: fc.array(fc.integer()),
      texts: nullable(fc.array(text)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 8 }), async (samples) => {
        const found = await sent(samples);
        expect(found).toHaveLength(samples.length);
        for (const [i, one] of samples.entries()) {
          const row = found[i]!;
          expect(row).toMatchObject({
            i2: one.i2?.toString() ?? null,
            i4: one.i4?.toString() ?? null,
            i8: one.i8?.toString() ?? null,
          });
          expect(row).toMatchObject({ b: String(one.b), at: one.at?.toString() ?? null, t: one.t });
          expect(row.f === null ? null : Number(row.f)).toBe(one.f === 0 ? Number(row.f) : one.f);
          expect(row.longs ?? null).toBe(one.longs && `[${one.longs.join(',')}]`);
          expect(row.ints).toBe(`[${one.ints.join(',')}]`);
          expect(row.texts && JSON.parse(row.texts)).toEqual(one.texts);
        }
        const { rows: asked } = await client.query(
          'select x::jsonb::text as j, y::numeric::text as n from unnest($1::text[], $2::text[]) r(x, y)',
          [samples.map(({ j }) => j), samples.map(({ n }) => n)],
        );
        expect(found.map(({ j, n }) => ({ j, n }))).toEqual(asked);
      }),
      { numRuns: 60 },
    );
  });

  it('have infinite times and numbers', async () => {
    const rows = new RowWriter(oid, ATTRIBUTES);
    for (const [at, n] of [
      [-(2n ** 63n), '-Infinity'],
      [2n ** 63n - 1n, 'Infinity'],
    ] as const) {
      rows.row();
      rows.int2(1);
      rows.int4(1);
      rows.int8(1n);
      rows.float8(1);
      rows.bool(true);
      rows.timestamptz(at);
      rows.text('');
      rows.jsonb('{}');
      rows.numeric(n);
      rows.int8s([]);
      rows.int4s([]);
      rows.texts([]);
    }
    const { rows: found } = await client.query('select at::text, n::text from unnest($1::sample[])', [rows.finish()]);
    expect(found).toEqual([
      { at: '-infinity', n: '-Infinity' },
      { at: 'infinity', n: 'Infinity' },
    ]);
  });

  it('may be none', async () => {
    expect(await sent([])).toEqual([]);
  });
});
