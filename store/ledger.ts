/** Files that were loaded to the end, by the hash of their bytes: a second load of the same file does nothing. */
import type { Context } from '../resources/index.ts';
import { rowsOf } from './database.ts';
import type { Lane } from './lane.ts';

/** One file that was loaded. */
export interface LedgerEntry {
  /** SHA-256 of the file, 64 hexadecimal digits. */
  readonly hash: string;
  readonly path: string;
  /** Resources in it. */
  readonly resources: number;
}

export interface Ledger {
  /** Those of the hashes that were loaded. */
  known(hashes: readonly string[], context: Context): Promise<ReadonlySet<string>>;
  /** Notes a file whose content is all committed; noting it again changes its path and time. */
  note(entry: LedgerEntry, context: Context): Promise<void>;
}

export function openLedger(lane: Lane): Ledger {
  return {
    async known(hashes, context) {
      const rows = await rowsOf(
        lane,
        {
          text: `select encode(hash, 'hex') from ledger where hash in (select decode(h, 'hex') from unnest($1::text[]) h)`,
          values: [hashes],
        },
        context,
      );
      return new Set(rows.map(([hash]) => hash!));
    },
    async note({ hash, path, resources }, context) {
      await lane.run(
        [
          {
            text: `insert into ledger (hash, path, resources) values (decode($1, 'hex'), $2, $3::int)
              on conflict (hash) do update set path = excluded.path, resources = excluded.resources, loaded = now()`,
            values: [hash, path, resources],
          },
        ],
        context,
      );
    },
  };
}
