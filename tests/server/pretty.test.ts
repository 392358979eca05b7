import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indentJson } from '../../server/pretty.ts';

describe('indentJson', () => {
  it('lays out objects and arrays, and keeps empty ones on one line', () => {
    expect(indentJson('{"resourceType":"Bundle","entry":[{"a":[ ]},{ }],"total":0}')).toBe(
      '{\n  "resourceType": "Bundle",\n  "entry": [\n    {\n      "a": []\n    },\n    {}\n  ],\n  "total": 0\n}',
    );
  });

  it('keeps each number as it was written', () => {
    const text = '{"value": 1.00, "low":0.10,"high":123456789012345.678901,"lat":-1e-7}';
    expect(indentJson(text)).toBe(
      '{\n  "value": 1.00,\n  "low": 0.10,\n  "high": 123456789012345.678901,\n  "lat": -1e-7\n}',
    );
  });

  it('leaves strings alone, with braces, commas, escapes and backslashes at their end', () => {
    const value = { a: '{"b": [1, 2]}', c: 'ends in \\', d: 'quote " inside', e: '\\\\"', f: 'Zażółć 😀\n' };
    expect(indentJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
  });

  it('is JSON.stringify with two spaces for every value, however the text was laid out before', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t', 3), (value, space) => {
        expect(indentJson(JSON.stringify(value, null, space))).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  it('changes nothing a second time', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(indentJson(indentJson(text))).toBe(indentJson(text));
      }),
    );
  });
});
