/**
 * The matches of one page, as common table expressions that end in `m`: one row for each match, and one more where there
 * are more.
 *
 * A selective condition beside another order and a LIMIT is never left to the planner, which would now and then walk the
 * whole index of the order. The candidates of the best index are fetched up to a cap; only where there are more does the
 * other branch run, which walks the order and filters. The branch that is not used costs nothing.
 */
import { searchParameters } from '../../../resources/index.ts';
import { all, join, literal, type Sql, sql, toStatement } from '../../sql.ts';
import type { Condition, Driver } from '../condition.ts';
import { SCORE, scoreOf } from '../text.ts';
import type { Search, SortKey } from '../tree.ts';
import { driverAcross } from './across.ts';
import { conditionsOf } from './conditions.ts';
import { searchedRows } from './contained.ts';
import { countOfKeys } from './counted.ts';
import { chooseDriver, drivenBy, findable } from './driver.ts';
import { type Estimate, estimateOf } from './estimate.ts';
import { keyedOf } from './keyed.ts';
import { after, columns, keyName, type OrderKey, orderBy, orderOf, type Start } from './order.ts';
import { currentRows, type Scope, typeList } from './scope.ts';
import { isSteady, isSteadyCount } from './steady.ts';
import { type Page, walk } from './walk.ts';

/** How many candidates are fetched before the order is walked instead: some milliseconds. */
const CANDIDATES_MAX = 5000;
/** The same where no index has the order, so that all there is would be read instead. */
const UNORDERED_MAX = 50_000;
/** Matches that are sorted by what they refer to, since each has to be followed: a tenth of a second. */
export const CHAINED_MAX = 10_000;

export interface MatchPlan {
  /** Definitions for WITH; the last is `m`. */
  readonly tables: readonly Sql[];
  readonly keys: readonly OrderKey[];
  /** The number of all matches. */
  readonly total: Sql;
  /** About that number, at less cost. @param known NULL where it is not */
  estimate(known: Sql): Estimate;
  /** True where there are more matches than can be sorted, and none is given; undefined where that cannot be. */
  readonly isTooMany: Sql | undefined;
  /** Whether some matches were left out; undefined where that cannot be. */
  readonly cut?: Sql | undefined;
  /** Whether one plan serves all values: to find the matches of the page, and to count all. */
  readonly steady: { readonly page: boolean; readonly count: boolean };
}

/**
 * @param limit rows of `m` at most
 * @param isFree whether a search that asks for no order may have any
 */
export function planMatches(
  asked: Search,
  start: Start | undefined,
  limit: number,
  scope: Scope,
  isFree = false,
): MatchPlan {
  const { types, everything } = asked;
  const { conditions, filter } = filtersOf(asked, scope);
  const search = isFree && asked.sort.length === 0 ? { ...asked, sort: ownSort(conditions, types) } : asked;
  const order = orderOf(search.sort, types, { ...scope, score: scoreOf(search.criteria, 'o') });
  const rows = scope.among
    ? searchedRows(scope, types[0]!, 'o', scope.among)
    : currentRows(scope, types, 'o', 'row', everything);
  const type = types.length === 1 ? literal(scope.types.place(types[0]!).n) : undefined;
  const page: Page = { search, scope, start, limit: literal(limit), order, rows, filter, conditions, type };
  const found = all([rows.where, findable(conditions, type, rows), filter]);
  const usual = sql`(SELECT count(*) FROM ${rows.from} WHERE ${found})`;
  const ofKeys = type && countOfKeys({ search, conditions, rows, filter, type, usual }, scope);
  const isChained = order.keys.some(({ chained }) => chained);
  const most = literal(scope.chainedMax ?? CHAINED_MAX);
  const isTooMany = isChained ? sql`(SELECT count(*) > ${most} FROM c)` : undefined;
  const isScored = !isChained && search.sort.some(({ code }) => code === SCORE);
  const matches = isTooMany ? undefined : matchTables(page, isScored);
  const count = isSteadyCount({ types, conditions, driver: chooseDriver(conditions, type) }, scope);
  return {
    tables: matches?.tables ?? chainedTables(page, found, isTooMany!),
    steady: { page: matches?.isSteady ?? false, count },
    keys: order.keys,
    cut: isScored ? isBigger(scope) : undefined,
    total: ofKeys ?? usual,
    estimate: (known) => estimateOf(rows, found, filter, known, scope.countedMax),
    isTooMany,
  };
}

