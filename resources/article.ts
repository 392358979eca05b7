/** Words of sentences. */

/** A noun with its article, as it is spoken: `an Observation`, `a uri`. */
export function withArticle(noun: string): string {
  return `${/^(?!ur|uu)[AEIOaeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
