/** Date conditions as drivers: which stretch of an index holds every row that can match. */
import { literal, name, type Sql, sql } from '../sql.ts';
import { RANK, type Stretch } from './condition.ts';
import { LONG_INTERVAL_US, MINUS_INFINITY, PLUS_INFINITY } from './index-values.ts';
import { FLAGS } from './places.ts';
import { timestamp } from './timestamp.ts';

/**
 * A SELECT of `rid` for conditions on one column that must all hold: a stretch of the column's btree for the short
 * ranges, since a btree on the start cannot bound an overlap (22 ms against 0.17 when asked for a late afternoon), the
 * partial GiST for the few that are longer or open, side rows for the rest.
 */
export function stretchRids(stretches: readonly Stretch[], type: Sql): Sql {
  const { column, beside } = stretches[0]!;
  const { from, before } = bounds(stretches);
  if (column === 'lu') {
    return sql`SELECT r.rid FROM ver w JOIN res r ON r.type = ${type} AND r.id = w.id AND r.ver = w.ver
      WHERE w.type = ${type} AND w.last_updated > ${timestamp(from - 1000n)} AND w.last_updated < ${timestamp(before)}`;
  }
  const { many, long } = FLAGS[column];
  const lo = name(`r.${column}`);
  const hi = name(`r.${column}_hi`);
  const short = from === MINUS_INFINITY ? from : from - LONG_INTERVAL_US;
  const one = sql`r.fl & ${literal(many)} = 0`;
  const isLong = sql`r.fl & ${literal(long)}`;
  return sql`SELECT r.rid FROM res r WHERE r.type = ${type} AND ${lo} >= ${timestamp(short)} AND ${lo} < ${timestamp(before)}
      AND ${hi} > ${timestamp(from)} AND ${one} AND ${isLong} = 0
    UNION ALL SELECT r.rid FROM res r WHERE r.type = ${type} AND ${isLong} <> 0 AND ${one}
      AND tstzrange(${lo}, ${hi}) && tstzrange(${timestamp(from)}, ${timestamp(before)})
    ${beside ? sql`UNION ALL ${beside}` : sql``}`;
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
