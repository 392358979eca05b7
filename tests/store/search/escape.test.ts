import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitUnescaped, unescaped } from '../../../store/search/escape.ts';

describe('splitUnescaped', () => {
  it('splits at separators that no backslash escapes', () => {
    expect(splitUnescaped('a,b\\,c,d', ',')).toEqual(['a', 'b\\,c', 'd']);
    expect(splitUnescaped('http://loinc.org|8480-6$gt140', '$')).toEqual(['http://loinc.org|8480-6', 'gt140']);
    expect(splitUnescaped('a\\\\,b', ',')).toEqual(['a\\\\', 'b']);
  });
});

describe('unescaped', () => {
  it('takes away the backslashes that escape', () => expect(unescaped('a\\,b\\|c\\$d\\\\e')).toBe('a,b|c$d\\e'));
  it('leaves other backslashes', () => expect(unescaped('C:\\temp')).toBe('C:\\temp'));

  it('gives back whatever was escaped', () => {
    const escaped = (text: string) => text.replace(/[,|$\\]/g, '\\$&');
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (texts) => {
        expect(splitUnescaped(texts.map(escaped).join(','), ',').map(unescaped)).toEqual(texts);
      }),
    );
  });
});
