/** The rows of a search in the order asked for, along an index where there is one, filtered on the way. */
import { all, name, type Sql, sql } from '../../sql.ts';
import type { Condition, Stretch } from '../condition.ts';
import { longWithin, shortWithin, updatedWithin } from '../stretch.ts';
import type { Search } from '../tree.ts';
import { distinctly, keyedMissing, keyedOf, keyedSources, type Source } from './keyed.ts';
import { after, columns, type Order, type OrderKey, orderBy, type Start } from './order.ts';
import { type Rows, type Scope, SHARED } from './scope.ts';

/** What the statements of one page have in common. */
export interface Page {
  readonly search: Search;
  readonly scope: Scope;
  readonly start: Start | undefined;
  readonly limit: Sql;
  readonly order: Order;
  /** FROM and WHERE of the current rows `o` that the caller may see. */
  readonly rows: Rows;
  /** What must hold of them. */
  readonly filter: Sql;
  /** The same, one by one; empty where types differ in it. */
  readonly conditions: readonly Condition[];
  /** Number of the one type that is searched; undefined over several. */
  readonly type: Sql | undefined;
}

export interface Walk {
  /** Definitions for WITH. */
  readonly tables: readonly Sql[];
  /** A SELECT of the rows, at most `limit` of each kind. */
  readonly rows: Sql;
}

/** @param gate the walk runs only where this is true */
export function walk(page: Page, gate: Sql): Walk {
  const { order, type, rows } = page;
  const { keys } = order;
  const [key] = keys;
  // Contained resources have no index in the order of a column.
  if (keys.length !== 1 || key!.column === undefined || type === undefined || page.scope.among !== undefined) {
    return { tables: [], rows: selection(page, gate, rows.from, sql`true`, order) };
  }
  return key!.column === 'lu' ? walkVersions(page, gate, key!) : walkColumn(page, gate, key!);
}

/**
 * One SELECT in the order, cut at the limit; in brackets.
 * @param key the alias whose index has the order
 */
function selection(page: Page, gate: Sql, from: Sql, more: Sql, order: Order, key: 'o' | 'w' = 'o'): Sql {
  const { rows, filter, start, limit } = page;
  const backwards = start?.backwards ?? false;
  const isOneType = page.type !== undefined && order.keys.length > 0;
  const begin = start ? after(order, start.position, backwards) : sql`true`;
  // Walking is right where much passes the filter. A planner would rather believe that nothing does, and sort all the
  // rest: of a CASE it knows nothing, and takes one half.
  const conditions = all([gate, rows.where, more, sql`CASE WHEN ${filter} THEN true ELSE false END`, begin]);
  return sql`(SELECT ${columns(order, key)} FROM ${from} WHERE ${conditions} ORDER BY ${orderBy(order, backwards, isOneType)} LIMIT ${limit})`;
}

/** `_lastUpdated` has its index on the versions, so that updates of `res` touch none. */
function walkVersions(page: Page, gate: Sql, key: OrderKey): Walk {
  const { scope, search, rows, conditions, type } = page;
  const { partition } = scope.types.place(search.types[0]!);
  const version = sql`${rows.typed} AND o.id = w.id AND o.ver = w.ver`;
  const from = sql`${name(`ver_${partition}`)} w CROSS JOIN LATERAL (SELECT o.* FROM ${rows.from} WHERE ${version} OFFSET 0) o`;
  const stretches = stretchesOn(conditions, 'lu');
  const within = stretches.length > 0 ? updatedWithin(stretches, 'w') : sql`true`;
  const isIt = partition === SHARED ? sql`w.type = ${type!} AND ` : sql``;
  const order = { ...page.order, keys: [{ ...key, value: sql`w.last_updated` }] };
  return { tables: [], rows: selection(page, gate, from, sql`${isIt}${within}`, order, 'w') };
}

/**
 * First the rows that have a value, then, only where these do not fill the page, those that have none, which no index
 * lists. Read backwards it is the other way round.
 */
function walkColumn(page: Page, gate: Sql, key: OrderKey): Walk {
  const { search, start, limit, rows, order } = page;
  const backwards = start?.backwards ?? false;
  const beginsAmongMissing = start !== undefined && start.position.keys[0] === null;
  const keyed = key.column === 'dt' ? keyedOf(page.conditions) : undefined;
  const present = sql`w1 AS MATERIALIZED (${presentRows(page, gate, key)})`;
  const without = keyed ? keyedMissing(keyed, rows) : [{ from: rows.from, where: sql`${key.value} IS NULL` }];
  const missing = (more: Sql) =>
    sql`w2 AS MATERIALIZED (${distinctly(without.map(({ from, where }) => selection(page, gate, from, sql`${where} AND ${more}`, order)))})`;
  const both = sql`SELECT * FROM w1 UNION ALL SELECT * FROM w2`;
  // What is asked of the very parameter is never true of a row without a value.
  const needsValue = search.criteria.some((one) => one.kind === 'values' && one.code === search.sort[0]!.code);
  if (needsValue || (backwards && !beginsAmongMissing)) return { tables: [present], rows: sql`SELECT * FROM w1` };
  if (beginsAmongMissing && !backwards) return { tables: [missing(sql`true`)], rows: sql`SELECT * FROM w2` };
  if (backwards) return { tables: [missing(sql`true`), present], rows: both };
  return { tables: [present, missing(sql`(SELECT count(*) FROM w1) < ${limit}`)], rows: both };
}

function presentRows(page: Page, gate: Sql, key: OrderKey): Sql {
  const { conditions, rows, type } = page;
  // Said so, that the index can be read from either end.
  const order = { ...page.order, keys: [{ ...key, always: true }] };
  const has = sql`${key.value} IS NOT NULL`;
  const stretches = key.column === 's1' ? [] : stretchesOn(conditions, key.column!);
  const keyed = key.column === 'dt' ? keyedOf(conditions) : undefined;
  if (keyed) {
    const selectionOf = ({ from, where, date, each }: Source): Sql => {
      const dated = date ? { ...order, keys: [{ ...key, value: date, always: true }] } : order;
      const one = selection(page, gate, from, where, dated);
      return each ? sql`(SELECT z.* FROM ${each} CROSS JOIN LATERAL ${one} z)` : one;
    };
    return distinctly(keyedSources(keyed, stretches, rows, type!).map(selectionOf));
  }
  if (stretches.length === 0) return selection(page, gate, rows.from, has, order);
  const short = selection(page, gate, rows.from, sql`${has} AND ${shortWithin(stretches, 'o')}`, order);
  const long = selection(page, gate, rows.from, sql`${has} AND ${longWithin(stretches, 'o')}`, order);
  const { beside } = stretches[0]!;
  if (!beside) return sql`${short} UNION ALL ${long}`;
  const from = sql`(SELECT DISTINCT q.rid FROM (${beside}) q) d JOIN ${rows.from} ON ${rows.typed} AND o.rid = d.rid`;
  const isRest = sql`${has} AND NOT (${shortWithin(stretches, 'o')}) AND NOT (${longWithin(stretches, 'o')})`;
  return sql`${short} UNION ALL ${long} UNION ALL ${selection(page, gate, from, isRest, order)}`;
}

function stretchesOn(conditions: readonly Condition[], column: string): Stretch[] {
  return conditions.flatMap(({ stretch }) => (stretch?.column === column ? [stretch] : []));
}