/**
 * The order of results of which none is asked: by the date, newest first, where that is the order in which an index finds
 * them. By their ids, all of them would have to be found before the first is known (0.2 s for a common code).
 */
function ownSort(conditions: readonly Condition[], [type, ...more]: readonly string[]): SortKey[] {
  if (type === undefined || more.length > 0) return [];
  if (!keyedOf(conditions) && !conditions.some(({ stretch }) => stretch?.column === 'dt')) return [];
  const dated = [...searchParameters(type).values()].find(
    ({ slots, custom }) => !custom && slots.length === 1 && slots[0]!.hot === 'dt' && slots[0]!.single,
  );
  return dated ? [{ code: dated.code, by: new Map([[type, dated]]), descending: true }] : [];
}

/** All matches, as far as they may be so many, and only then what they are sorted by. */
function chainedTables(page: Page, found: Sql, isTooMany: Sql): Sql[] {
  const { order, rows, start, limit, scope } = page;
  const keys = order.keys.map((key, index) => ({ ...key, value: sql`o.${keyName(index)}` }));
  const begin = start ? after({ ...order, keys }, start.position, start.backwards) : sql`true`;
  const sorted = orderBy(order, start?.backwards ?? false);
  return [
    sql`c AS MATERIALIZED (SELECT o.* FROM ${rows.from} WHERE ${found} LIMIT ${literal((scope.chainedMax ?? CHAINED_MAX) + 1)})`,
    sql`k AS MATERIALIZED (SELECT ${columns(order)} FROM c o WHERE NOT ${isTooMany})`,
    sql`m AS MATERIALIZED (SELECT o.*, row_number() OVER (ORDER BY ${sorted}) AS n FROM k o WHERE ${begin} ORDER BY ${sorted} LIMIT ${limit})`,
  ];
}

/** Types that share all conditions are judged together, others each by its own. */
function filtersOf(search: Search, scope: Scope): Pick<Page, 'conditions' | 'filter'> {
  const { criteria, compartment } = search;
  // What is contained says the same of containers of any type.
  const isContainer = !compartment && criteria.length > 0 && criteria.every(({ kind }) => kind === 'contains');
  const types = isContainer ? search.types.slice(0, 1) : search.types;
  const each = types.map((type) => ({ type, conditions: conditionsOf(criteria, compartment, type, 'o', scope) }));
  const groups = [...Map.groupBy(each, ({ conditions }) => identity(conditions)).values()];
  if (groups.length === 1) {
    const { conditions } = groups[0]![0]!;
    return { conditions, filter: all(conditions.map((condition) => condition.filter)) };
  }
  const cases = groups.map((group) => {
    const among = typeList(
      scope,
      group.map(({ type }) => type),
    );
    return sql`WHEN o.type IN (${among}) THEN ${all(group[0]!.conditions.map(({ filter }) => filter))}`;
  });
  const filter = sql`(CASE ${join(cases, sql` `)} ELSE false END)`;
  const driver = driverAcross(each, compartment, scope);
  return { conditions: driver ? [{ filter, driver }] : [], filter };
}

/** Conditions with the same text and values are the same. */
function identity(conditions: readonly Condition[]): string {
  const { text, values } = toStatement(all(conditions.map(({ filter }) => filter)));
  return `${text}\n${values.map((value) => (Array.isArray(value) ? value.join('\t') : String(value))).join('\n')}`;
}

function matchTables(page: Page, isScored: boolean): { readonly tables: Sql[]; readonly isSteady: boolean } {
  const { start, limit, type, conditions } = page;
  const order = orderBy(page.order, start?.backwards ?? false);
  const [key] = page.order.keys;
  const column = page.order.keys.length === 1 ? key!.column : undefined;
  const keyed = column === 'dt' && type !== undefined ? keyedOf(conditions) : undefined;
  const isIndexed = column !== undefined || page.order.keys.length === 0;
  const driver = chooseDriver(conditions, type, { column, keyed, isIndexed });
  const most = isIndexed && type !== undefined ? CANDIDATES_MAX : UNORDERED_MAX;
  const { tables, rows } = isScored
    ? scoredRows(page, driver, order)
    : driver
      ? drivenRows(page, { ...driver, most: driver.most ?? most }, order)
      : walk(page, sql`true`);
  const matches = sql`m AS MATERIALIZED (SELECT u.*, row_number() OVER (ORDER BY ${order}) AS n FROM (${rows}) u ORDER BY ${order} LIMIT ${limit})`;
  const steady = !isScored && isSteady({ types: page.search.types, conditions, driver, isIndexed }, page.scope);
  return { tables: [...tables, matches], isSteady: steady };
}

