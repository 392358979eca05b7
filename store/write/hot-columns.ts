/** The columns of search values that a resource has in the same order wherever it stands. */
import type { RowWriter } from '../encode.ts';
import type { IndexValues } from '../search/index-values.ts';

/** From `subj` to `sig`. */
export function writeHotColumns(to: RowWriter, v: IndexValues): void {
  to.int8(v.subj);
  to.int8(v.code1);
  for (const date of v.dates) {
    to.timestamptz(date ? date.lo : null);
    to.timestamptz(date ? date.hi : null);
  }
  to.numeric(v.num);
  to.numeric(v.numC);
  to.int8(v.cu);
  to.int8(v.uu);
  to.int8(v.uc);
  to.int8(v.sig);
}
