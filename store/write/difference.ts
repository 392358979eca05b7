/** Which side rows an update must replace: unchanged search values cost nothing and keep the row of `res` in its page. */
import type { SideValues } from './current.ts';
import { SIDE_COUNT, sideRows } from './rows.ts';

/** For each side table the slots whose rows differ; undefined where none do. */
export type Slots = readonly (ReadonlySet<number> | undefined)[];

export interface Difference {
  /** Slots whose old rows go. */
  readonly removed: Slots;
  /** Slots whose new rows come. */
  readonly added: Slots;
}

/** @param before undefined where there are no rows, as after a deletion */
export function difference(before: SideValues | undefined, after: SideValues): Difference {
  const removed: (Set<number> | undefined)[] = new Array(SIDE_COUNT).fill(undefined);
  const added: (Set<number> | undefined)[] = new Array(SIDE_COUNT).fill(undefined);
  // What was extracted for another generation of search parameters tells nothing of the rows of users' ones.
  const isOutdated = before !== undefined && (before.generation ?? 0) !== (after.generation ?? 0);
  const custom = isOutdated ? (after.custom ?? []) : [];
  // Every side row carries the shard key.
  const moved = before !== undefined && before.sk !== after.sk;
  for (let side = 0; side < SIDE_COUNT; side++) {
    const oldRows = before ? sideRows(before, side) : [];
    const newRows = sideRows(after, side);
    if (oldRows.length === 0 && newRows.length === 0 && custom.length === 0) continue;
    const oldSlots = bySlot(oldRows);
    const newSlots = bySlot(newRows);
    removed[side] = slotsOf(oldSlots, (k, text) => moved || newSlots.get(k) !== text);
    added[side] = slotsOf(newSlots, (k, text) => moved || oldSlots.get(k) !== text || custom.includes(k));
    if (custom.length > 0) removed[side] = new Set([...(removed[side] ?? []), ...custom]);
  }
  return { removed, added };
}

function slotsOf(slots: ReadonlyMap<number, string>, wanted: (k: number, text: string) => boolean) {
  const found = new Set<number>();
  for (const [k, text] of slots) if (wanted(k, text)) found.add(k);
  return found.size > 0 ? found : undefined;
}

function bySlot(rows: readonly { readonly k: number }[]): Map<number, string> {
  const slots = new Map<number, string>();
  for (const row of rows) slots.set(row.k, (slots.get(row.k) ?? '') + textOf(row));
  return slots;
}

/** All members of a row as one text; lengths stand before strings, so that no value can be taken for two. */
function textOf(row: object): string {
  let text = '\n';
  for (const value of Object.values(row)) {
    text += typeof value === 'string' ? `,${value.length}:${value}` : `,${value}`;
  }
  return text;
}
