/**
 * How many rows hold a token, by the statistics that Postgres samples in the background anyway: nothing is counted when
 * something is written. A token that far more rows hold than are ever fetched as candidates need not be tried as an index.
 */
import { type Database, nobody } from '../database.ts';

export interface Shares {
  /** About how many rows of a partition hold the token; undefined where they are not many, or nothing is known. */
  rows(partition: string, token: bigint): number | undefined;
  /** About how many rows a partition had when Postgres last looked; 0 where nothing is known. */
  size(partition: string): number;
}

/** As many as are fetched as candidates at most: of a token that more rows hold, fetching them would be for nothing. */
export const MANY_ROWS = 5000;
/** Statistics change when a tenth of a table did. */
const STALE_MS = 60_000;

/**
 * Opens the shares. They are read behind the first search that asks, and again from time to time behind others: no search
 * waits for them, and one that comes before them is planned as if all tokens were rare.
 * @param now milliseconds since 1970
 */
export function openShares(lane: Database['house'], now: () => number): Shares {
  let known: ReadonlyMap<string, number> = new Map();
  let sizes: ReadonlyMap<string, number> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  const read = async (): Promise<void> => {
    const [rows, tables] = await lane.run([{ text: SHARES, values: [MANY_ROWS] }, { text: SIZES }], nobody);
    known = new Map(rows!.map(([partition, token, count]) => [`${partition} ${token}`, Number(count)]));
    sizes = new Map(tables!.map(([partition, count]) => [partition!, Number(count)]));
  };
  const renew = (): void => {
    if (now() - readAt <= STALE_MS) return;
    readAt = now();
    // A database that is away, or a role that may not read statistics: what was known before stands.
    read().catch(() => {});
  };
  return {
    rows(partition, token) {
      renew();
      return known.get(`${partition} ${token}`);
    },
    size(partition) {
      renew();
      return sizes.get(partition) ?? 0;
    },
  };
}

// The frequencies of the least, the most and no elements at all stand behind those of the elements.
const SHARES = `
  select substr(s.tablename, 5), e.token::text, (e.share * c.reltuples)::int8::text
  from pg_stats s join pg_class c on c.oid = to_regclass(format('%I.%I', s.schemaname, s.tablename))
    cross join unnest(s.most_common_elems::text::int8[], s.most_common_elem_freqs) e(token, share)
  where s.schemaname = current_schema() and s.tablename like 'res\\_%' and s.attname = 'h'
    and e.token is not null and e.share * c.reltuples > $1::float8`;

const SIZES = `
  select substr(c.relname, 5), c.reltuples::int8::text from pg_class c
  where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname like 'res\\_%' and c.reltuples > 0`;
