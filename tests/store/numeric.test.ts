import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { numericBytesMax, plainNumeric, writeNumeric } from '../../store/numeric.ts';
import { testDatabase } from '../setup/database.ts';

const client = new pg.Client(await testDatabase());
beforeAll(() => client.connect());
afterAll(() => client.end());

function bytesOf(text: string): Buffer {
  const plain = plainNumeric(text);
  const bytes = Buffer.alloc(numericBytesMax(plain) + 3, 0xee);
  const length = writeNumeric(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 3, plain);
  expect(bytes.subarray(0, 3).every((byte) => byte === 0xee)).toBe(true);
  return bytes.subarray(3, 3 + length);
}

const decimal = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.stringMatching(/^\d{1,40}$/), fc.stringMatching(/^0{0,9}[1-9]0{0,9}$/)),
    fc.option(fc.oneof(fc.stringMatching(/^\d{1,40}$/), fc.stringMatching(/^0{0,9}[1-9]0{0,9}$/))),
    fc.option(fc.integer({ min: -60, max: 60 })),
  )
  .map(
    ([sign, whole, fraction, exponent]) =>
      `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`,
  );

it('writes the very bytes that Postgres sends for the same text', async () => {
  const few = ['0', '0.00', '-0', '.5', '5.', '10000', '0.0001', '9999.9999', '120.00', '100000000', '-7.4e-3'];
  await fc.assert(
    fc.asyncProperty(fc.array(decimal, { minLength: 1, maxLength: 30 }), async (texts) => {
      const all = [...few, ...texts];
      const { rows } = await client.query({
        text: `select encode(numeric_send(t::numeric), 'hex') from unnest($1::text[]) with ordinality r(t, n) order by n`,
        values: [all],
        rowMode: 'array',
      });
      expect(all.map((text) => bytesOf(text).toString('hex'))).toEqual(rows.map(([hex]) => hex));
    }),
    { numRuns: 60 },
  );
});

it('writes the ends of open ranges', async () => {
  const { rows } = await client.query({
    text: `select encode(numeric_send('Infinity'), 'hex'), encode(numeric_send('-Infinity'), 'hex')`,
    rowMode: 'array',
  });
  expect(rows[0]).toEqual(['Infinity', '-Infinity'].map((text) => bytesOf(text).toString('hex')));
});

it('refuses what is no decimal', () => {
  for (const wrong of ['', '.', '-', 'e5', '1.2.3', 'NaN', '1,5', '0x10', '12 ', 'infinity', 'y', '+5'])
    expect(() => bytesOf(wrong)).toThrow(RangeError);
});
