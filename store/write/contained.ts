/** What a resource contains, on its way into the rows of a statement. */
import type { Contained, IndexValues } from '../search/index-values.ts';
import type { TypePlace } from '../types.ts';
import type { Container } from './contained-row.ts';
import type { SideValues } from './current.ts';
import { difference } from './difference.ts';
import type { RowSet } from './rows.ts';

/** Numbers of types. */
type Place = (type: string) => TypePlace;

/** Rows of all that a new resource contains. */
export function addContained(rows: RowSet, of: Container, values: IndexValues, place: Place): void {
  for (const one of values.contained ?? []) {
    const { n } = place(one.type);
    rows.addContained(one, n, of);
    rows.addSides(n, one.values);
  }
}

/** Rows of what an update changes in what a resource contains: what stays as it was costs nothing. */
export function replaceContained(
  rows: RowSet,
  of: Container,
  before: SideValues | undefined,
  values: IndexValues,
  place: Place,
): void {
  const known = new Map((before?.contained ?? []).map((one) => [one.values.rid, one]));
  for (const one of values.contained ?? []) {
    const { n } = place(one.type);
    const old = known.get(one.values.rid);
    known.delete(one.values.rid);
    const { removed, added } = difference(old?.values, one.values);
    const isSame = old !== undefined && textOf(old) === textOf(one) && ![...removed, ...added].some(Boolean);
    if (isSame) continue;
    // The statement touches the side rows only of what it is told of.
    rows.addContained(one, n, of);
    rows.removeSides(one.values.rid, removed);
    rows.addSides(n, one.values, added);
  }
  for (const { values: gone } of known.values()) {
    rows.dropContained(gone.rid, of);
    rows.removeSides(gone.rid, difference(gone, NOTHING).removed);
  }
}

/** Everything that stands in the row, as one text. */
function textOf({ type, values: v }: Contained): string {
  const dates = v.dates.map((date) => (date ? `${date.lo} ${date.hi}` : ''));
  const texts = JSON.stringify([v.s1, v.str, v.raw]);
  const columns = [v.sk, v.fl, v.nr, v.subj, v.code1, v.num, v.numC, v.cu, v.uu, v.uc, v.sig];
  return [type, ...columns, ...dates, v.h.join(' '), texts].join('\n');
}

const NOTHING: SideValues = {
  rid: 0n,
  sk: 0n,
  ids: [],
  dateRows: [],
  numRows: [],
  strRows: [],
  tokRows: [],
  geoRows: [],
};
