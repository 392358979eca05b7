/** The tree of a search → conditions in SQL, for one type and alias. */
import { compartmentDefinitions, Fault, type SearchParameter, searchParameters } from '../../../resources/index.ts';
import { all, any, join, literal, name, type Sql, sql } from '../../sql.ts';
import { isDefinition, mayBeCanonical } from '../canonical.ts';
import { anyOf } from '../combine.ts';
import { comparedCondition } from '../compare.ts';
import { type Condition, type Hot, type PlanContext, RANK } from '../condition.ts';
import { unescaped } from '../escape.ts';
import { faultAt } from '../filter.ts';
import { FLAG } from '../index-values.ts';
import { kinds } from '../kinds.ts';
import { isText, whereText } from '../text.ts';
import type { Compartment, Criterion } from '../tree.ts';
import { isNamed, namesOf } from './canonical.ts';
import { asideCondition, asideHolders, asideMissing, referencesOf } from './custom.ts';
import { chooseDriver, drivenBy } from './driver.ts';
import { listCondition } from './members.ts';
import { contextFor, currentRows, type Scope } from './scope.ts';

/** Every condition on the rows of `alias`; all must hold. */
export function conditionsOf(
  criteria: readonly Criterion[],
  compartment: Compartment | undefined,
  type: string,
  alias: string,
  scope: Scope,
): Condition[] {
  const conditions = criteria.flatMap(parts).map((criterion) => conditionOf(criterion, type, alias, scope));
  return compartment ? [...conditions, inCompartment(compartment, type, alias, scope)] : conditions;
}

/** A reference token is the target's rid, turned by a key of its slot: turned again, it is the rid. */
export function slotKeys({ slots }: SearchParameter, { hasher }: Scope): bigint[] {
  return [...new Set(slots.map((slot) => hasher.hash(`ref|${slot.name}`)))];
}

/** What stands between the `and`s of a filter drives and filters as if it had been given one by one. */
function parts(criterion: Criterion): readonly Criterion[] {
  return criterion.kind === 'and' ? criterion.of.flatMap(parts) : [criterion];
}

function conditionOf(criterion: Criterion, type: string, alias: string, scope: Scope): Condition {
  switch (criterion.kind) {
    case 'values':
    case 'compared':
      return told(criterion.place, () => valuesCondition(criterion, type, alias, scope));
    case 'and':
      return bothCondition(criterion.of, type, alias, scope);
    case 'or':
      return eitherCondition(criterion.of, type, alias, scope);
    case 'not':
      return { filter: sql`(${conditionOf(criterion.of, type, alias, scope).filter} IS NOT TRUE)` };
    case 'list':
      return listCondition(criterion.ids, alias, scope);
    case 'missing':
      return missingCondition(criterion.by.get(type)!, criterion.missing, type, alias, scope);
    case 'chain':
      return chainCondition(criterion.by.get(type)!, criterion.targets, alias, scope);
    case 'has':
      return hasCondition(criterion, alias, scope);
  }
}

/** A value that turns out to be none is told with its place. */
function told(place: string | undefined, work: () => Condition): Condition {
  if (place === undefined) return work();
  try {
    return work();
  } catch (error) {
    throw error instanceof Fault ? faultAt(place, error) : error;
  }
}

function valuesCondition(
  criterion: Extract<Criterion, { kind: 'values' | 'compared' }>,
  type: string,
  alias: string,
  scope: Scope,
): Condition {
  const parameter = criterion.by.get(type)!;
  const context = contextFor(scope, type, alias);
  if (criterion.kind === 'values' && criterion.code === '_id') return idCondition(criterion.values, alias);
  if (criterion.kind === 'values' && isText(criterion.code))
    return whereText(criterion.code, criterion.values, context);
  const make = (own: PlanContext): Condition =>
    criterion.kind === 'compared'
      ? comparedCondition(parameter, criterion.operator, criterion.value, own)
      : kinds[parameter.type].where(parameter, criterion.values, criterion.modifier, own);
  return parameter.custom ? asideCondition(parameter, context, make) : make(context);
}

function bothCondition(criteria: readonly Criterion[], type: string, alias: string, scope: Scope): Condition {
  const conditions = criteria.flatMap(parts).map((one) => conditionOf(one, type, alias, scope));
  const driver = chooseDriver(conditions, literal(scope.types.place(type).n));
  return { filter: all(conditions.map(({ filter }) => filter)), ...(driver && { driver }) };
}

