/** The tree of a search → conditions in SQL, for one type and alias. */
import { compartmentDefinitions, Fault, type SearchParameter, searchParameters } from '../../../resources/index.ts';
import { all, any, join, literal, name, type Sql, sql } from '../../sql.ts';
import { isDefinition, mayBeCanonical } from '../canonical.ts';
import { anyOf } from '../combine.ts';
import { comparedCondition } from '../compare.ts';
import { type Condition, type PlanContext, RANK } from '../condition.ts';
import { unescaped } from '../escape.ts';
import { faultAt } from '../filter.ts';
import { kinds } from '../kinds.ts';
import { isText, whereText } from '../text.ts';
import type { Compartment, Criterion } from '../tree.ts';
import { isNamed, namesOf } from './canonical.ts';
import { containerCondition, reachedRows, withoutStretch } from './contained.ts';
import { asideCondition, asideHolders, asideMissing, referencesOf } from './custom.ts';
import { chooseDriver, drivenBy } from './driver.ts';
import { hasOne, scanning, scanningInside, selected } from './inner.ts';
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
  const conditions = criteria.flatMap(parts).map((one) => settled(conditionOf(one, type, alias, scope), scope));
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
  const condition = byItself(criterion, type, alias, scope);
  if (scope.among === undefined) return condition;
  const driven = withoutStretch(condition, literal(scope.types.place(type).n), scope.among);
  return condition.hot ? { ...driven, hot: condition.hot } : driven;
}

/** Among contained resources, columns that stand together in an index do not. */
function settled({ hot, ...condition }: Condition, { among }: Scope): Condition {
  return among === undefined && hot ? { ...condition, hot } : condition;
}

