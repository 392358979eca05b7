/**
 * Search parameters of type date. A date is a range on both sides: 2024-05 is all of May.
 * https://hl7.org/fhir/R4/search.html#date
 */
import { Fault, intervalOf, type SearchParameter } from '../../resources/index.ts';
import { name, type Sql, any as someOf, sql } from '../sql.ts';
import { type Condition, type PlanContext, type Prefix, RANK } from './condition.ts';
import { type Interval, MINUS_INFINITY, PLUS_INFINITY } from './index-values.ts';
import { isPrefix } from './measure.ts';
import { type DateColumn, inSlots, placesOf, standsAside } from './places.ts';
import { timestamp } from './timestamp.ts';

/**
 * Writing side: the range of one element of type date, dateTime, instant, Period or Timing.
 * @param zone what dates without one mean
 */
export function dateInterval(value: any, fhirType: string, zone: string): Interval | undefined {
  if (fhirType === 'Period') return periodInterval(value, zone);
  if (fhirType === 'Timing') return timingInterval(value, zone);
  return typeof value === 'string' ? intervalOf(value, zone) : undefined;
}

/** A date asked for. `co` and `po` are operators of `_filter`: the stored range covers it, overlaps with it. */
export interface AskedDate extends Interval {
  readonly prefix: Prefix | 'co' | 'po';
}

/**
 * Reads `ge2024-05`.
 * @throws Fault `invalid-value`
 */
export function parseDate(text: string, code: string, { zone, now }: Pick<PlanContext, 'zone' | 'now'>): AskedDate {
  const [, prefix = 'eq', written] = /^([a-z]{2})?(.*)$/s.exec(text)!;
  const interval = isPrefix(prefix) ? intervalOf(written!, zone) : undefined;
  if (!isPrefix(prefix) || !interval) {
    throw new Fault('invalid-value', `${code}=${text.slice(0, 80)} is not a date.`, {
      expression: code,
      hint: 'Write 2024, 2024-05, 2024-05-17 or 2024-05-17T10:00:00Z (a + in a URL is %2B), with a prefix if wanted: eq, ne, gt, lt, ge, le, sa, eb, ap.',
    });
  }
  return { prefix, ...(prefix === 'ap' ? widened(interval, BigInt(now) * 1000n) : interval) };
}

/** Reading side. */
export function where(
  parameter: SearchParameter,
  values: readonly string[],
  _modifier: string | undefined,
  context: PlanContext,
): Condition {
  const asked = values.map((value) => parseDate(value, parameter.code, context));
  return parameter.code === '_lastUpdated'
    ? updatedCondition(asked, context)
    : dateCondition(parameter, asked, context);
}

/** The condition of a parameter, for dates that are read already. */
export function dateCondition(
  parameter: SearchParameter,
  asked: readonly AskedDate[],
  { alias }: Pick<PlanContext, 'alias'>,
): Condition {
  const { column, slots, hasMoreSlots } = placesOf(parameter);
  const rows = sql`x_date x WHERE ${inSlots('x.k', slots)} AND ${someOf(asked.map((one) => dateMatches(one, 'x.lo', 'x.hi')))}`;
  const probe = sql`(SELECT true FROM ${rows} AND x.rid = ${name(`${alias}.rid`)} LIMIT 1)`;
  const stretch = stretchOf(asked);
  if (column === undefined) {
    return { filter: sql`(${probe} IS TRUE)`, driver: { rank: rankOf(stretch), rids: sql`SELECT x.rid FROM ${rows}` } };
  }
  const within = someOf(asked.map((one) => dateMatches(one, `${alias}.${column}`, `${alias}.${column}_hi`)));
  const inColumn = sql`(NOT ${standsAside(alias, column)} AND ${within})`;
  const beside = hasMoreSlots ? probe : sql`(${standsAside(alias, column)} AND ${probe})`;
  return {
    filter: sql`((${inColumn} OR ${beside}) IS TRUE)`,
    ...(stretch && {
      stretch: { column: column as DateColumn, ...stretch, beside: sql`SELECT x.rid FROM ${rows}`, within },
    }),
  };
}

/** `_lastUpdated`: the column `lu`, an instant of milliseconds. */
export function updatedCondition(asked: readonly AskedDate[], { alias }: Pick<PlanContext, 'alias'>): Condition {
  const lu = name(`${alias}.lu`);
  const after = sql`(${lu} + interval '1 ms')`;
  const stretch = stretchOf(asked);
  return {
    filter: sql`(${someOf(asked.map((one) => intervalMatches(one, lu, after)))} IS TRUE)`,
    ...(stretch && { stretch: { column: 'lu' as const, ...stretch } }),
  };
}

