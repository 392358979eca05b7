/** The versions that this process wrote or read last: they spare an update the trip that reads what is current. */
import type { IndexValues } from '../search/index-values.ts';

/** What the side tables hold of a resource. */
export type SideValues = Pick<
  IndexValues,
  | 'rid'
  | 'sk'
  | 'ids'
  | 'dateRows'
  | 'numRows'
  | 'strRows'
  | 'tokRows'
  | 'geoRows'
  | 'generation'
  | 'custom'
  | 'contained'
>;

/** A version that was current when it was read or written. */
export interface Current {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly lastUpdated: number;
  readonly deleted: boolean;
  readonly method: number;
  /** '' where deleted. */
  readonly body: string;
  readonly meta: string | undefined;
  /** Undefined where they were not extracted yet. */
  readonly sides: SideValues | undefined;
}

/** About what an entry takes beside its text, and what a side row takes. */
const ENTRY_BYTES = 300;
const ROW_BYTES = 200;

/** Bounded by bytes; the least recently used goes first. An entry may be out of date, so it only ever saves a retry. */
export class CurrentCache {
  readonly #bytesMax: number;
  readonly #entries = new Map<string, { current: Current; bytes: number }>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get(key: string): Current | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.current;
  }

  set(key: string, current: Current): void {
    const known = this.#entries.get(key);
    if (known && known.current.version > current.version) return;
    this.forget(key);
    const bytes = sizeOf(key, current);
    // One huge resource must not push out all the others.
    if (bytes > this.#bytesMax / 16) return;
    this.#entries.set(key, { current, bytes });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#bytesMax) break;
      this.#entries.delete(oldest);
      this.#bytes -= entry.bytes;
    }
  }

  forget(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}

/** The part of the index values that an entry keeps; the rest can be collected. */
export function sidesOf(values: IndexValues): SideValues {
  const { rid, sk, ids, dateRows, numRows, strRows, tokRows, geoRows, generation, custom, contained } = values;
  return { rid, sk, ids, dateRows, numRows, strRows, tokRows, geoRows, generation, custom, contained } as SideValues;
}

function sizeOf(key: string, { body, meta, sides }: Current): number {
  const rows = sides ? rowCount(sides) : 0;
  const contained = sides?.contained ?? [];
  const inside = contained.reduce((sum, { values }) => sum + values.h.length + rowCount(values), contained.length);
  return ENTRY_BYTES + key.length + body.length + (meta?.length ?? 0) + (rows + inside) * ROW_BYTES;
}

function rowCount({ ids, dateRows, numRows, strRows, tokRows, geoRows }: SideValues): number {
  return ids.length + dateRows.length + numRows.length + strRows.length + tokRows.length + geoRows.length;
}
