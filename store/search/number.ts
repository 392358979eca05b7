/** Search parameters of type number. https://hl7.org/fhir/R4/search.html#number */
import { name, type Sql, any as someOf, sql } from '../sql.ts';
import { type Condition, RANK, type Where } from './condition.ts';
import { decimalText, parseDecimal } from './decimal.ts';
import { type Asked, type Measure, parseAsked, rangeMatches } from './measure.ts';
import { inSlots, type Places, placesOf, standsAside } from './places.ts';

/** Writing side: a decimal or integer exactly as it was written. */
export function numberMeasure(written: string): Measure | undefined {
  const value = parseDecimal(written);
  if (!value) return undefined;
  const text = decimalText(value);
  return { lo: text, hi: text, open: 0, us: null, uc: null, uu: null, cu: 0n, clo: text, chi: text };
}

/** Reading side. */
export const where: Where = (parameter, values, _modifier, { alias }) => {
  const asked = values.map((value) => parseAsked(value, parameter.code));
  const matches = (columns: { lo: string; hi: string; ends?: string }): Sql =>
    someOf(asked.map((one) => rangeMatches(one, columns, (value) => value)));
  return measureCondition(placesOf(parameter), alias, {
    inColumn: (of) => matches({ lo: `${of}.num`, hi: `${of}.num` }),
    inRow: matches({ lo: 'x.lo', hi: 'x.hi', ends: 'x.s' }),
    isClosed: asked.every(isClosed),
  });
};

/** Whether it selects a bounded stretch of an index. */
export function isClosed({ prefix }: Asked): boolean {
  return prefix === 'eq' || prefix === 'ap';
}

/**
 * The condition of a parameter whose values stand in column `num` or in x_num, never in both for one row.
 * @param tests on the columns of an alias and on a row `x` of x_num
 */
export function measureCondition(
  { column, slots, hasMoreSlots }: Places,
  alias: string,
  tests: {
    inColumn(alias: string): Sql;
    readonly inRow: Sql;
    readonly isClosed: boolean;
  },
): Condition {
  const rows = sql`x_num x WHERE ${inSlots('x.k', slots)} AND ${tests.inRow}`;
  const probe = sql`(SELECT true FROM ${rows} AND x.rid = ${name(`${alias}.rid`)} LIMIT 1)`;
  if (column === undefined) {
    const rank = tests.isClosed ? RANK.closedRange : RANK.openRange;
    return { filter: sql`(${probe} IS TRUE)`, driver: { rank, rids: sql`SELECT x.rid FROM ${rows}` } };
  }
  const beside = hasMoreSlots ? probe : sql`(${standsAside(alias, column)} AND ${probe})`;
  const filter = sql`((${tests.inColumn(alias)} OR ${beside}) IS TRUE)`;
  return { filter, number: { inColumn: tests.inColumn, beside: sql`SELECT x.rid FROM ${rows}` } };
}
