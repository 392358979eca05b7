/**
 * Concepts of branches and by the beginnings of words. What is rare is looked up at once. What is common is looked for band
 * after band until a page is full: the first bands fill it, however much there is in the others.
 */
import { all, literal, type Sql, sql } from '../sql.ts';
import { BAND_STARTS, orderBand, rankBand } from './bands.ts';
import { beginningQueries } from './beginnings.ts';
import type { Frequencies } from './frequencies.ts';

/** What is asked, as far as it decides how it is looked for. */
export interface BandSearch {
  readonly system: number;
  readonly words: readonly string[] | undefined;
  /** In the order of the ranks; else in that of the system. */
  readonly isByWords: boolean;
  /** Whether the index has the condition that says of how many concepts it holds at most. */
  readonly isInBranch: boolean;
  readonly offset: number;
  readonly count: number;
  readonly size: { readonly most: number };
}

/** Concepts that are fetched and sorted at once: 2 to 4 ms. */
const MET_MAX = 1_200;
/** Entries of the rarest condition that the index reads at once: 3 ms. */
const READ_MAX = 20_000;

/**
 * A page of the concepts that have words beginning so, in the order of their ranks; without words in that of the system. Columns:
 * those of the concept, and how many there are in all, null where there were bands that nobody looked into; where the page is
 * empty one row without a concept.
 * @param chosen what else must hold of the concept `c`
 */
export function bandSearch(search: BandSearch, chosen: Sql, columns: Sql, frequencies: Frequencies): Sql {
  const { system, words = [], isByWords, offset, count } = search;
  const own = sql`c.system = ${literal(system)}`;
  const place = isByWords ? sql`c.rank` : sql`c.n`;
  const shareOf = (word: string) => frequencies.shares.get(word) ?? frequencies.otherShare;
  // The rarest first: from what has it the index leaps in the others.
  const begun = beginningQueries(words.toSorted((a, b) => shareOf(a) - shareOf(b))).map(
    (query) => sql`c.words @@ ${query}::tsquery`,
  );
  const condition = all([own, chosen, ...begun]);
  const band = isByWords ? rankBand(system) : orderBand(system);
  const steps = isRare(search, words.map(shareOf), frequencies.concepts)
    ? sql`SELECT (SELECT band FROM last), cardinality(b.places), b.places
          FROM (SELECT array(SELECT ${place} FROM concept c WHERE ${condition}) AS places OFFSET 0) b`
    : sql`SELECT -1, 0, '{}'::int[] UNION ALL SELECT s.band + 1, s.found + cardinality(b.places), b.places
          FROM step s CROSS JOIN LATERAL (SELECT array(SELECT ${place} FROM concept c
            WHERE ${condition} AND c.words @@ (${band} || (s.band + 1))::tsquery) AS places OFFSET 0) b
          WHERE s.band < (SELECT band FROM last) AND s.found < ${Math.max(1, offset + count)}::int`;
  return sql`WITH RECURSIVE last (band) AS MATERIALIZED (SELECT width_bucket(concepts - 1, ${[...BAND_STARTS]}::int[])
      FROM concept_system WHERE n = ${literal(system)}),
    step (band, found, places) AS (${steps}),
    page AS (SELECT place FROM step, unnest(step.places) p (place) ORDER BY place OFFSET ${offset} LIMIT ${count})
    SELECT c.*, (SELECT found FROM step WHERE band = (SELECT band FROM last)) FROM (VALUES (1)) one (x)
    LEFT JOIN (SELECT ${columns}, page.place AS place FROM page JOIN concept c ON ${own} AND ${place} = page.place) c ON true
    ORDER BY c.place`;
}

/** Words are taken to be independent of each other: where they are not, the rarest condition still bounds what is read. */
function isRare({ size, isInBranch }: BandSearch, shares: readonly number[], concepts: number): boolean {
  const most = Math.min(size.most, concepts);
  const read = Math.min(isInBranch ? most : concepts, ...shares.map((share) => share * concepts));
  const met = shares.reduce((rest, share) => rest * share, most);
  return read <= READ_MAX && met <= MET_MAX;
}
