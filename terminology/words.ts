/** Words of a search for concepts: each must begin a word of a name. https://hl7.org/fhir/R4/valueset-operation-expand.html */

/** The words of a text as they are compared: in small letters, without accents and signs. */
export function wordsOf(text: string): string[] {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/**
 * How well a concept answers the words that were asked for; the lower the better, undefined where it does not.
 * Whole names first, then those that begin with what was asked, then the shorter ones.
 */
export function rankOf(asked: readonly string[], code: string, names: readonly string[]): number | undefined {
  if (asked.length === 0) return 0;
  let best: number | undefined;
  if (asked.length === 1 && code.toLowerCase().startsWith(asked[0]!)) best = code.toLowerCase() === asked[0] ? 0 : 1;
  for (const name of names) {
    const words = wordsOf(name);
    if (!asked.every((start) => words.some((word) => word.startsWith(start)))) continue;
    const whole = asked.length === words.length && asked.every((word, index) => words[index] === word);
    const rank = whole ? 0 : (words[0]!.startsWith(asked[0]!) ? 2 : 1000) + Math.min(name.length, 900);
    if (best === undefined || rank < best) best = rank;
  }
  return best;
}
