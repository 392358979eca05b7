/**
 * Dates, numbers and quantities of one resource: into the columns of `res` where a slot has one and a single value fits
 * it, else into side rows, and never into both.
 */
import { type Slot, writtenNumber } from '../../resources/index.ts';
import { dateInterval } from './date.ts';
import { compare, parseDecimal } from './decimal.ts';
import { type DateRow, FLAG, type IndexValues, type Interval, LONG_INTERVAL_US, type NumRow } from './index-values.ts';
import type { Measure } from './measure.ts';
import { numberMeasure } from './number.ts';
import { quantityMeasure } from './quantity.ts';
import type { Collect, Found, Sink } from './sink.ts';

/** Bits of `s` in side rows: the lowest value of its slot, the highest. */
const LOWEST = 1;
const HIGHEST = 2;
/** `el` says nothing for values that stand alone. */
const ALONE = 0;

const DATE_COLUMNS = ['dt', 'dt2', 'dt3'] as const;
const DATE_FLAGS = [
  { many: FLAG.dateMany, long: FLAG.dateLong },
  { many: FLAG.date2Many, long: FLAG.date2Long },
  { many: FLAG.date3Many, long: FLAG.date3Long },
] as const;

export function collectDate(slot: Slot, fhirType: string): Collect {
  const column = DATE_COLUMNS.indexOf(slot.hot as never);
  return (value, sink) => {
    const interval = dateInterval(value, fhirType, sink.zone);
    if (interval === undefined) return;
    if (column < 0) sink.dateRows.push(toDateRow(slot, interval));
    else if (sink.dates[column] === null) sink.dates[column] = interval;
    else sink.moreDates.push({ slot, value: interval });
  };
}

/** @param hash of units */
export function collectMeasure(slot: Slot, fhirType: string, hash: (text: string) => bigint): Collect {
  const isHot = slot.hot === 'num';
  return (value, sink, holder, key) => {
    const measure =
      slot.kind === 'number' && typeof value === 'number'
        ? numberMeasure(writtenNumber(holder, key, sink.digits))
        : quantityMeasure(value, fhirType, sink.digits, hash);
    if (measure === undefined) return;
    if (isHot) sink.numbers.push({ slot, value: measure });
    else sink.numRows.push(toNumRow(slot, measure));
  };
}

/** Settles what stands in columns. @returns bits of `fl` */
export function settleColumns(sink: Sink, values: Pick<IndexValues, 'num' | 'numC' | 'cu' | 'uu' | 'uc'>): number {
  let fl = settleDates(sink);
  if (sink.numbers.length > 0) fl |= settleNumbers(sink.numbers, sink.numRows, values);
  if (sink.codes.length > 0) {
    fl |= FLAG.codeMore;
    const t = sink.dates[0]?.lo ?? null;
    for (const c of sink.codes) sink.tokRows.push({ k: sink.codeSlot, el: ALONE, c, t });
  }
  if (sink.dateRows.length > 0) orderDates(sink.dateRows);
  if (sink.numRows.length > 0) orderNumbers(sink.numRows);
  if (sink.hasManyStrings) fl |= FLAG.strMany;
  if (sink.comp.length > 1) fl |= FLAG.compMany;
  return fl;
}

function settleDates(sink: Sink): number {
  let fl = 0;
  for (const { slot, value } of sink.moreDates) {
    const column = DATE_COLUMNS.indexOf(slot.hot as never);
    const { many } = DATE_FLAGS[column]!;
    const whole = sink.dates[column]!;
    if ((fl & many) === 0) sink.dateRows.push(toDateRow(slot, whole));
    fl |= many;
    sink.dateRows.push(toDateRow(slot, value));
    // A new one: the first value is still the row's.
    sink.dates[column] = {
      lo: value.lo < whole.lo ? value.lo : whole.lo,
      hi: value.hi > whole.hi ? value.hi : whole.hi,
    };
  }
  for (let column = 0; column < 3; column++) {
    const interval = sink.dates[column];
    if (interval && isLong(interval)) fl |= DATE_FLAGS[column]!.long;
  }
  return fl;
}

function isLong({ lo, hi }: Interval): boolean {
  return hi - lo > LONG_INTERVAL_US;
}

function settleNumbers(
  found: readonly Found<Measure>[],
  rows: NumRow[],
  values: Pick<IndexValues, 'num' | 'numC' | 'cu' | 'uu' | 'uc'>,
): number {
  const { value } = found[0]!;
  if (found.length === 1 && value.open === 0 && value.lo === value.hi) {
    values.num = value.lo;
    values.numC = value.clo;
    values.cu = value.cu;
    values.uu = value.uu;
    values.uc = value.uc;
    return 0;
  }
  for (const one of found) rows.push(toNumRow(one.slot, one.value));
  return FLAG.numMany;
}

function toDateRow({ k }: Slot, { lo, hi }: Interval): DateRow {
  return { k, el: ALONE, c: null, lo, hi, s: 0 };
}

function toNumRow({ k }: Slot, { lo, hi, open, us, uc, uu, cu, clo, chi }: Measure): NumRow {
  return { k, el: ALONE, c: null, cs: null, lo, hi, us, uc, uu, cu, clo, chi, s: open };
}

/** Marks the lowest and the highest of each slot: what results are sorted by. */
function orderDates(rows: readonly DateRow[]): void {
  markEnds(
    rows,
    (a, b) => a.lo < b.lo,
    (a, b) => a.hi > b.hi,
  );
}

function orderNumbers(rows: readonly NumRow[]): void {
  markEnds(
    rows,
    (a, b) => compareText(a.clo, b.clo) < 0,
    (a, b) => compareText(a.chi, b.chi) > 0,
  );
}

function markEnds<T extends { readonly k: number; s: number }>(
  rows: readonly T[],
  isLower: (a: T, b: T) => boolean,
  isHigher: (a: T, b: T) => boolean,
): void {
  const ends = new Map<number, { lowest: T; highest: T }>();
  for (const row of rows) {
    const known = ends.get(row.k);
    if (known === undefined) ends.set(row.k, { lowest: row, highest: row });
    else {
      if (isLower(row, known.lowest)) known.lowest = row;
      if (isHigher(row, known.highest)) known.highest = row;
    }
  }
  for (const { lowest, highest } of ends.values()) {
    lowest.s |= LOWEST;
    highest.s |= HIGHEST;
  }
}

function compareText(a: string, b: string): number {
  const [left, right] = [parseDecimal(a), parseDecimal(b)];
  if (left && right) return compare(left, right);
  // Only the ends of open ranges are no decimals.
  return rankOf(a) - rankOf(b);
}

function rankOf(text: string): number {
  return text === '-Infinity' ? -1 : text === 'Infinity' ? 1 : 0;
}
