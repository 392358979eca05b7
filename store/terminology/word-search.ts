/**
 * Concepts by the beginnings of words, band after band, until a page is full: common words fill it from the first bands, and
 * of rare ones a look into each band finds all that there are.
 */
import { literal, type Sql, sql } from '../sql.ts';
import { BAND_STARTS } from './bands.ts';

/** What is asked, as far as it decides how it is looked for. */
export interface WordSearch {
  readonly system: number;
  readonly words: readonly string[] | undefined;
  readonly offset: number;
  readonly count: number;
  readonly size: { readonly most: number };
}

/** A branch so small is read whole, and the words are looked for in what was read: 1 ms. */
const NARROW_MAX = 300;
/** A branch so small is worth a second condition for the index. */
const BRANCH_MAX = 100_000;
/** Concepts that are found before bands are left out, so that what is few is counted even where a page is smaller. */
const FOUND_MIN = 100;

/** Stands in a query for the band: no word has it. */
const BAND = '#';

/**
 * A page of the concepts that have words beginning so. Columns: those of the concept, and how many there are in all, null where
 * there were bands that nobody looked into; where the page is empty one row without a concept.
 * @param chosen what else must hold of the concept `c`
 */
export function wordSearch(search: WordSearch, chosen: Sql, columns: Sql): Sql {
  const { system, offset, count, words = [], size } = search;
  const own = sql`c.system = ${literal(system)}`;
  const found = size.most <= NARROW_MAX ? ofBranch(search, words, chosen, own) : ofBands(search, words, chosen, own);
  return sql`WITH RECURSIVE last (band) AS MATERIALIZED (SELECT width_bucket(concepts - 1, ${[...BAND_STARTS]}::int[])
      FROM concept_system WHERE n = ${literal(system)}),
    ${found},
    page AS (SELECT rank FROM step, unnest(step.ranks) r (rank) ORDER BY rank OFFSET ${offset} LIMIT ${count})
    SELECT c.*, (SELECT found FROM step WHERE band = (SELECT band FROM last)) FROM (VALUES (1)) one (x)
    LEFT JOIN (SELECT ${columns}, page.rank AS page_rank FROM page JOIN concept c ON ${own} AND c.rank = page.rank) c ON true
    ORDER BY c.page_rank`;
}

/** One step for each band. A condition within IS TRUE is none for the index: it would collect everything that is common first. */
function ofBands({ system, offset, count, size }: WordSearch, words: readonly string[], chosen: Sql, own: Sql): Sql {
  const condition = size.most <= BRANCH_MAX ? chosen : sql`(${chosen}) IS TRUE`;
  return sql`step (band, found, ranks) AS (SELECT -1, 0, '{}'::int[] UNION ALL
    SELECT s.band + 1, s.found + cardinality(b.ranks), b.ranks FROM step s CROSS JOIN LATERAL
      (SELECT array(SELECT c.rank FROM concept c WHERE ${own} AND ${condition}
        AND c.words @@ ${inBand(system, words, sql`s.band + 1`)}::tsquery) AS ranks OFFSET 0) b
    WHERE s.band < (SELECT band FROM last) AND s.found < ${Math.max(offset + count, FOUND_MIN)}::int)`;
}

function ofBranch({ system }: WordSearch, words: readonly string[], chosen: Sql, own: Sql): Sql {
  return sql`step AS (SELECT (SELECT band FROM last) AS band, cardinality(b.ranks) AS found, b.ranks FROM
    (SELECT array(SELECT c.rank FROM concept c WHERE ${own} AND ${chosen} AND (c.words @@ (SELECT
      string_agg(${inBand(system, words, sql`band`)}, ' | ')::tsquery
      FROM generate_series(0, (SELECT band FROM last)) band)) IS TRUE) AS ranks OFFSET 0) b)`;
}

/** Words are letters and digits: nothing in them means anything to tsquery. */
function inBand(system: number, words: readonly string[], band: Sql): Sql {
  const all = words.map((word) => `'${BAND}${word.replaceAll(/['\\#]/g, '')}':*`).join(' & ');
  return sql`replace(${`(${all})`}, ${BAND}, ${`${system}.`} || (${band}) || '.')`;
}
