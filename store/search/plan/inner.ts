/** The inner side of chains and of `_has`: rows that hold a condition, and whether there is one. */
import { literal, name, type Sql, sql } from '../../sql.ts';
import type { Condition, Hot } from '../condition.ts';
import { FLAG } from '../index-values.ts';
import { drivenBy } from './driver.ts';
import type { Rows } from './scope.ts';

/** Those of the rows that hold the condition: the inner side of a chain. */
export function selected(
  alias: string,
  { from, where, typed }: Rows,
  { filter, driver, hot }: Condition,
  columns: Sql,
  more = sql``,
): Sql {
  if (hot?.column === 'code1') {
    // Rows come as they are found, so that who needs no more than some thousand can stop.
    const row = sql`SELECT ${name(alias)}.* FROM ${from} WHERE ${typed} AND ${name(`${alias}.rid`)} = x.rid OFFSET 0`;
    const isOther = sql`(${firstIn(hot, alias)}) IS NOT TRUE`;
    const second = sql`x_tok x CROSS JOIN LATERAL (${row}) ${name(alias)}${more} WHERE x.k = ${literal(hot.k!)} AND x.c = any(${hot.list}) AND ${isOther}`;
    return sql`(SELECT ${columns} FROM ${from}${more} WHERE ${where} AND ${firstIn(hot, alias)} AND ${filter})
      UNION ALL (SELECT ${columns} FROM ${second} AND ${where} AND ${filter})`;
  }
  const driven = driver ? drivenBy(driver, alias, typed) : sql`true`;
  // OFFSET 0 keeps the planner from turning the whole into a join that it estimates wrongly (40 ms against 1.9).
  return sql`SELECT ${columns} FROM ${from}${more} WHERE ${where} AND ${driven} AND ${filter} OFFSET 0`;
}

/** Whether there is a resource that refers to the row and holds the criterion: by its code first, where one is asked for. */
export function hasOne({ filter, hot }: Condition, { from, where }: Rows, below: string, refers: Sql): Sql {
  const probe = (more: Sql) =>
    sql`(SELECT true FROM ${from} WHERE ${refers} AND ${more}${where} AND ${filter} LIMIT 1)`;
  if (hot?.column !== 'code1') return sql`(${probe(sql``)} IS TRUE)`;
  // Rows with further codings are read only where the code is a further one of any at all.
  const isFurther = sql`(SELECT true FROM x_tok x WHERE x.k = ${literal(hot.k!)} AND x.c = any(${hot.list}) LIMIT 1)`;
  const hasMore = sql`${isFurther} AND ${name(`${below}.fl`)} & ${literal(FLAG.codeMore)} <> 0`;
  return sql`(coalesce(${probe(sql`${firstIn(hot, below)} AND `)}, ${probe(sql`${hasMore} AND `)}) IS TRUE)`;
}

/** What one of several looks through is looked through. */
export function scanning(conditions: readonly Condition[]): Pick<Condition, 'scans'> {
  return conditions.some(({ scans }) => scans) ? { scans: true } : {};
}

/** The same for the inner sides of chains, each of which is looked through where no index finds it. */
export function scanningInside(conditions: readonly Condition[]): Pick<Condition, 'scans'> {
  return conditions.some(({ driver, hot, scans }) => scans || (!driver && !hot)) ? { scans: true } : {};
}

/** Whether the first coding of a row is one of those asked for. */
function firstIn({ list }: Hot, alias: string): Sql {
  return sql`${name(`${alias}.code1`)} = any(${list})`;
}
