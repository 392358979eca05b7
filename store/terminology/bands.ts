/**
 * Concepts in bands: of the order in which a search by words tells them, and of that of the system. Each concept has entries
 * for its bands beside its words, so the index finds what one band has of words and branches, however much there is in others.
 */

/** The first band is so small that all it has of a common word is soon sorted; each further one is twice as large. */
const FIRST = 1_024;
const LARGEST = 65_536;
/** The last one takes all that come after it: from 3.7 million concepts on. */
const BANDS = 64;

/** For each band but the first: how many concepts stand before it. */
export const BAND_STARTS: readonly number[] = starts();

/** What stands before the number of a band by rank. The common table has several systems, so they are named. */
export function rankBand(system: number): string {
  return `#${Math.trunc(system)}.`;
}

/** What stands before the number of a band in the order of the system. */
export function orderBand(system: number): string {
  return `@${Math.trunc(system)}.`;
}

/** SQL for the number of the band of a concept that comes after so many others. */
export function bandAfter(others: string): string {
  return `width_bucket(${others}, '{${BAND_STARTS.join()}}'::int8[])`;
}

function starts(): number[] {
  const list: number[] = [];
  for (let size = FIRST, start = size; list.length < BANDS - 1; start += size) {
    list.push(start);
    size = Math.min(LARGEST, size * 2);
  }
  return list;
}
