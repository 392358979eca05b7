/** What a search parameter sorts by: one value of each row, in SQL. https://hl7.org/fhir/R4/search.html#sort */
import type { SearchParameter, Slot } from '../../../resources/index.ts';
import { any, join, literal, name, type Sql, sql } from '../../sql.ts';
import { FLAG } from '../index-values.ts';
import { type Column, inSlots, standsAside } from '../places.ts';
import { SCORE } from '../text.ts';
import { slotKeys } from './conditions.ts';
import { isWhole, referencesOf, tokensOf } from './custom.ts';
import { type Scope, typeList } from './scope.ts';

/** The value of one parameter, as an expression over a row. */
export interface SortValue {
  readonly value: Sql;
  /** Postgres' type, for values that come back in a continuation. */
  readonly as: 'text' | 'numeric' | 'timestamptz';
  /** The column whose index has this order, when the key is no more than that column. */
  readonly column: 'dt' | 'dt2' | 'dt3' | 's1' | 'lu' | undefined;
  /** Whether every row has a value. */
  readonly always: boolean;
}

/**
 * What a parameter sorts the rows of a type by: of several values the lowest, for descending order the highest.
 * @param alias of the row
 */
export function sortValue(
  parameter: SearchParameter,
  descending: boolean,
  type: string,
  scope: Scope,
  alias = 'o',
): SortValue {
  const { code, slots } = parameter;
  if (code === '_id') return { value: name(`${alias}.id`), as: 'text', column: undefined, always: true };
  if (code === '_lastUpdated') return { value: name(`${alias}.lu`), as: 'timestamptz', column: 'lu', always: true };
  if (code === SCORE) return { value: scope.score!, as: 'numeric', column: undefined, always: true };
  if (parameter.custom) {
    const { value, as } = kindValue(parameter, descending, type, scope, alias, undefined);
    const whole = sql`(CASE WHEN ${isWhole(parameter.custom.k)} THEN ${value} END)`;
    return { value: whole, as, column: undefined, always: false };
  }
  const column = slots.length === 1 ? slots[0]!.hot : undefined;
  const isPlain = column !== undefined && (!descending || slots[0]!.single);
  const index = isPlain && column !== 'num' && column !== 'subj' && column !== 'code1' ? column : undefined;
  return kindValue(parameter, descending, type, scope, alias, index);
}

function kindValue(
  parameter: SearchParameter,
  descending: boolean,
  type: string,
  scope: Scope,
  alias: string,
  index: SortValue['column'],
): SortValue {
  switch (parameter.type) {
    case 'date':
      return { value: dateKey(parameter, descending, alias), as: 'timestamptz', column: index, always: false };
    case 'number':
    case 'quantity':
      return { value: numberKey(parameter, descending, alias), as: 'numeric', column: undefined, always: false };
    case 'string':
      return { value: stringKey(parameter, descending, alias), as: 'text', column: index, always: false };
    case 'reference':
      return {
        value: referenceKey(parameter, descending, type, scope, alias),
        as: 'text',
        column: undefined,
        always: false,
      };
    default:
      return {
        value: codeKey(parameter, descending, type, scope, alias),
        as: 'text',
        column: undefined,
        always: false,
      };
  }
}

/** The lowest of several values for ascending order, the highest for descending. */
function extreme(descending: boolean): Sql {
  return descending ? sql`max` : sql`min`;
}

/** From the column, from side rows, or from both: whichever a row's values stand in. */
function fromSides(
  { slots }: SearchParameter,
  columns: readonly Column[],
  sides: Sql,
  descending: boolean,
  alias: string,
): Sql {
  const inColumn = (column: Column) => name(`${alias}.${column}`);
  const hot = columns.find((column) => slots.some((slot) => slot.hot === column));
  if (hot === undefined) return sides;
  if (slots.length === 1 && slots[0]!.single) return inColumn(hot);
  if (slots.length === 1) return sql`(CASE WHEN ${standsAside(alias, hot)} THEN ${sides} ELSE ${inColumn(hot)} END)`;
  return sql`${descending ? sql`greatest` : sql`least`}(CASE WHEN NOT ${standsAside(alias, hot)} THEN ${inColumn(hot)} END, ${sides})`;
}

/** A range is sorted by its start. */
function dateKey(parameter: SearchParameter, descending: boolean, alias: string): Sql {
  const rows = sql`(SELECT ${extreme(descending)}(x.lo) FROM x_date x WHERE x.rid = ${name(`${alias}.rid`)} AND ${inSlots('x.k', ks(parameter))})`;
  const { slots } = parameter;
  // The column holds the lowest start of several too.
  if (!descending && slots.length === 1 && slots[0]!.hot) return name(`${alias}.${slots[0]!.hot}`);
  return fromSides(parameter, ['dt', 'dt2', 'dt3'], rows, descending, alias);
}

/** In the canonical unit, so that grams and milligrams are in one order. */
function numberKey(parameter: SearchParameter, descending: boolean, alias: string): Sql {
  const value = descending ? sql`chi` : sql`clo`;
  const rows = sql`(SELECT ${extreme(descending)}(x.${value}) FROM x_num x WHERE x.rid = ${name(`${alias}.rid`)} AND ${inSlots('x.k', ks(parameter))})`;
  const canonical = parameter.type === 'quantity' ? name(`${alias}.num_c`) : name(`${alias}.num`);
  if (!parameter.slots.some(({ hot }) => hot === 'num')) return rows;
  // A range or a value with a comparator stands aside even where there is only one.
  if (parameter.slots.length > 1) return sql`${descending ? sql`greatest` : sql`least`}(${canonical}, ${rows})`;
  return sql`${descending ? sql`greatest` : sql`least`}(${canonical}, CASE WHEN ${standsAside(alias, 'num')} THEN ${rows} END)`;
}