/** Whether the range between two columns is what is asked for. Its upper end is exclusive. */
export function dateMatches(asked: AskedDate, lo: string, hi: string): Sql {
  return intervalMatches(asked, name(lo), name(hi));
}

function intervalMatches({ prefix, lo: from, hi: before }: AskedDate, lo: Sql, hi: Sql): Sql {
  const a = () => timestamp(from);
  const b = () => timestamp(before);
  switch (prefix) {
    case 'eq':
      return sql`(${lo} >= ${a()} AND ${lo} < ${b()} AND ${hi} <= ${b()})`;
    case 'ne':
      return sql`(NOT (${lo} >= ${a()} AND ${hi} <= ${b()}))`;
    case 'gt':
      return sql`(${hi} > ${b()})`;
    case 'lt':
      return sql`(${lo} < ${a()})`;
    case 'ge':
      return sql`(${hi} > ${a()} AND (${hi} > ${b()} OR ${lo} >= ${a()}))`;
    case 'le':
      return sql`(${lo} < ${b()} AND (${lo} < ${a()} OR ${hi} <= ${b()}))`;
    case 'sa':
      return sql`(${lo} >= ${b()})`;
    case 'eb':
      return sql`(${lo} < ${a()} AND ${hi} <= ${a()})`;
    case 'ap':
    case 'po':
      return sql`(${lo} < ${b()} AND ${hi} > ${a()})`;
    case 'co':
      return sql`(${lo} <= ${a()} AND ${hi} >= ${b()})`;
  }
}

/** The bounds outside of which no row can match one of the values; undefined where there are none (`ne`). */
function stretchOf(asked: readonly AskedDate[]): { from: bigint; before: bigint } | undefined {
  if (asked.some(({ prefix }) => prefix === 'ne')) return undefined;
  const each = asked.map(({ prefix, lo, hi }) => ({
    from: { eq: lo, ap: lo, po: lo, co: lo, ge: lo, gt: hi, sa: hi }[prefix as string] ?? MINUS_INFINITY,
    before: { eq: hi, ap: hi, po: hi, co: hi, le: hi, lt: lo, eb: lo }[prefix as string] ?? PLUS_INFINITY,
  }));
  return {
    from: each.reduce((least, { from }) => (from < least ? from : least), PLUS_INFINITY),
    before: each.reduce((most, { before }) => (before > most ? before : most), MINUS_INFINITY),
  };
}

function rankOf(stretch: { from: bigint; before: bigint } | undefined): number {
  const isClosed = stretch && stretch.from > MINUS_INFINITY && stretch.before < PLUS_INFINITY;
  return isClosed ? RANK.closedRange : RANK.openRange;
}

/** R4 recommends for `ap` a tenth of the distance between the value and now. */
function widened({ lo, hi }: Interval, now: bigint): Interval {
  const distance = now < lo ? lo - now : now > hi ? now - hi : 0n;
  return { lo: lo - distance / 10n, hi: hi + distance / 10n };
}

/** A missing end is open; what ends before it starts keeps its start only, so that it can still be found and corrected. */
function periodInterval(period: any, zone: string): Interval | undefined {
  const start = typeof period?.start === 'string' ? intervalOf(period.start, zone) : undefined;
  const end = typeof period?.end === 'string' ? intervalOf(period.end, zone) : undefined;
  if (!start && !end) return undefined;
  const lo = start?.lo ?? MINUS_INFINITY;
  const hi = end?.hi ?? PLUS_INFINITY;
  return start && hi <= lo ? start : { lo, hi };
}

/** Only the outer limits of a Timing matter. https://hl7.org/fhir/R4/search.html#date */
function timingInterval(timing: any, zone: string): Interval | undefined {
  const events: readonly unknown[] = Array.isArray(timing?.event) ? timing.event : [];
  const parts = [
    ...events.map((event) => (typeof event === 'string' ? intervalOf(event, zone) : undefined)),
    periodInterval(timing?.repeat?.boundsPeriod, zone),
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  return {
    lo: parts.reduce((least, { lo }) => (lo < least ? lo : least), PLUS_INFINITY),
    hi: parts.reduce((most, { hi }) => (hi > most ? hi : most), MINUS_INFINITY),
  };
}
