/**
 * Searches by parameters of users, whose values stand in side rows only. A condition is made by the same code as for R4's
 * own parameters: it is given a row that looks like one of `res`, put together from the side rows.
 */
import type { SearchParameter } from '../../../resources/index.ts';
import { all, any, literal, name, type Sql, sql } from '../../sql.ts';
import { textTag } from '../coding.ts';
import type { Condition, PlanContext } from '../condition.ts';

/** Makes a condition for a custom parameter of the row `context.alias`. */
export function asideCondition(
  parameter: SearchParameter,
  context: PlanContext,
  make: (context: PlanContext) => Condition,
): Condition {
  const { k } = parameter.custom!;
  const alias = `${context.alias}z`;
  const { filter, driver } = make({ ...context, alias, aside: { k } });
  const test = sql`((SELECT ${filter} FROM (${standIn(parameter, context.alias)}) ${name(alias)}) IS TRUE)`;
  // An index of `res` knows nothing of the row that stands in.
  const usable = driver?.rids
    ? { driver: { rank: driver.rank, rids: sql`SELECT q.rid FROM (${driver.rids}) q WHERE ${isWhole(k)}` } }
    : {};
  return { filter: all([isWhole(k), test]), ...usable };
}

/** Whether the row has a value at all. */
export function asideMissing(parameter: SearchParameter, missing: boolean, alias: string): Condition {
  const { k } = parameter.custom!;
  const rid = name(`${alias}.rid`);
  const tables = TABLES[parameter.type as keyof typeof TABLES];
  const has = any(
    tables.map(
      (table) =>
        sql`((SELECT true FROM ${name(table)} x WHERE x.rid = ${rid} AND x.k = ${literal(k)} LIMIT 1) IS TRUE)`,
    ),
  );
  return { filter: all([isWhole(k), missing ? sql`(NOT ${has})` : has]) };
}

/** Ends the statement unless every resource is indexed by the parameter: what this process knows may be out of date. */
export function isWhole(k: number): Sql {
  return sql`(SELECT require_param(${literal(k)}))`;
}

/** The tokens of a row, as an array. */
export function tokensOf(parameter: SearchParameter, alias: string): Sql {
  return parameter.custom ? sql`array(${asideTokens(parameter, alias)})` : name(`${alias}.h`);
}

/** Those of its tokens among which the references of a parameter are, as an array. */
export function referencesOf(parameter: SearchParameter | undefined, alias: string): Sql {
  return parameter?.custom ? tokensOf(parameter, alias) : sql`${name(`${alias}.h`)}[1:${name(`${alias}.nr`)}]`;
}

/** Rows that hold one of these tokens, as a SELECT of `rid`. @param tokens an array as SQL */
export function asideHolders({ custom }: SearchParameter, tokens: Sql): Sql {
  const k = literal(custom!.k);
  return sql`SELECT x.rid FROM x_tok x WHERE x.k = ${k} AND x.c = any(${tokens}) AND ${isWhole(custom!.k)}`;
}

/** The tokens of a row, as a SELECT of one column `c`. */
function asideTokens({ custom }: SearchParameter, alias: string): Sql {
  return sql`SELECT x.c FROM x_tok x WHERE x.rid = ${name(`${alias}.rid`)} AND x.k = ${literal(custom!.k)} AND ${isWhole(custom!.k)}`;
}

/** Where values of each kind stand; `x_tok` also says that there is one which leaves nothing to be found by. */
const TABLES = {
  token: ['x_tok', 'x_id', 'x_str'],
  reference: ['x_tok', 'x_id'],
  uri: ['x_tok'],
  string: ['x_str', 'x_tok'],
  date: ['x_date', 'x_tok'],
  number: ['x_num', 'x_tok'],
  quantity: ['x_num', 'x_tok'],
} as const;

/** What conditions look at in a row of `res`, from the side rows of one parameter. */
function standIn({ type, slots: [slot], custom }: SearchParameter, alias: string): Sql {
  const k = literal(custom!.k);
  const rid = name(`${alias}.rid`);
  const tag = `^${type === 'string' ? slot!.tag! : textTag(slot!)}:`;
  const text = (value: Sql) =>
    sql`(SELECT ${tag}::text || string_agg(${value}, ${tag}::text) || '^' FROM x_str x WHERE x.rid = ${rid} AND x.k = ${k})`;
  return sql`SELECT ${rid} AS rid, array(SELECT x.c FROM x_tok x WHERE x.rid = ${rid} AND x.k = ${k}) AS h,
    ${text(sql`x.v`)} AS str, ${text(sql`coalesce(x.raw, x.v)`)} AS raw`;
}
