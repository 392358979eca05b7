/**
 * What numbers and quantities share: a value of the index is a range of two numbers whose ends may be open (`<5` has no
 * lower end and stops before 5), a value in a search is a number with a prefix. Both sides of the comparison stand here.
 * https://hl7.org/fhir/R4/search.html#prefix
 */
import { Fault } from '../../resources/index.ts';
import { name, type Sql, sql } from '../sql.ts';
import type { Prefix } from './condition.ts';
import { add, type Decimal, decimalText, parseDecimal, writtenRange } from './decimal.ts';

/** Ends of a range as SQL's numeric has them: `-Infinity` and `Infinity` where there is none. */
export interface Range {
  readonly lo: string;
  readonly hi: string;
}

/** One value of an element, ready for `x_num`, or for the columns of `res` where it is a point. */
export interface Measure extends Range {
  /** END bits: which end does not belong to the range. */
  readonly open: number;
  readonly us: bigint | null;
  readonly uc: bigint | null;
  readonly uu: bigint | null;
  readonly cu: bigint;
  readonly clo: string;
  readonly chi: string;
}

/** Bits of `x_num.s` beside those of order (1 lowest, 2 highest). */
export const END = { loOpen: 4, hiOpen: 8 } as const;

export const MINUS = '-Infinity';
export const PLUS = 'Infinity';

/** A number asked for. `lo` and `hi` are what it stands for by its digits. */
export interface Asked {
  readonly prefix: Prefix;
  readonly value: Decimal;
  readonly lo: Decimal;
  readonly hi: Decimal;
}

/**
 * Reads `gt5.40e-3`.
 * @param code of the parameter, for the fault
 * @throws Fault `invalid-value`
 */
export function parseAsked(text: string, code: string): Asked {
  const [, prefix = 'eq', written] = /^([a-z]{2})?(.*)$/s.exec(text)!;
  const value = parseDecimal(written!);
  if (!isPrefix(prefix) || !value) {
    throw new Fault('invalid-value', `${code}=${text.slice(0, 80)} is not a number.`, {
      expression: code,
      hint: 'Write a number such as 5.4 or 1e2, with a prefix if wanted: eq, ne, gt, lt, ge, le, sa, eb, ap.',
    });
  }
  if (prefix === 'ap') return { prefix, value, ...aroundTenth(value) };
  return { prefix, value, ...writtenRange(written!, value) };
}

const PREFIXES: ReadonlySet<string> = new Set(['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap']);

export function isPrefix(text: string): text is Prefix {
  return PREFIXES.has(text);
}

/** The names of the columns that hold one range: of side rows, or the same column twice for a point. */
export interface RangeColumns {
  readonly lo: string;
  readonly hi: string;
  /** Column of the END bits; undefined for points. */
  readonly ends?: string;
}

/**
 * Whether a stored range is what is asked for.
 * @param convert to the unit in which the columns are
 */
export function rangeMatches(asked: Asked, columns: RangeColumns, convert: (value: Decimal) => Decimal): Sql {
  const lo = name(columns.lo);
  const hi = name(columns.hi);
  const bind = (value: Decimal) => sql`${decimalText(convert(value))}::numeric`;
  const v = () => bind(asked.value);
  const within = () => sql`(${lo} >= ${bind(asked.lo)} AND ${hi} < ${bind(asked.hi)})`;
  const { loOpen, hiOpen } = openEnds(columns);
  switch (asked.prefix) {
    case 'eq':
      return within();
    case 'ne':
      return sql`(NOT ${within()})`;
    case 'gt':
      return sql`(${hi} > ${v()})`;
    case 'lt':
      return sql`(${lo} < ${v()})`;
    case 'ge':
      return hiOpen ? sql`(${hi} >= ${v()} AND (${hi} > ${v()} OR NOT ${hiOpen}))` : sql`(${hi} >= ${v()})`;
    case 'le':
      return loOpen ? sql`(${lo} <= ${v()} AND (${lo} < ${v()} OR NOT ${loOpen}))` : sql`(${lo} <= ${v()})`;
    case 'sa':
      return loOpen ? sql`(${lo} >= ${v()} AND (${lo} > ${v()} OR ${loOpen}))` : sql`(${lo} > ${v()})`;
    case 'eb':
      return hiOpen ? sql`(${hi} <= ${v()} AND (${hi} < ${v()} OR ${hiOpen}))` : sql`(${hi} < ${v()})`;
    case 'ap':
      return sql`(${lo} <= ${bind(asked.hi)} AND ${hi} >= ${bind(asked.lo)})`;
  }
}

function openEnds({ ends }: RangeColumns): { loOpen?: Sql; hiOpen?: Sql } {
  if (ends === undefined) return {};
  return { loOpen: sql`(${name(ends)} & 4 <> 0)`, hiOpen: sql`(${name(ends)} & 8 <> 0)` };
}

/** R4 recommends 10 % of the value for `ap`. */
function aroundTenth(value: Decimal): { lo: Decimal; hi: Decimal } {
  const { digits, scale } = value;
  const tenth = { digits: digits < 0n ? -digits : digits, scale: scale + 1 };
  return { lo: add(value, { digits: -tenth.digits, scale: tenth.scale }), hi: add(value, tenth) };
}
