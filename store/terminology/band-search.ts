/**
 * Concepts by the beginnings of words, band after band, until a page is full: common words fill it from the first bands, and
 * of rare ones a look into each band finds all that there are.
 */
import { all, literal, type Sql, sql } from '../sql.ts';
import { BAND_STARTS, orderBand, rankBand } from './bands.ts';
import { beginningQueries } from './beginnings.ts';

/** What is asked, as far as it decides how it is looked for. */
export interface BandSearch {
  readonly system: number;
  readonly words: readonly string[] | undefined;
  /** In the order of the ranks; else in that of the system. */
  readonly isByWords: boolean;
  readonly offset: number;
  readonly count: number;
  readonly size: { readonly most: number };
}

/** A branch so small is looked through at once, without bands: all of it, or all in it that has the words. */
const NARROW_MAX = { all: 500, withWords: 5_000 };
/** Concepts that are found by words before bands are left out: what is few is counted even where the page is smaller. */
const FOUND_MIN = 100;

/**
 * A page of the concepts that have words beginning so, in the order of their ranks; without words in that of the system. Columns:
 * those of the concept, and how many there are in all, null where there were bands that nobody looked into; where the page is
 * empty one row without a concept.
 * @param chosen what else must hold of the concept `c`
 */
export function bandSearch(search: BandSearch, chosen: Sql, columns: Sql): Sql {
  const { system, words = [], isByWords, offset, count, size } = search;
  const own = sql`c.system = ${literal(system)}`;
  const place = isByWords ? sql`c.rank` : sql`c.n`;
  const begun = beginningQueries(words).map((query) => sql`c.words @@ ${query}::tsquery`);
  const condition = all([own, chosen, ...begun]);
  const band = isByWords ? rankBand(system) : orderBand(system);
  const wanted = isByWords ? Math.max(offset + count, FOUND_MIN) : offset + count;
  const steps =
    size.most <= (isByWords ? NARROW_MAX.withWords : NARROW_MAX.all)
      ? sql`SELECT (SELECT band FROM last), cardinality(b.places), b.places
          FROM (SELECT array(SELECT ${place} FROM concept c WHERE ${condition}) AS places OFFSET 0) b`
      : sql`SELECT -1, 0, '{}'::int[] UNION ALL SELECT s.band + 1, s.found + cardinality(b.places), b.places
          FROM step s CROSS JOIN LATERAL (SELECT array(SELECT ${place} FROM concept c
            WHERE ${condition} AND c.words @@ (${band} || (s.band + 1))::tsquery) AS places OFFSET 0) b
          WHERE s.band < (SELECT band FROM last) AND s.found < ${wanted}::int`;
  return sql`WITH RECURSIVE last (band) AS MATERIALIZED (SELECT width_bucket(concepts - 1, ${[...BAND_STARTS]}::int[])
      FROM concept_system WHERE n = ${literal(system)}),
    step (band, found, places) AS (${steps}),
    page AS (SELECT place FROM step, unnest(step.places) p (place) ORDER BY place OFFSET ${offset} LIMIT ${count})
    SELECT c.*, (SELECT found FROM step WHERE band = (SELECT band FROM last)) FROM (VALUES (1)) one (x)
    LEFT JOIN (SELECT ${columns}, page.place AS place FROM page JOIN concept c ON ${own} AND ${place} = page.place) c ON true
    ORDER BY c.place`;
}
