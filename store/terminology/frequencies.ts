/** How common words are in a system: what the statistics say that Postgres keeps of a table. */
import type { Context } from '../../resources/index.ts';
import type { Database } from '../database.ts';

export interface Frequencies {
  /** How many concepts the system has. */
  readonly concepts: number;
  /** Beginnings of words, the common ones, with the share of concepts that have them. */
  readonly shares: ReadonlyMap<string, number>;
  /** The share that a beginning has at most that is not among them. */
  readonly otherShare: number;
}

/** Of a system of any size. */
export const NOTHING_KNOWN: Frequencies = { concepts: Number.POSITIVE_INFINITY, shares: new Map(), otherShare: 1 };

/** Systems whose words are remembered: they never change. */
const REMEMBERED_MAX = 50;

const remembered = new WeakMap<object, Map<number, Frequencies>>();

/** One trip, once for each system and process. Where nothing is known every word may be common. */
export async function frequenciesOf(
  database: Pick<Database, 'searches'>,
  system: number,
  context: Context,
): Promise<Frequencies> {
  const own = remembered.get(database.searches) ?? new Map<number, Frequencies>();
  remembered.set(database.searches, own);
  const known = own.get(system);
  if (known) return known;
  // The common table has words of several systems: of one of them its statistics say nothing.
  const text = `select s.concepts, s.partition, array_to_json(p.most_common_elems::text::text[]),
      array_to_json(p.most_common_elem_freqs)
    from concept_system s left join pg_stats p on p.tablename = s.partition
      and p.schemaname = current_schema() and p.attname = 'words' where s.n = $1::int`;
  const [rows] = await database.searches.run([{ text, values: [system] }], context);
  const [concepts, partition, words, freqs] = rows![0] ?? ['0', null, null, null];
  const list: number[] = freqs ? JSON.parse(freqs) : [];
  const common: string[] = words ? JSON.parse(words) : [];
  const shares = new Map(common.map((word, index) => [word, list[index] ?? 1]));
  const found = { concepts: Number(concepts), shares, otherShare: Math.min(1, ...shares.values()) };
  // A table of its own has statistics soon after it is made.
  if (partition && shares.size === 0) return found;
  if (own.size >= REMEMBERED_MAX) own.clear();
  own.set(system, found);
  return found;
}
