import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { skipSpace, spanOf, stringEnd, valueEnd } from '../../resources/json-span.ts';

const text =
  '{ "name" : [ {"family":"K\\"eller, [x]"} , {"given":["Anna", "M\\u00fcller"]} ], "n": -1.50e3 ,"ok":true}';
const at = (way: (string | number)[]) => {
  const span = spanOf(text, way);
  return span && text.slice(...span);
};

describe('the span of a part', () => {
  it.each([
    [['name', 0, 'family'], '"K\\"eller, [x]"'],
    [['name', 1], '{"given":["Anna", "M\\u00fcller"]}'],
    [['name', 1, 'given', 1], '"M\\u00fcller"'],
    [['n'], '-1.50e3'],
    [['ok'], 'true'],
    [[], text],
  ])('at %j is its text as written', (way, written) => expect(at(way)).toBe(written));

  it.each([[['nam']], [['name', 2]], [['name', 'family']], [['n', 0]], [['name', 0, 'family', 'x']]])(
    'is none where %j leads nowhere',
    (way) => expect(at(way)).toBeUndefined(),
  );

  it('holds what JSON.parse finds there, for any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const value = JSON.parse(json);
        for (const key of Object.keys(value ?? {})) {
          const way = [Array.isArray(value) ? Number(key) : key];
          if (typeof value === 'string') return;
          expect(JSON.parse(json.slice(...spanOf(json, way)!))).toEqual(value[key]);
        }
      }),
    );
  });
});

it('tells where values, strings and white space end', () => {
  expect(skipSpace(' \n\t1', 0)).toBe(3);
  expect(valueEnd('[1,"]"],2', 0)).toBe(7);
  expect(stringEnd('"a\\\\" "b"', 0)).toBe(5);
});
