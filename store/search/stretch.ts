/** Date conditions as drivers: which stretch of an index holds every row that can match. */
import { literal, name, type Sql, sql } from '../sql.ts';
import { type Among, fromEach } from './among.ts';
import { RANK, type Stretch } from './condition.ts';
import { LONG_INTERVAL_US, MINUS_INFINITY, PLUS_INFINITY } from './index-values.ts';
import { FLAGS } from './places.ts';
import { timestamp } from './timestamp.ts';

/**
 * A SELECT of `rid` for conditions on one column that must all hold: a stretch of the column's btree for the short
 * ranges, since a btree on the start cannot bound an overlap (22 ms against 0.17 when asked for a late afternoon), the
 * partial GiST for the few that are longer or open, side rows for the rest.
 * @param among whether contained resources are among the rows; their time is not known here
 */
export function stretchRids(stretches: readonly Stretch[], type: Sql, among?: Among): Sql {
  if (stretches[0]!.column === 'lu') {
    return sql`SELECT r.rid FROM ver w JOIN res r ON r.type = ${type} AND r.id = w.id AND r.ver = w.ver
      WHERE w.type = ${type} AND ${updatedWithin(stretches, 'w')}`;
  }
  const short = sql`r.type = ${type} AND ${shortWithin(stretches, 'r')}`;
  const shorts = fromEach(among, (table) => sql`SELECT r.rid FROM ${table} r WHERE ${short}`);
  return sql`${shorts} UNION ALL ${otherRids(stretches, type, among)}`;
}

/** The bounds on the time of a version. */
export function updatedWithin(stretches: readonly Stretch[], alias: string): Sql {
  const { from, before } = bounds(stretches);
  const at = name(`${alias}.last_updated`);
  return sql`${at} > ${timestamp(from === MINUS_INFINITY ? from : from - 1000n)} AND ${at} < ${timestamp(before)}`;
}

/**
 * Bounds on where a range begins.
 * @param short that it is no longer than short ranges are; else nothing is said of how early it may begin
 */
export function beginsWithin(stretches: readonly Stretch[], begin: string, short = false): Sql {
  const { from, before } = bounds(stretches);
  const earliest = from === MINUS_INFINITY ? from : from - LONG_INTERVAL_US;
  const upTo = sql`${name(begin)} < ${timestamp(before)}`;
  return short ? sql`${name(begin)} >= ${timestamp(earliest)} AND ${upTo}` : upTo;
}

/** The rows whose range stands in the column and is short: bounded on both sides of the column's index. */
export function shortWithin(stretches: readonly Stretch[], alias: string): Sql {
  const { from, before } = bounds(stretches);
  const column = stretches[0]!.column as Exclude<Stretch['column'], 'lu'>;
  const { many, long } = FLAGS[column];
  const lo = name(`${alias}.${column}`);
  const short = from === MINUS_INFINITY ? from : from - LONG_INTERVAL_US;
  const ends = sql`${name(`${alias}.${column}_hi`)} > ${timestamp(from)} AND ${name(`${alias}.fl`)} & ${literal(many | long)} = 0`;
  // Nearly all that begin there pass: a planner that sees the bits believes that one in a hundred does, and sorts them all.
  return sql`${lo} >= ${timestamp(short)} AND ${lo} < ${timestamp(before)} AND CASE WHEN ${ends} THEN true ELSE false END`;
}

/** A SELECT of `rid` of the rows that are left: long ranges, and those with several values. */
export function otherRids(stretches: readonly Stretch[], type: Sql, among?: Among): Sql {
  const { beside } = stretches[0]!;
  const isLong = fromEach(
    among,
    (table) => sql`SELECT r.rid FROM ${table} r WHERE r.type = ${type} AND ${longWithin(stretches, 'r')}`,
  );
  return beside ? sql`${isLong} UNION ALL ${beside}` : isLong;
}

/** The rows whose range stands in the column and is long: by the index of those. */
export function longWithin(stretches: readonly Stretch[], alias: string): Sql {
  const { from, before } = bounds(stretches);
  const column = stretches[0]!.column as Exclude<Stretch['column'], 'lu'>;
  const { many, long } = FLAGS[column];
  // Where a range must end after what it begins before, it covers all that lies between the two.
  const [first, last] = from < before ? [from, before] : [before, from];
  const range = sql`tstzrange(${name(`${alias}.${column}`)}, ${name(`${alias}.${column}_hi`)})`;
  const fl = name(`${alias}.fl`);
  return sql`${fl} & ${literal(long)} <> 0 AND ${fl} & ${literal(many)} = 0
    AND ${range} && tstzrange(${timestamp(first)}, ${timestamp(last)}, '[]')`;
}

/** How promising it is to let these conditions on one column drive together. */
export function stretchRank(stretches: readonly Stretch[]): number {
  const { from, before } = bounds(stretches);
  return from > MINUS_INFINITY && before < PLUS_INFINITY ? RANK.closedRange : RANK.openRange;
}

/** What all of them leave over. */
function bounds(stretches: readonly Stretch[]): { from: bigint; before: bigint } {
  return {
    from: stretches.reduce((most, one) => (one.from > most ? one.from : most), MINUS_INFINITY),
    before: stretches.reduce((least, one) => (one.before < least ? one.before : least), PLUS_INFINITY),
  };
}
