import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordsIn } from '../../../store/search/text-words.ts';

describe('wordsIn', () => {
  it.each([
    ['Acute bronchitis (disorder)', ['acute', 'bronchitis', 'disorder']],
    ['  Müller-Lüdenscheidt ', ['muller', 'ludenscheidt']],
    ['STRASSE straße', ['strasse', 'strasse']],
    ["Patient's BP: 120/80 mm[Hg]", ['patient', 's', 'bp', '120', '80', 'mm', 'hg']],
    ['e\u0301tude étude', ['etude', 'etude']],
    ['高血圧 ICD-10', ['高', '血', '圧', 'icd', '10']],
    ['Αρτηριακή πίεση', ['αρτηριακη', 'πιεση']],
    ['давление 36,6', ['давление', '36', '6']],
    ['— … !', []],
    ['', []],
  ])('%s', (text, words) => expect(wordsIn(text)).toEqual(words));

  it('cuts what is no word of any language', () => {
    const [word, ...more] = wordsIn(`${'a'.repeat(5000)}`);
    expect([word!.length, more]).toEqual([200, []]);
  });

  it('finds the same words in whatever case and form a text is written', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const words = wordsIn(text);
        expect(wordsIn(text.normalize('NFD'))).toEqual(words);
        expect(wordsIn(words.join(' '))).toEqual(words);
      }),
    ));

  it('gives nothing but letters and digits', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        for (const word of wordsIn(text)) expect(word).toMatch(/^[\p{L}\p{N}]{1,200}$/u);
      }),
    ));
});