/** The candidates of the driver, or, where they are too many, the walk. */
function drivenRows(page: Page, driver: Driver, order: Sql): { tables: readonly Sql[]; rows: Sql } {
  const { rows, filter, start, limit, scope, type } = page;
  const { rank, where, rids, across, most } = driver;
  const cap = literal(candidatesMax(scope, most) + 1);
  const isBig = isBigger(scope, most);
  const tables = where
    ? [
        sql`c AS MATERIALIZED (SELECT o.* FROM ${rows.from} WHERE ${rows.where} AND ${drivenBy({ rank, where }, 'o', rows.typed)} LIMIT ${cap})`,
      ]
    : [sql`c AS MATERIALIZED (SELECT d.* FROM (${type === undefined ? across! : rids!}) d LIMIT ${cap})`];
  const from = where ? sql`c o` : rowsBy(page, sql`(SELECT DISTINCT * FROM c WHERE NOT ${isBig})`);
  const begin = start ? after(page.order, start.position, start.backwards) : sql`true`;
  const found = all([sql`NOT ${isBig}`, filter, begin]);
  const candidates = sql`(SELECT ${columns(page.order)} FROM ${from} WHERE ${found} ORDER BY ${order} LIMIT ${limit})`;
  const walked = walk(page, isBig);
  return { tables: [...tables, ...walked.tables], rows: sql`${candidates} UNION ALL (${walked.rows})` };
}

/**
 * The rows `o` that the caller may see whose type and rid, or rid alone where one type is searched, are in `keys`. Each is
 * fetched by its key, behind OFFSET 0: a planner that cannot tell how few keys there are would walk the order and look for
 * them (32 ms for 8 rows) or read whole tables, and over several types plan for all partitions.
 */
function rowsBy({ rows, type }: Page, keys: Sql): Sql {
  const typed = type === undefined ? sql`o.type = d.type` : rows.typed;
  const row = sql`SELECT o.* FROM ${rows.from} WHERE ${typed} AND o.rid = d.rid AND ${rows.where} OFFSET 0`;
  return sql`${keys} d CROSS JOIN LATERAL (${row}) o`;
}

/**
 * Matches ordered by how well they fit: the score is computed for each of them, so they are fetched up to the cap of
 * candidates, and whether there were more is told.
 */
function scoredRows(page: Page, driver: Driver | undefined, order: Sql): { tables: readonly Sql[]; rows: Sql } {
  const { rows, filter, start, limit, scope, type } = page;
  const { where, rids, across } = driver ?? {};
  const isFetched = driver !== undefined && !where;
  const from = isFetched ? rowsBy(page, sql`(${type === undefined ? across! : rids!})`) : rows.from;
  const seen = isFetched ? sql`true` : rows.where;
  const driven = driver && where ? drivenBy(driver, 'o', rows.typed) : sql`true`;
  const cap = literal(candidatesMax(scope) + 1);
  const table = sql`c AS MATERIALIZED (SELECT o.* FROM ${from} WHERE ${all([seen, driven, filter])} LIMIT ${cap})`;
  const begin = start ? after(page.order, start.position, start.backwards) : sql`true`;
  return {
    tables: [table],
    rows: sql`(SELECT ${columns(page.order)} FROM c o WHERE ${begin} ORDER BY ${order} LIMIT ${limit})`,
  };
}

function candidatesMax({ candidatesMax: most = Number.POSITIVE_INFINITY }: Scope, own = CANDIDATES_MAX): number {
  return Math.min(most, own);
}

/** Whether there are more candidates than are fetched. */
function isBigger(scope: Scope, own?: number): Sql {
  return sql`(SELECT count(*) > ${literal(candidatesMax(scope, own))} FROM c)`;
}
