import fc from 'fast-check';
import { expect, it } from 'vitest';
import { likeText, regexText } from '../../../store/search/patterns.ts';

it('makes the wildcards of LIKE stand for themselves', () => expect(likeText('50%_\\')).toBe('50\\%\\_\\\\'));

it('makes any text a regular expression for itself', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(new RegExp(`^${regexText(text)}$`).test(text)).toBe(true);
    }),
  );
});
