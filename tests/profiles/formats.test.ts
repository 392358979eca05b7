import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formats, jsonKind, rule } from '../../profiles/formats.ts';
import { typeDef } from '../../resources/index.ts';

const table: Record<string, { good: unknown[]; bad: unknown[] }> = {
  date: {
    good: ['2020', '2020-02', '2020-02-29', '1904-12-31', '0001'],
    bad: [
      '2021-02-29',
      '2020-13-40',
      '2020-04-31',
      '1900-02-29',
      '0000',
      '20',
      '2020-2-1',
      '2020-02-29T10:00:00Z',
      '2020-',
      '2020-02-',
      2020,
      ' 2020',
      '2020 ',
    ],
  },
  dateTime: {
    good: [
      '2020',
      '2020-02-29',
      '2015-02-07T13:28:17-05:00',
      '2015-02-07T13:28:17.239Z',
      '2016-12-31T23:59:60Z',
      '2020-01-01T00:00:00+14:00',
    ],
    bad: [
      '2015-02-07T13:28:17',
      '2015-02-07T13:28Z',
      '2015-02-07T24:00:00Z',
      '2015-02-30T00:00:00Z',
      '2015-02-07T13:28:17.Z',
      '2015-02-07T13:28:17+14:30',
      '2015-02-07 13:28:17Z',
      '2015-02-07T13:28:17Zx',
      '2015-02-07T',
    ],
  },
  instant: {
    good: ['2015-02-07T13:28:17.239+02:00', '2015-02-07T13:28:17Z'],
    bad: ['2015', '2015-02-07', '2015-02-07T13:28:17'],
  },
  time: {
    good: ['00:00:00', '23:59:60', '10:30:00.5'],
    bad: ['24:00:00', '10:30', '10:30:00Z', '10:30:00.', '1:30:00'],
  },
  boolean: { good: [true, false], bad: ['true', 0, null] },
  integer: {
    good: [0, -1, 2147483647, -2147483648],
    bad: [2147483648, -2147483649, 1.5, '1', Number.POSITIVE_INFINITY],
  },
  unsignedInt: { good: [0, 2147483647], bad: [-1, 2147483648] },
  positiveInt: { good: [1], bad: [0, -1, 0.5] },
  decimal: { good: [0, -1.5, 1e300], bad: ['1.0', true] },
  string: {
    good: ['a', ' a', '\u00a0x', 'x'.repeat(1024 * 1024)],
    bad: ['', ' ', '\n\t', 7, 'x'.repeat(1024 * 1024 + 1)],
  },
  markdown: { good: ['# Heading\n'], bad: ['', '  '] },
  code: { good: ['final', 'a b', 'é'], bad: ['', ' a', 'a ', 'a  b', 'a\n\nb'] },
  id: { good: ['a', 'A-1.b', 'x'.repeat(64)], bad: ['', 'a_b', 'x'.repeat(65), 'a\n'] },
  uri: { good: ['http://example.org', 'urn:oid:1.2.3', 'a'], bad: ['', 'a b', ' a', 'é b'] },
  url: { good: ['https://example.org/a?b=c'], bad: ['', 'a b'] },
  canonical: { good: ['http://example.org/ValueSet/a|1.0'], bad: ['', 'a b'] },
  oid: { good: ['urn:oid:1.2.840.113883', 'urn:oid:2.0'], bad: ['1.2.3', 'urn:oid:3.1', 'urn:oid:1.02', 'urn:oid:1'] },
  uuid: {
    good: ['urn:uuid:c757873d-ec9a-4326-a141-556f43239520'],
    bad: ['urn:uuid:C757873D-EC9A-4326-A141-556F43239520', 'c757873d-ec9a-4326-a141-556f43239520'],
  },
  base64Binary: {
    good: ['TWFu', 'TWE=', 'TQ==', 'TWFu\nTWFu', `${'TWFu'.repeat(100_000)}`],
    bad: ['', 'TWF', 'T===', 'TW!u', ' ', 'TQ==TWFu'],
  },
  xhtml: {
    good: ['<div xmlns="http://www.w3.org/1999/xhtml">Chalmers</div>', ' <div>a</div>\n', '<div/>'],
    bad: ['', 'Chalmers', '<p>a</p>', '<div>', '<divide>a</divide>', 7],
  },
};

describe.each(Object.entries(table))('%s', (type, { good, bad }) => {
  it.each(good.map((value) => [value]))('accepts %j', (value) => {
    expect(formats[type]!(value)).toBe(true);
  });
  it.each(bad.map((value) => [value]))('refuses %j', (value) => {
    expect(formats[type]!(value)).toBe(false);
  });
  it('says in a sentence how to write one', () => {
    expect(rule(type)).toMatch(/^Write .*\.$/);
  });
});

it('has a test for every primitive type of R4 and knows its kind of JSON', () => {
  expect(Object.keys(table).sort()).toEqual(Object.keys(formats).sort());
  for (const type of Object.keys(formats)) expect(typeDef(type).kind).toBe('primitive');
  expect(['decimal', 'integer', 'boolean', 'instant'].map(jsonKind)).toEqual(['number', 'number', 'boolean', 'string']);
});

/** Text near the border between good and bad: what the expression makes, and that with one character changed. */
function near(source: string): fc.Arbitrary<string> {
  const made = fc.stringMatching(new RegExp(`^(?:${source})$`));
  const changed = fc
    .tuple(made, fc.nat(), fc.constantFrom('', '0', '9', '-', ':', 'T', 'Z', ' ', 'x'))
    .map(([text, place, put]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + put + text.slice(at + 1);
    });
  return fc.oneof(made, changed);
}

describe('agreement with the regular expressions of R4', () => {
  const calendar = (text: string) => {
    const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)/.exec(text) ?? [];
    if (day === undefined) return true;
    const date = new Date(0);
    date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
    return date.getUTCMonth() === Number(month) - 1;
  };
  it.each(['date', 'dateTime', 'instant', 'time', 'id', 'oid', 'uuid'])(
    '%s is what its expression says, on days that exist',
    (type) => {
      const source = typeDef(type).regex!;
      const exact = new RegExp(`^(?:${source})$`);
      fc.assert(
        fc.property(near(source), (text) => {
          expect(formats[type]!(text)).toBe(exact.test(text) && calendar(text));
        }),
        { numRuns: 300 },
      );
    },
  );
});
