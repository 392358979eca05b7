import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { plainDecimal, sameContent } from '../../../store/write/content.ts';
import { testDatabase } from '../../setup/database.ts';

const same = (one: string, other: string) =>
  sameContent({ body: one, meta: undefined }, { body: other, meta: undefined });

describe('content is the same', () => {
  it.each([
    ['whatever white space stands in it', '{"gender":"male","active":true}', '{ "gender" : "male",\n\t"active":true }'],
    ['whatever the order of its members', '{"gender":"male","active":true}', '{"active":true,"gender":"male"}'],
    ['however characters are escaped', '{"family":"Müller/é"}', '{"family":"M\\u00fcller\\/\\u00e9"}'],
    ['with an exponent or in plain digits', '{"value":1.50e1}', '{"value":15.0}'],
  ])('%s', (_, one, other) => {
    expect(same(one, other)).toBe(true);
  });

  it('when nothing is left of meta on either side', () => {
    expect(sameContent({ body: '{}', meta: undefined }, { body: '{ }', meta: '{}' })).toBe(true);
  });
});

describe('content differs', () => {
  it.each([
    ['by the decimals of a number', '{"value":1.0}', '{"value":1.00}'],
    ['by the decimals of a number in a list', '{"value":[1,{"x":2.50}]}', '{"value":[1,{"x":2.5}]}'],
    ['by digits beyond what a double holds', '{"value":0.1234567890123456789}', '{"value":0.1234567890123456788}'],
    ['by the order of a list', '{"given":["Anna","Maria"]}', '{"given":["Maria","Anna"]}'],
    ['by a member more', '{"gender":"male"}', '{"gender":"male","active":true}'],
    ['by a null', '{"given":["Anna",null]}', '{"given":["Anna"]}'],
    ['by a number for a text', '{"value":"1"}', '{"value":1}'],
    ['by a list for an object', '{"value":[]}', '{"value":{}}'],
    ['by a name that objects inherit', '{"toString":1}', '{"valueOf":1}'],
  ])('%s', (_, one, other) => {
    expect(same(one, other)).toBe(false);
    expect(same(other, one)).toBe(false);
  });

  it('by a tag in meta', () => {
    expect(sameContent({ body: '{}', meta: undefined }, { body: '{}', meta: '{"tag":[{"code":"a"}]}' })).toBe(false);
  });
});

it('writes decimals as Postgres does', async () => {
  const client = new pg.Client(await testDatabase());
  await client.connect();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^-?(0|[1-9]\d{0,9})(\.\d{1,9})?([eE][+-]?\d{1,2})?$/), {
        minLength: 1,
        maxLength: 20,
      }),
      async (written) => {
        const { rows } = await client.query(
          `select (('[' || x || ']')::jsonb -> 0)::text as x from unnest($1::text[]) x`,
          [written],
        );
        expect(written.map(plainDecimal)).toEqual(rows.map(({ x }) => x));
      },
    ),
  );
  await client.end();
});

it('holds what was stored and read back for the same', async () => {
  const client = new pg.Client(await testDatabase());
  await client.connect();
  const json = fc
    .jsonValue()
    .map((value) => JSON.stringify(withPlainNames(value)))
    .filter((text) => text.startsWith('{'))
    .map((text) => text.replaceAll('\\u0000', '').toWellFormed());
  await fc.assert(
    fc.asyncProperty(json, async (text) => {
      if (text.includes('__proto__')) return;
      const { rows } = await client.query('select $1::jsonb::text as x', [text]);
      expect(same(text, rows[0].x)).toBe(true);
    }),
  );
  await client.end();
});

/** Names that need no escape: others are the name of no element and refused before they are compared. */
function withPlainNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPlainNames);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.toWellFormed().replace(/[\\"\p{Cc}]/gu, ''),
      withPlainNames(member),
    ]),
  );
}
