/** `_total=estimate`: exact while there are few, else worked out from a sample. https://hl7.org/fhir/R4/search.html#total */
import { literal, type Sql, sql } from '../../sql.ts';
import type { Rows } from './scope.ts';

/** Matches that are counted one by one. */
const COUNTED_MAX = 10_000;
/** Rows of the table that are looked at where there are more: some milliseconds, and a guess within some percent. */
const SAMPLED = 4000;

export interface Estimate {
  /** Definition for WITH. */
  readonly table: Sql;
  /** Whether the number is no more than an estimate. */
  readonly isEstimated: Sql;
  readonly number: Sql;
}

/**
 * The number of matches.
 * @param rows that are searched, of alias `o` @param found what holds of the matches, an index in front
 * @param filter the same without an index @param known the number where the page tells it anyway, else NULL
 */
export function estimateOf(rows: Rows, found: Sql, filter: Sql, known: Sql, countedMax = COUNTED_MAX): Estimate {
  const most = literal(countedMax);
  const counted = sql`(SELECT count(*) FROM (SELECT FROM ${rows.from} WHERE ${found} LIMIT ${literal(countedMax + 1)}) one)`;
  const table = sql`e AS MATERIALIZED (SELECT coalesce(${known}, ${counted}) AS n)`;
  const isEstimated = sql`(SELECT e.n > ${most} FROM e)`;
  const size = sizeOf(rows);
  // The same pages of the table on every call, so that the pages of a result say the same.
  const sample = sql`${rows.from} TABLESAMPLE SYSTEM (least(100, 100.0 * ${literal(SAMPLED)} / greatest(1, ${size}))) REPEATABLE (1)`;
  const share = sql`(SELECT avg(CASE WHEN ${rows.where} AND ${filter} THEN 1.0 ELSE 0.0 END) FROM ${sample})`;
  return {
    table,
    isEstimated,
    number: sql`(SELECT CASE WHEN e.n > ${most} THEN greatest(e.n, round(${size} * ${share})::int8) ELSE e.n END FROM e)`,
  };
}

/** Rows of the table or of its partitions, as the statistics have them. */
function sizeOf({ table }: Rows): Sql {
  return sql`(SELECT sum(greatest(c.reltuples, 0)) FROM pg_partition_tree('${table}'::regclass) p JOIN pg_class c ON c.oid = p.relid WHERE p.isleaf)`;
}
