/** The code systems that are known by rule, at hand from the start. */
import type { Grammar } from './grammar.ts';
import { MEDIA_TYPES, TIME_ZONES, UNITS, URIS } from './identifiers.ts';
import { LANGUAGES } from './languages.ts';
import { COUNTRY_CODES, COUNTRY_PARTS, CURRENCIES, WORLD_REGIONS } from './places.ts';

export type { Grammar } from './grammar.ts';

const grammars: ReadonlyMap<string, Grammar> = new Map(
  [LANGUAGES, MEDIA_TYPES, URIS, UNITS, TIME_ZONES, COUNTRY_CODES, COUNTRY_PARTS, WORLD_REGIONS, CURRENCIES].map(
    (one) => [one.url, one],
  ),
);

/** The rules of a code system; undefined for one that has a list. */
export function grammarOf(url: string): Grammar | undefined {
  return grammars.get(url);
}

/** The urls of all of them. */
export function grammarUrls(): string[] {
  return [...grammars.keys()];
}