/** Dates on a column have no driver of their own, but each branch stands alone here. */
function eitherCondition(criteria: readonly Criterion[], type: string, alias: string, scope: Scope): Condition {
  const context = contextFor(scope, type, alias);
  const branches = criteria.map((one) => {
    const condition = conditionOf(one, type, alias, scope);
    const driver = chooseDriver([condition], literal(context.typeNumber));
    return { filter: condition.filter, ...(driver && { driver }) };
  });
  return anyOf(branches, context);
}

function idCondition(values: readonly string[], alias: string): Condition {
  const is = sql`${name(`${alias}.id`)} = any(${values.map(unescaped)}::text[])`;
  return { filter: sql`(${is})`, driver: { rank: RANK.key, where: is } };
}

/** The set of slots that have a value is one token of the resource, and a small table lists the sets. */
function missingCondition(
  parameter: SearchParameter,
  missing: boolean,
  type: string,
  alias: string,
  scope: Scope,
): Condition {
  const { slots, custom } = parameter;
  if (custom) return asideMissing(parameter, missing, alias);
  // `_id` and `_lastUpdated` are always there.
  if (slots.length === 0) return { filter: missing ? sql`false` : sql`true` };
  const number = literal(scope.types.place(type).n);
  const having = sql`SELECT s.sig FROM sig s WHERE s.type = ${number} AND s.slots && ${slots.map(({ k }) => k)}::int[]`;
  const has = sql`(${name(`${alias}.sig`)} = any(array(${having})))`;
  return { filter: missing ? sql`(NOT ${has})` : has };
}

/** Resources in a compartment: those that refer to its resource by one of the parameters that R4 lists, and itself. */
function inCompartment({ type: owner, id }: Compartment, type: string, alias: string, scope: Scope): Condition {
  const context = contextFor(scope, type, alias);
  const codes = (compartmentDefinitions()[owner]![type] ?? []).filter((code) => code !== '{def}');
  const conditions = codes.map((code) => {
    const parameter = searchParameters(type).get(code)!;
    return kinds.reference.where(parameter, [`${owner}/${id}`], undefined, context);
  });
  return anyOf(type === owner ? [idCondition([id], alias), ...conditions] : conditions, context);
}

/** Rows of the type that hold the criterion, as a SELECT of `rid`: the inner side of a chain. */
function innerRids(criterion: Criterion, type: string, alias: string, scope: Scope, columns: Sql, more: Sql): Sql {
  const { filter, driver, hot } = conditionOf(criterion, type, alias, scope);
  const { from, where, typed } = currentRows(scope, [type], alias, 'row');
  if (hot?.column === 'code1') {
    // Rows come as they are found, so that who needs no more than some thousand can stop.
    const row = sql`SELECT ${name(alias)}.* FROM ${from} WHERE ${typed} AND ${name(`${alias}.rid`)} = x.rid OFFSET 0`;
    const isOther = sql`(${firstIn(hot, alias)}) IS NOT TRUE`;
    const second = sql`x_tok x CROSS JOIN LATERAL (${row}) ${name(alias)}${more} WHERE x.k = ${literal(hot.k!)} AND x.c = any(${hot.values}::int8[]) AND ${isOther}`;
    return sql`(SELECT ${columns} FROM ${from}${more} WHERE ${where} AND ${firstIn(hot, alias)} AND ${filter})
      UNION ALL (SELECT ${columns} FROM ${second} AND ${where} AND ${filter})`;
  }
  const driven = driver ? drivenBy(driver, alias, typed) : sql`true`;
  // OFFSET 0 keeps the planner from turning the whole into a join that it estimates wrongly (40 ms against 1.9).
  return sql`SELECT ${columns} FROM ${from}${more} WHERE ${where} AND ${driven} AND ${filter} OFFSET 0`;
}

/** Whether the first coding of a row is one of those asked for. */
function firstIn({ values }: Hot, alias: string): Sql {
  return sql`${name(`${alias}.code1`)} = any(${values}::int8[])`;
}

function deeper(alias: string): string {
  return `${alias}_`;
}