/** Values stand in `str` as `^tag:value^tag:value^`. */
function stringKey({ slots, custom }: SearchParameter, descending: boolean, alias: string): Sql {
  const [only] = slots;
  if (custom)
    return sql`(SELECT ${extreme(descending)}(x.v) FROM x_str x WHERE x.rid = ${name(`${alias}.rid`)} AND x.k = ${literal(custom.k)})`;
  const tags = slots.map(({ tag }) => tag!).join('|');
  const values = sql`(SELECT ${extreme(descending)}(m[1] COLLATE "C") FROM regexp_matches(${name(`${alias}.str`)}, ${`\\^(?:${tags}):([^^]*)`}, 'g') m)`;
  if (slots.length > 1 || only!.hot !== 's1') return values;
  if (!descending || only!.single) return name(`${alias}.s1`);
  return sql`(CASE WHEN ${name(`${alias}.fl`)} & ${literal(FLAG.strMany)} <> 0 THEN ${values} ELSE ${name(`${alias}.s1`)} END)`;
}

/** By the code without its system; identifiers and contact points by their values. */
function codeKey(parameter: SearchParameter, descending: boolean, type: string, scope: Scope, alias: string): Sql {
  const { slots } = parameter;
  const number = literal(scope.types.place(type).n);
  const written = parameter.type === 'token' ? sql`split_part(d.v, '|', -1)` : sql`d.v`;
  const entries = (token: Sql) =>
    sql`SELECT ${written} AS v FROM dict d WHERE d.type = ${number} AND ${inSlots('d.k', ks(parameter))} AND d.tok = ${token}`;
  const all = entries(sql`any(${tokensOf(parameter, alias)})`);
  const rid = name(`${alias}.rid`);
  const sides = sql`SELECT x.v FROM x_id x WHERE x.rid = ${rid} AND ${inSlots('x.k', ks(parameter))}`;
  const hasSides = slots.some(({ fhirTypes }) =>
    fhirTypes.some((one) => one === 'Identifier' || one === 'ContactPoint'),
  );
  const values = sql`(SELECT ${extreme(descending)}(q.v COLLATE "C") FROM (${hasSides ? sql`${all} UNION ALL ${sides}` : all}) q)`;
  if (parameter.custom) return values;
  if (slots.length > 1 || slots[0]!.hot !== 'code1') return whereThere(slots, values, type, scope, alias);
  // One look-up in place of one for each token.
  const single = sql`(SELECT q.v COLLATE "C" FROM (${entries(name(`${alias}.code1`))}) q)`;
  return sql`(CASE WHEN ${name(`${alias}.fl`)} & ${literal(FLAG.codeMore)} = 0 THEN ${single} ELSE ${values} END)`;
}

/** By type and id of the target, as far as it is here. */
function referenceKey(parameter: SearchParameter, descending: boolean, type: string, scope: Scope, alias: string): Sql {
  const { targets, slots } = parameter;
  const among = targets.length > 0 ? sql`r.type IN (${typeList(scope, targets)})` : sql`true`;
  const target = sql`${typeName(targets, scope)} || '/' || r.id`;
  if (slots.length === 1 && slots[0]!.hot === 'subj' && slots[0]!.single) {
    return sql`(SELECT ${extreme(descending)}((${target}) COLLATE "C") FROM res r WHERE ${among} AND r.rid = ${name(`${alias}.subj`)})`;
  }
  const reached = any(slotKeys(parameter, scope).map((key) => sql`r.rid = (t # ${key}::int8)`));
  const value = sql`(SELECT ${extreme(descending)}((${target}) COLLATE "C") FROM unnest(${referencesOf(parameter, alias)}) t
    JOIN res r ON ${reached} AND ${among})`;
  return parameter.custom ? value : whereThere(slots, value, type, scope, alias);
}

/** Rows without a value are known by their signature: nothing has to be looked up for them (70 µs for each). */
function whereThere(slots: readonly Slot[], value: Sql, type: string, scope: Scope, alias: string): Sql {
  const having = sql`SELECT s.sig FROM sig s WHERE s.type = ${literal(scope.types.place(type).n)} AND s.slots && ${slots.map(({ k }) => k)}::int[]`;
  return sql`(CASE WHEN ${name(`${alias}.sig`)} = any(array(${having})) THEN ${value} END)`;
}

/** The name of a target's type; where there are only a few, without a look-up in their table (20 µs for each row). */
function typeName(targets: readonly string[], scope: Scope): Sql {
  if (targets.length === 0 || targets.length > FEW) return sql`(SELECT y.name FROM type y WHERE y.n = r.type)`;
  const cases = targets.map((one) => sql`WHEN ${literal(scope.types.place(one).n)} THEN ${one}::text`);
  return sql`(CASE r.type ${join(cases, sql` `)} END)`;
}

const FEW = 20;

function ks({ slots }: SearchParameter): number[] {
  return slots.map(({ k }) => k);
}
