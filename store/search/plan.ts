/** The tree of a search and the caller's access → one SQL statement. Pure. */

import type { Statement } from '../session.ts';
import { list, literal, name, type Sql, sql, toStatement } from '../sql.ts';
import { containedVersions } from './plan/contained.ts';
import { includedTypes, planIncludes } from './plan/includes.ts';
import { CHAINED_MAX, type MatchPlan, planMatches } from './plan/matches.ts';
import { keyName, type OrderKey, type Start } from './plan/order.ts';
import { type Scope, typeList } from './plan/scope.ts';
import { scoreOf } from './text.ts';
import type { Search } from './tree.ts';

export type { Position, Start } from './plan/order.ts';
export type { Hasher, Scope } from './plan/scope.ts';

/** What a row of the statement is; the first of its columns. */
export const ROW = {
  match: 'm',
  included: 'i',
  more: '+',
  total: 't',
  estimate: 'e',
  tooMany: '!',
  score: 's',
  cut: 'c',
} as const;

export { CHAINED_MAX };

/** A statement, and whether Postgres need not plan it anew for other values. */
export interface Planned extends Statement {
  readonly isSteady: boolean;
}

/** Resources that are included with one page. */
export const INCLUDED_MAX = 1000;

/**
 * The statement of one page: one trip, whatever is included. Columns: what the row is (ROW), its place on the page, type,
 * id, version, time, method, meta, resource, and for the first and last match the sort keys as a JSON array of texts.
 * @param wantsTotal whether the number of all matches is counted too
 */
export function planSearch(search: Search, start: Start | undefined, wantsTotal: boolean, asked: Scope): Planned {
  const { count } = search;
  const scope = search.among ? { ...asked, among: search.among } : asked;
  const plan = planMatches(search, start, count + 1, scope, true);
  const { tables, keys, isTooMany, cut } = plan;
  const counted = wantsTotal ? totalOf(plan, search, start) : undefined;
  const isCountSteady = !counted || (plan.steady.count && !counted.table);
  if (count === 0 && counted) {
    const statement = toStatement(counted.table ? sql`WITH ${counted.table} ${counted.row}` : counted.row);
    return { ...statement, isSteady: isCountSteady };
  }
  const hasIncludes = search.includes.length > 0;
  const with_ = [
    ...tables,
    sql`p AS MATERIALIZED (SELECT * FROM m WHERE n <= ${literal(count)})`,
    ...(hasIncludes ? planIncludes(search, INCLUDED_MAX, scope) : []),
    ...(counted?.table ? [counted.table] : []),
  ];
  const selects = [
    matchRows(search, keys, scope),
    ...(hasIncludes ? [includedRows(search, scope)] : []),
    ...scoreRows(search),
    ...(cut ? [sql`SELECT 'c', NULL, ${NOTHING} WHERE ${cut}`] : []),
    sql`SELECT '+', n::text, ${NOTHING} FROM m WHERE n > ${literal(count)}`,
    ...(isTooMany ? [sql`SELECT '!', NULL, ${NOTHING} WHERE ${isTooMany}`] : []),
    ...(counted ? [counted.row] : []),
  ];
  const body = selects.reduce((all, one) => sql`${all} UNION ALL ${one}`);
  return { ...toStatement(sql`WITH ${list(with_)} ${body}`), isSteady: plan.steady.page && isCountSteady };
}

/**
 * The statement of a conditional interaction: current versions that match, in the order of their ids.
 * @param columns what is told of each, of alias `v`
 */
export function planConditional(search: Search, limit: number, columns: Sql, scope: Scope): Statement {
  const { tables } = planMatches({ ...search, sort: [] }, undefined, limit, scope);
  const { partition, n } = scope.types.place(search.types[0]!);
  return toStatement(sql`WITH ${list(tables)} SELECT v.id, ${columns} FROM m
    JOIN ${name(`ver_${partition}`)} v ON v.type = ${literal(n)} AND v.id = m.id AND v.ver = m.ver ORDER BY m.n`);
}

const NOTHING = sql`NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL`;

/** The row that tells the number of all matches. On a first page that is whole it is that of its rows. */
function totalOf(
  { total, estimate }: MatchPlan,
  { count, total: wanted }: Search,
  start: Start | undefined,
): { readonly table?: Sql; readonly row: Sql } {
  const isFirst = start === undefined && count > 0;
  const known = isFirst
    ? sql`(SELECT CASE WHEN count(*) <= ${literal(count)} THEN count(*) END FROM m)`
    : sql`NULL::int8`;
  if (wanted !== 'estimate') {
    return { row: sql`SELECT 't', (${isFirst ? sql`coalesce(${known}, ${total})` : total})::text, ${NOTHING}` };
  }
  const { table, isEstimated, number } = estimate(known);
  return { table, row: sql`SELECT CASE WHEN ${isEstimated} THEN 'e' ELSE 't' END, (${number})::text, ${NOTHING}` };
}

function matchRows(search: Search, keys: readonly OrderKey[], scope: Scope): Sql {
  const texts = keys.map((_, index) => sql`p.${keyName(index)}::text`);
  const one = search.types.length === 1 ? scope.types.place(search.types[0]!) : undefined;
  const from = one ? name(`ver_${one.partition}`) : sql`ver`;
  const type = one ? literal(one.n) : sql`p.type`;
  // Only the ends of a page are where another may begin.
  const isEnd = sql`p.n = 1 OR p.n = (SELECT max(n) FROM p)`;
  const ends = sql`CASE WHEN ${isEnd} THEN json_build_array(${list(texts)})::text END`;
  if (search.among) {
    const told = containedVersions(type, search.among);
    return sql`SELECT 'm', p.n::text, ${told.columns}, ${ends} FROM ${told.from}`;
  }
  return sql`SELECT 'm', p.n::text, ${VERSION}, ${ends} FROM p JOIN ${from} v ON v.type = ${type} AND v.id = p.id AND v.ver = p.ver`;
}

/** Place on the page and score of each match, where words are asked for. */
function scoreRows({ criteria }: Search): Sql[] {
  const score = scoreOf(criteria, 'p');
  return score ? [sql`SELECT 's', p.n::text, (${score})::text, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM p`] : [];
}

function includedRows({ includes }: Search, scope: Scope): Sql {
  const types = includedTypes(includes);
  // Named, so that not all partitions are planned for: a millisecond.
  const among = types ? sql`v.type IN (${typeList(scope, types)}) AND ` : sql``;
  return sql`SELECT 'i', NULL, ${VERSION}, NULL FROM i JOIN ver v ON ${among}v.type = i.type AND v.id = i.id AND v.ver = i.ver`;
}

const VERSION = sql`v.type::text, v.id, v.ver::text, v.last_updated::text, v.method::text, v.meta, v.resource::text`;
