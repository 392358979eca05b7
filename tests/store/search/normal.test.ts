import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalise, unmarked } from '../../../store/search/normal.ts';

describe('normalise', () => {
  it.each([
    ['Smith', 'smith'],
    ['MÜLLER', 'muller'],
    ['Müller-Lüdenscheidt', 'muller-ludenscheidt'],
    ['Straße', 'strasse'],
    ['STRASSE', 'strasse'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευσ'],
    ['Οδυσσεύς', 'οδυσσευσ'],
    ['İstanbul', 'istanbul'],
    ['Nguyễn Thị', 'nguyen thi'],
    ['  two   words\t', 'two words'],
    ['山田', '山田'],
    ['O’Brien', 'o’brien'],
    ['ﬁ', 'fi'],
  ])('%j is compared as %j', (text, normal) => expect(normalise(text)).toBe(normal));

  it('changes nothing when done twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(normalise(normalise(text))).toBe(normalise(text));
      }),
    );
  });

  it('gives the same for composed and decomposed letters, and for any case', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(normalise(text.normalize('NFC'))).toBe(normalise(text.normalize('NFD')));
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(normalise(text.toUpperCase())).toBe(normalise(text));
      }),
    );
  });

  it('leaves no separator of the index behind', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(normalise(`${text}^x`)).not.toContain('^');
        expect(unmarked(`${text}^x`)).not.toContain('^');
      }),
    );
  });
});
