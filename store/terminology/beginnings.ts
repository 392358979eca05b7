/**
 * Words as the index has them: all their beginnings, so that what begins so is one entry of the index. A search by prefix
 * collects the concepts of all words that begin so first, and takes four times as long for common ones.
 */

/** Letters up to which each beginning is an entry; of a longer word there is one more, as a whole. */
const LETTERS_MAX = 16;
/** Postgres has no entries longer than 2,046 bytes. What words have behind this is not looked at. */
const WORD_MAX = 500;

/** The entries of a concept with these words. */
export function beginningsOf(words: readonly string[]): string[] {
  const all = new Set<string>();
  for (const word of words) {
    const letters = [...word].slice(0, WORD_MAX);
    let beginning = '';
    for (const letter of letters.slice(0, LETTERS_MAX)) {
      beginning += letter;
      all.add(beginning);
    }
    if (letters.length > LETTERS_MAX) all.add(letters.join(''));
  }
  return [...all];
}

/**
 * A tsquery for each word that concepts must have one of that begins so. Words are letters and digits: none of these means
 * anything in it. Conditions of their own let the index leap from one that holds to the next; in one query joined by `&` it
 * reads all of the rarest (8 ms for 2, three common words in a band).
 */
export function beginningQueries(starts: readonly string[]): string[] {
  return starts.flatMap((start) => {
    const letters = [...start.replaceAll(/['\\#@]/g, '')].slice(0, WORD_MAX);
    return letters.length === 0 ? [] : [`'${letters.join('')}'${letters.length > LETTERS_MAX ? ':*' : ''}`];
  });
}
