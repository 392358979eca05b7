import fc from 'fast-check';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { findsByWords, parseText, type TextQuery, toTsquery } from '../../../store/search/text-query.ts';
import { wordsIn } from '../../../store/search/text-words.ts';
import { testDatabase } from '../../setup/database.ts';
import { faultOf } from '../../setup/fault.ts';

const client = new pg.Client(await testDatabase());
await client.connect();
afterAll(() => client.end());
const asked = (value: string, weight: 'A' | '' = '') => toTsquery(parseText(value, '_content'), weight);

describe('parseText', () => {
  it.each([
    ['asthma', "'asthma'"],
    ['Asthma Kind', "('asthma' & 'kind')"],
    ['asthma AND kind', "('asthma' & 'kind')"],
    ['asthma OR kind', "('asthma' | 'kind')"],
    // AND binds closer than OR.
    ['a b OR c d', "(('a' & 'b') | ('c' & 'd'))"],
    ['(a OR b) c', "(('a' | 'b') & 'c')"],
    ['-a', "!('a')"],
    ['a NOT b', "('a' & !('b'))"],
    ['a -(b c)', "('a' & !(('b' & 'c')))"],
    ['NOT NOT a', "'a'"],
    ['"acute asthma"', "('acute' <-> 'asthma')"],
    ['co-trimoxazole', "('co' <-> 'trimoxazole')"],
    ['asth*', "'asth':*"],
    ['"acute asth*"', "('acute' <-> 'asth')"],
    ['co-trim*', "('co' <-> 'trim':*)"],
    // Words of small letters are words: a note may well say "do not resuscitate".
    ['do not resuscitate', "('do' & 'not' & 'resuscitate')"],
    ['this or that', "('this' & 'or' & 'that')"],
    // What is unfinished means what it can.
    ['"open phrase', "('open' <-> 'phrase')"],
    ['((a', "'a'"],
    ['a) b', "('a' & 'b')"],
    ['OR a OR', "'a'"],
    ['a - b', "('a' & 'b')"],
    ['a -', "'a'"],
    ["'a' & !b | c:*A <-> \\d", "('a' & 'b' & ('c' <-> 'a') & 'd')"],
  ])('%s', (value, tsquery) => expect(asked(value)).toBe(tsquery));

  it('asks for the narrative by weight', () =>
    expect(asked('"acute asthma" kind*', 'A')).toBe("(('acute':A <-> 'asthma':A) & 'kind':*A)"));

  it.each(['', ' ', '""', '()', 'OR', '- NOT', '…'])('refuses %j, which asks for nothing', (value) =>
    expect(faultOf(() => parseText(value, '_text'))).toMatchObject({ kind: 'invalid-value' }),
  );

  it('refuses what is longer or deeper than a statement should be', () => {
    expect(faultOf(() => asked('word '.repeat(101)))).toMatchObject({ kind: 'too-costly' });
    expect(faultOf(() => asked(`${'('.repeat(21)}a`))).toMatchObject({ kind: 'too-costly' });
    expect(asked(`${'NOT '.repeat(3000)}a`)).toBe("'a'");
  });
});

describe('findsByWords', () => {
  it.each([
    ['a', true],
    ['-a', false],
    ['a -b', true],
    ['a OR -b', false],
    ['-a -b', false],
    ['-(-a)', false],
  ])('%s: %s', (value, finds) => expect(findsByWords(parseText(value, '_text'))).toBe(finds));
});

describe('any text at all', () => {
  const hostile = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        "'",
        '"',
        '\\',
        '(',
        ')',
        '&',
        '|',
        '!',
        ':',
        '*',
        '<',
        '>',
        '-',
        ' ',
        'OR ',
        'NOT ',
        'and ',
        ';',
        '--',
        '$1',
        'A',
        'bone',
        '\u0000',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
    ),
    maxLength: 60,
  });

  it('is a tsquery that Postgres reads, or refused as empty or too costly', () =>
    fc.assert(
      fc.asyncProperty(hostile, fc.constantFrom('A' as const, '' as const), async (value, weight) => {
        let query: TextQuery;
        try {
          query = parseText(value, '_text');
        } catch (error) {
          expect(error).toMatchObject({ name: 'Fault' });
          return;
        }
        const { rows } = await client.query<{ nodes: number }>('select numnode($1::tsquery) as nodes', [
          toTsquery(query, weight),
        ]);
        expect(rows[0]!.nodes).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    ));

  it('finds what an obvious reading of the same query finds', () => {
    const word = fc.constantFrom('bone', 'liver', 'lung', 'of', 'the');
    const query: fc.Arbitrary<string> = fc.letrec<{ q: string }>((tie) => ({
      q: fc.oneof(
        { maxDepth: 3 },
        word,
        fc.tuple(word, word).map(([a, b]) => `"${a} ${b}"`),
        word.map((text) => `${text.slice(0, 2)}*`),
        fc.tuple(tie('q'), tie('q')).map(([a, b]) => `(${a} ${b})`),
        fc.tuple(tie('q'), tie('q')).map(([a, b]) => `(${a} OR ${b})`),
        tie('q').map((a) => `-(${a})`),
      ),
    })).q;
    return fc.assert(
      fc.asyncProperty(query, fc.array(word, { maxLength: 6 }), async (value, text) => {
        const parsed = parseText(value, '_content');
        const vector = text.map((one, index) => `'${one}':${index + 1}`).join(' ');
        const { rows } = await client.query<{ holds: boolean }>('select $1::tsvector @@ $2::tsquery as holds', [
          vector,
          toTsquery(parsed, ''),
        ]);
        expect(rows[0]!.holds).toBe(holds(parsed, wordsIn(text.join(' '))));
      }),
      { numRuns: 500 },
    );
  });
});

function holds(query: TextQuery, text: readonly string[]): boolean {
  switch (query.kind) {
    case 'and':
      return query.parts.every((part) => holds(part, text));
    case 'or':
      return query.parts.some((part) => holds(part, text));
    case 'not':
      return !holds(query.part, text);
    case 'words':
      return text.some((_, at) =>
        query.words.every((word, index) => {
          const there = text[at + index];
          const isBegun = query.begins && index === query.words.length - 1;
          return there !== undefined && (isBegun ? there.startsWith(word) : there === word);
        }),
      );
  }
}
