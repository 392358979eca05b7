/**
 * Concepts in bands, in the order in which a search by words tells them. The words of a concept are stored with its band, so
 * the index finds what one band has of them, however many there are in the others.
 */

/** The first band is so small that all it has of a common word is soon sorted; each further one is twice as large. */
const FIRST = 1_024;
/** A band of so many costs 1 to 3 ms for two common words; those of 500,000 concepts together 1 ms for a rare one. */
const LARGEST = 32_768;
/** The last one takes all that come after it: from 1.9 million concepts on. */
const BANDS = 64;

/** For each band but the first: how many concepts stand before it. */
export const BAND_STARTS: readonly number[] = starts();

function starts(): number[] {
  const list: number[] = [];
  for (let size = FIRST, start = size; list.length < BANDS - 1; start += size) {
    list.push(start);
    size = Math.min(LARGEST, size * 2);
  }
  return list;
}
