/**
 * Concepts by the beginnings of words. What is rare is looked up in the index, and everything else is checked on what was found
 * there; what is common is met soon when concepts are walked through in the order in which they are told. Which is which, the
 * planner cannot know of beginnings of words, but the statistics that it keeps do.
 */
import type { Context } from '../../resources/index.ts';
import type { Database } from '../database.ts';
import { literal, type Sql, sql } from '../sql.ts';

/** What is asked, as far as it decides how it is looked for. */
export interface WordSearch {
  readonly system: number;
  readonly words: readonly string[] | undefined;
  readonly offset: number;
  readonly count: number;
  readonly size: { readonly most: number };
}

/** Words, the common ones, with the share of concepts that have them, and how many concepts there are. */
export interface Frequencies {
  readonly concepts: number;
  readonly shares: ReadonlyMap<string, number>;
}

/** What the index finds of so many concepts is sorted at once: 4 ms. */
const RARE_MAX = 3_000;
/** Concepts that are walked through before the index is asked after all: 8 ms. */
const WALKED = 8_000;
/** A branch so small is worth a second condition for the index. */
const NARROW_MAX = 20_000;
/** Systems whose words are remembered: they never change. */
const REMEMBERED_MAX = 50;

/** Letters of a beginning that is common whatever words there are, and the share of concepts that it then has at least. */
const SHORT = 2;
const SHORT_SHARE = 0.02;

const remembered = new WeakMap<object, Map<number, Frequencies>>();

/** How common words are in a system. One trip, once for each process. */
export async function frequenciesOf(
  database: Pick<Database, 'searches'>,
  system: number,
  context: Context,
): Promise<Frequencies> {
  const own = remembered.get(database.searches) ?? new Map<number, Frequencies>();
  remembered.set(database.searches, own);
  const known = own.get(system);
  if (known) return known;
  const text = `select s.concepts, array_to_json(p.most_common_elems::text::text[]), array_to_json(p.most_common_elem_freqs)
    from concept_system s left join pg_stats p on p.tablename = coalesce(s.partition, 'concept_common')
      and p.schemaname = current_schema() and p.attname = 'words' where s.n = $1::int`;
  const [rows] = await database.searches.run([{ text, values: [system] }], context);
  const [concepts, words, shares] = rows![0] ?? ['0', null, null];
  const list: number[] = shares ? JSON.parse(shares) : [];
  const frequencies = {
    concepts: Number(concepts),
    shares: new Map((words ? (JSON.parse(words) as string[]) : []).map((word, index) => [word, list[index] ?? 0])),
  };
  if (own.size >= REMEMBERED_MAX) own.clear();
  own.set(system, frequencies);
  return frequencies;
}

/**
 * A page of the concepts that have words beginning so. Columns: those of the concept, how many there are in all, and whether
 * that was counted; where the page is empty one row without a concept.
 * @param chosen what else must hold of the concept `c`
 */
export function wordSearch(search: WordSearch, chosen: Sql, columns: Sql, frequencies: Frequencies): Sql {
  const { system, offset, count, words = [], size } = search;
  const wanted = offset + count;
  const own = sql`c.system = ${literal(system)}`;
  const [rarest, share] = rarestOf(words, frequencies);
  const isRare = Math.min(share, size.most) <= RARE_MAX || wanted > WALKED;
  const all = sql`(${matching(words)}) IS TRUE`;
  // A condition within IS TRUE is none for the index: it would collect everything that is common first.
  const byIndex =
    size.most <= RARE_MAX
      ? sql`${chosen} AND ${all}`
      : sql`${matching([rarest])} AND ${all} AND ${size.most <= NARROW_MAX ? chosen : sql`(${chosen}) IS TRUE`}`;
  const shortest = words.reduce((length, word) => length + word.length, words.length - 1);
  return sql`WITH first AS MATERIALIZED (SELECT c.n, c.rank FROM
      (SELECT * FROM concept c WHERE ${own} AND c.rank >= ${Math.min(shortest, 2_000) * 1_000_000} ORDER BY c.rank
        LIMIT ${isRare ? 0 : WALKED}) c
      WHERE ${chosen} AND ${matching(words)} LIMIT ${wanted}),
    enough AS MATERIALIZED (SELECT count(*) >= ${wanted} AND ${!isRare} AS yes FROM first),
    rest AS MATERIALIZED (SELECT c.n, c.rank FROM concept c WHERE NOT (SELECT yes FROM enough) AND ${own} AND ${byIndex}),
    page AS (SELECT n, rank FROM (SELECT n, rank FROM first WHERE (SELECT yes FROM enough) UNION ALL SELECT n, rank FROM rest) x
      ORDER BY rank OFFSET ${offset} LIMIT ${count})
    SELECT c.*, (SELECT count(*) FROM rest), NOT (SELECT yes FROM enough) FROM (VALUES (1)) one (x)
    LEFT JOIN (SELECT ${columns}, page.rank AS page_rank FROM page JOIN concept c ON ${own} AND c.n = page.n) c ON true
    ORDER BY c.page_rank`;
}

/** The word that the fewest concepts have, as far as that is known, and how many these are. */
function rarestOf(words: readonly string[], { concepts, shares }: Frequencies): [word: string, concepts: number] {
  let rarest: [string, number] = [words[0] ?? '', Number.POSITIVE_INFINITY];
  for (const word of words) {
    // Of beginnings so short the statistics know too little: they begin words of which each is rare.
    let share = word.length <= SHORT ? SHORT_SHARE : 0;
    for (const [known, one] of shares) if (known.startsWith(word)) share += one;
    // Of two that are equally rare the longer one begins fewer words.
    const found = share * concepts + 1 / word.length;
    if (found < rarest[1]) rarest = [word, found];
  }
  return rarest;
}

function matching(words: readonly string[]): Sql {
  // Words are letters and digits: nothing in them means anything to tsquery.
  return sql`c.words @@ ${words.map((word) => `'${word.replaceAll("'", '')}':*`).join(' & ')}::tsquery`;
}
