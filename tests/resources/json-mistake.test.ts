import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findMistake, lineAndColumn } from '../../resources/json-mistake.ts';

it.each([
  ['{"a":1,}', 7, 'member name'],
  ['{"a" 1}', 5, '`:`'],
  ['{"a":}', 5, 'a value'],
  ['{"a":1 "b":2}', 7, '`,` or `}`'],
  ['[1 2]', 3, '`,` or `]`'],
  ['{"a":01}', 6, '`,` or `}`'],
  ['{"a":"b', 5, 'never closed'],
  ['{"a":"b\tc"}', 7, 'control character'],
  ['{"a":"\\q"}', 6, 'escape'],
  ['{"a":1}}', 7, 'after the end'],
  ['{"a":[1', 7, 'the end of the text'],
  ['\ufeff{}', 0, 'U+FEFF'],
])('finds the fault of %j', (text, offset, words) => {
  expect(findMistake(text)).toMatchObject({ offset, expected: expect.stringContaining(words) });
});

it('finds a fault in whatever JSON.parse refuses, and never beyond its end', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '1',
    '-',
    '.5',
    'true',
    'nul',
    ' ',
    '\\u12',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      try {
        JSON.parse(text);
      } catch {
        const { offset } = findMistake(text);
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(offset).toBeLessThanOrEqual(text.length);
      }
    }),
  );
});

it('counts lines and columns from one', () => {
  expect(lineAndColumn('ab\ncd', 0)).toEqual({ line: 1, column: 1 });
  expect(lineAndColumn('ab\ncd', 2)).toEqual({ line: 1, column: 3 });
  expect(lineAndColumn('ab\ncd', 4)).toEqual({ line: 2, column: 2 });
});