function byItself(criterion: Criterion, type: string, alias: string, scope: Scope): Condition {
  switch (criterion.kind) {
    case 'values':
    case 'compared':
      return told(criterion.place, () => valuesCondition(criterion, type, alias, scope));
    case 'and':
      return bothCondition(criterion.of, type, alias, scope);
    case 'or':
      return eitherCondition(criterion.of, type, alias, scope);
    case 'not': {
      const inner = conditionOf(criterion.of, type, alias, scope);
      return { filter: sql`(${inner.filter} IS NOT TRUE)`, ...scanning([inner]) };
    }
    case 'contains':
      return containsCondition(criterion, alias, scope);
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
  if (criterion.kind === 'values' && criterion.code === '_id') return idCondition(criterion.values, alias, scope);
  if (criterion.kind === 'values' && isText(criterion.code))
    return whereText(criterion.code, criterion.values, context);
  const make = (own: PlanContext): Condition =>
    criterion.kind === 'compared'
      ? comparedCondition(parameter, criterion.operator, criterion.value, own)
      : kinds[parameter.type].where(parameter, criterion.values, criterion.modifier, own);
  return parameter.custom ? asideCondition(parameter, context, make) : make(context);
}

function bothCondition(criteria: readonly Criterion[], type: string, alias: string, scope: Scope): Condition {
  const conditions = criteria.flatMap(parts).map((one) => settled(conditionOf(one, type, alias, scope), scope));
  const driver = chooseDriver(conditions, literal(scope.types.place(type).n));
  return { filter: all(conditions.map(({ filter }) => filter)), ...(driver && { driver }), ...scanning(conditions) };
}

/** Dates on a column have no driver of their own, but each branch stands alone here. */
function eitherCondition(criteria: readonly Criterion[], type: string, alias: string, scope: Scope): Condition {
  const context = contextFor(scope, type, alias);
  const branches = criteria.map((one) => {
    const condition = conditionOf(one, type, alias, scope);
    const driver = chooseDriver([condition], literal(context.typeNumber));
    return { filter: condition.filter, ...(driver && { driver }), ...scanning([condition]) };
  });
  return { ...anyOf(branches, context), ...scanning(branches) };
}

/** A contained resource is asked for by its id within its container. */
function idCondition(values: readonly string[], alias: string, { among }: Scope): Condition {
  const is = sql`${name(`${alias}.${among === undefined ? 'id' : 'local'}`)} = any(${values.map(unescaped)}::text[])`;
  return { filter: sql`(${is})`, driver: { rank: RANK.key, where: is } };
}

function containsCondition(
  { type, own, of }: Extract<Criterion, { kind: 'contains' }>,
  alias: string,
  scope: Scope,
): Condition {
  const inner = deeper(alias);
  const { filter, driver } = bothCondition(of, type, inner, { ...scope, among: 'contained' });
  const driven = driver ? drivenBy(driver, inner, sql`true`) : sql`true`;
  const rank = driver?.rank ?? RANK.openRange;
  const inside = { alias: inner, filter, driven };
  const { n } = scope.types.place(type);
  if (!own) return containerCondition({ n, inside, own: undefined, rank }, alias);
  const found = bothCondition(of, type, inner, scope);
  const rids = selected(inner, currentRows(scope, [type], inner, 'row'), found, name(`${inner}.rid`));
  const itself = { filter: bothCondition(of, type, alias, scope).filter, rids };
  return containerCondition(
    { n, inside, own: itself, rank: Math.max(rank, found.driver?.rank ?? RANK.openRange) },
    alias,
  );
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
  return anyOf(type === owner ? [idCondition([id], alias, scope), ...conditions] : conditions, context);
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
  // A reference may lead to what the resource itself contains. https://hl7.org/fhir/R4/search.html#contained
  const both: Scope = { ...scope, among: 'both' };
  const insides = [...targets].map(([target, criterion]) => conditionOf(criterion, target, inner, both));
  const ridsOf = ([target, criterion]: readonly [string, Criterion], nth: number): Sql => {
    const condition = insides[nth]!;
    const byRid = selected(inner, reachedRows(scope, target, inner), condition, name(`${inner}.rid`));
    if (!mayBeCanonical(parameter) || !isDefinition(target)) return byRid;
    // An address is never that of a part of another resource.
    const own = conditionOf(criterion, target, inner, { ...scope, among: undefined });
    const names = sql` CROSS JOIN LATERAL (${namesOf(inner, scope)}) named`;
    const byName = selected(inner, currentRows(scope, [target], inner, 'row'), own, name('named.rid'), names);
    return sql`(${byRid}) UNION ALL (${byName})`;
  };
  const rids = join(
    [...targets].map((one, nth) => sql`(${ridsOf(one, nth)})`),
    sql` UNION ALL `,
  );
  const one = parameter.slots.length === 1 ? parameter.slots[0]! : undefined;
  if (one?.hot === 'subj') {
    const subj = name(`${alias}.subj`);
    return {
      filter: sql`((${subj} IN (${rids})) IS TRUE)`,
      driver: { rank: RANK.token, where: sql`${subj} = any(array(${rids}))`, most: HOLDERS_MAX },
      ...scanningInside(insides),
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
    ...scanningInside(insides),
  };
}

/** Resources that are referred to, after which one by one is asked whether it is: a page is full the sooner the more there are. */
const HOLDERS_MAX = 2000;

function hasCondition(
  { source, parameter, inner }: Extract<Criterion, { kind: 'has' }>,
  alias: string,
  scope: Scope,
): Condition {
  const below = deeper(alias);
  // What is contained belongs to its container alone, and counts for nothing else that it refers to.
  const condition = conditionOf(inner, source, below, { ...scope, among: undefined });
  const rows = currentRows(scope, [source], below, 'row');
  const one = parameter.slots.length === 1 ? parameter.slots[0]! : undefined;
  if (one?.hot === 'subj') {
    const refers = sql`${name(`${below}.subj`)} = ${name(`${alias}.rid`)}`;
    const rids = selected(below, rows, condition, sql`${name(`${below}.subj`)} AS rid`);
    const driver = { rank: RANK.string, rids, most: HOLDERS_MAX };
    return { filter: hasOne(condition, rows, below, refers), driver, ...scanningInside([condition]) };
  }
  const each = sql` CROSS JOIN LATERAL unnest(${referencesOf(parameter, below)}) referred(token)`;
  const keys = slotKeys(parameter, scope).map((key) =>
    selected(below, rows, condition, sql`referred.token # ${key}::int8 AS rid`, each),
  );
  const rids = join(
    keys.map((key) => sql`(${key})`),
    sql` UNION ALL `,
  );
  const isIt = sql`${name(`${alias}.rid`)} IN (${rids})`;
  const scans = scanningInside([condition]);
  if (mayBeCanonical(parameter))
    return { filter: sql`((${isIt} OR ${isNamed(alias, rids, scope)}) IS TRUE)`, ...scans };
  return { filter: sql`((${isIt}) IS TRUE)`, driver: { rank: RANK.string, rids }, ...scans };
}
