/**
 * Words: what `_text` and `_content` compare. Letters and digits, without case and accents; no stemming and no stop words,
 * since records come in every language, and a stem of one is a mistake in another.
 */
import { normalise } from './normal.ts';

/** Characters of a word that count; Postgres keeps 2,046 bytes. */
const WORD_MAX = 200;

/** The words of a text in their order. `Müller-Lüdenscheidt` is `muller`, `ludenscheidt`. */
export function wordsIn(text: string): readonly string[] {
  const normal = normalise(text);
  const found = (isPlain.test(normal) ? normal.match(plainWords) : normal.match(words)) ?? [];
  return found.some((word) => word.length > WORD_MAX) ? found.map((word) => word.slice(0, WORD_MAX)) : found;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII, the common case.
const isPlain = /^[\x00-\x7f]*$/;
const plainWords = /[a-z0-9]+/g;
// Scripts that put no space between words: each character is a word, and what is searched for becomes a phrase of them.
const unspaced = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar']
  .map((script) => `\\p{Script=${script}}`)
  .join('');
const words = new RegExp(`[[\\p{L}\\p{N}]&&[${unspaced}]]|[[\\p{L}\\p{N}]--[${unspaced}]]+`, 'gv');