function chainCondition(
  parameter: SearchParameter,
  targets: ReadonlyMap<string, Criterion>,
  alias: string,
  scope: Scope,
): Condition {
  const inner = deeper(alias);
  const ridsOf = ([target, criterion]: readonly [string, Criterion]): Sql => {
    if (!mayBeCanonical(parameter) || !isDefinition(target))
      return innerRids(criterion, target, inner, scope, name(`${inner}.rid`), sql``);
    const names = sql` CROSS JOIN LATERAL (${namesOf(inner, scope)}) named`;
    return innerRids(criterion, target, inner, scope, name('named.rid'), names);
  };
  const rids = join(
    [...targets].map((one) => sql`(${ridsOf(one)})`),
    sql` UNION ALL `,
  );
  const one = parameter.slots.length === 1 ? parameter.slots[0]! : undefined;
  if (one?.hot === 'subj') {
    const subj = name(`${alias}.subj`);
    return {
      filter: sql`((${subj} IN (${rids})) IS TRUE)`,
      driver: { rank: RANK.token, where: sql`${subj} = any(array(${rids}))`, most: HOLDERS_MAX },
    };
  }
  const keys = slotKeys(parameter, scope);
  const reached = any(keys.map((key) => sql`(t # ${key}::int8) IN (${rids})`));
  const tokens = join(
    keys.map((key) => sql`SELECT q.rid # ${key}::int8 FROM (${rids}) q`),
    sql` UNION ALL `,
  );
  return {
    filter: sql`((SELECT true FROM unnest(${referencesOf(parameter, alias)}) t WHERE ${reached} LIMIT 1) IS TRUE)`,
    driver: parameter.custom
      ? { rank: RANK.string, rids: asideHolders(parameter, sql`array(${tokens})`) }
      : { rank: RANK.token, where: sql`${name(`${alias}.h`)} && array(${tokens})` },
  };
}

/** Resources that are referred to, after which one by one is asked whether it is: a page is full the sooner the more there are. */
const HOLDERS_MAX = 2000;

/** Whether there is a resource that refers to the row and holds the criterion: by its code first, where one is asked for. */
function hasOne(inner: Criterion, source: string, below: string, scope: Scope, refers: Sql): Sql {
  const { filter, hot } = conditionOf(inner, source, below, scope);
  const { from, where } = currentRows(scope, [source], below, 'row');
  const probe = (more: Sql) =>
    sql`(SELECT true FROM ${from} WHERE ${refers} AND ${more}${where} AND ${filter} LIMIT 1)`;
  if (hot?.column !== 'code1') return sql`(${probe(sql``)} IS TRUE)`;
  const hasMore = sql`${name(`${below}.fl`)} & ${literal(FLAG.codeMore)} <> 0`;
  return sql`(coalesce(${probe(sql`${firstIn(hot, below)} AND `)}, ${probe(sql`${hasMore} AND `)}) IS TRUE)`;
}

function hasCondition(
  { source, parameter, inner }: Extract<Criterion, { kind: 'has' }>,
  alias: string,
  scope: Scope,
): Condition {
  const below = deeper(alias);
  const one = parameter.slots.length === 1 ? parameter.slots[0]! : undefined;
  if (one?.hot === 'subj') {
    const refers = sql`${name(`${below}.subj`)} = ${name(`${alias}.rid`)}`;
    const rids = innerRids(inner, source, below, scope, sql`${name(`${below}.subj`)} AS rid`, sql``);
    const filter = hasOne(inner, source, below, scope, refers);
    return { filter, driver: { rank: RANK.string, rids, most: HOLDERS_MAX } };
  }
  const each = sql` CROSS JOIN LATERAL unnest(${referencesOf(parameter, below)}) t`;
  const keys = slotKeys(parameter, scope).map((key) =>
    innerRids(inner, source, below, scope, sql`t # ${key}::int8 AS rid`, each),
  );
  const rids = join(
    keys.map((key) => sql`(${key})`),
    sql` UNION ALL `,
  );
  const isIt = sql`${name(`${alias}.rid`)} IN (${rids})`;
  if (mayBeCanonical(parameter)) return { filter: sql`((${isIt} OR ${isNamed(alias, rids, scope)}) IS TRUE)` };
  return { filter: sql`((${isIt}) IS TRUE)`, driver: { rank: RANK.string, rids } };
}
