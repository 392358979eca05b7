/** The order of results: sort keys, and where a page begins. https://hl7.org/fhir/R4/search.html#sort */
import type { SearchParameter } from '../../../resources/index.ts';
import { all, any, join, literal, name, type Sql, sql, toStatement } from '../../sql.ts';
import { FLAG } from '../index-values.ts';
import { type Column, inSlots, standsAside } from '../places.ts';
import type { SortKey } from '../tree.ts';
import { slotKeys } from './conditions.ts';
import { type Scope, typeList } from './scope.ts';

/** One key, as an expression over the row `o`. */
export interface OrderKey {
  readonly value: Sql;
  readonly descending: boolean;
  /** Postgres' type, for values that come back in a continuation. */
  readonly as: 'text' | 'numeric' | 'timestamptz';
  /** The column whose index has this order, when the key is no more than that column. */
  readonly column: 'dt' | 'dt2' | 'dt3' | 's1' | 'lu' | undefined;
  /** Whether every row has a value. */
  readonly always: boolean;
}

/** The whole order. Ties are broken by type and id, so that it never leaves two rows equal. */
export interface Order {
  readonly keys: readonly OrderKey[];
  /** The direction of the ties: that of the last key, so that an index of key and id can be read from either end. */
  readonly descending: boolean;
}

/** The order that is asked for. */
export function orderOf(sort: readonly SortKey[], types: readonly string[], scope: Scope): Order {
  const keys: OrderKey[] = [];
  for (const { code, by, descending } of sort) {
    // Nothing can come after the id of one type: it leaves no ties.
    if (code === '_id' && types.length === 1) return { keys, descending };
    const each = types.map((type) => keyOf(by.get(type)!, descending, type, scope));
    keys.push({ ...merged(each, types, scope), descending });
  }
  return { keys, descending: keys.at(-1)?.descending ?? false };
}

type Key = Omit<OrderKey, 'descending'>;

function merged(keys: readonly Key[], types: readonly string[], scope: Scope): Key {
  const [first] = keys;
  if (keys.every((key) => same(key.value, first!.value))) return first!;
  const cases = join(
    types.map((type, index) => sql`WHEN ${literal(scope.types.place(type).n)} THEN ${keys[index]!.value}`),
    sql` `,
  );
  return { value: sql`(CASE o.type ${cases} END)`, as: first!.as, column: undefined, always: false };
}

function same(a: Sql, b: Sql): boolean {
  const [one, other] = [toStatement(a), toStatement(b)];
  return one.text === other.text && one.values.every((value, index) => value === other.values[index]);
}

function keyOf(parameter: SearchParameter, descending: boolean, type: string, scope: Scope): Key {
  const { code, slots } = parameter;
  if (code === '_id') return { value: sql`o.id`, as: 'text', column: undefined, always: true };
  if (code === '_lastUpdated') return { value: sql`o.lu`, as: 'timestamptz', column: 'lu', always: true };
  const column = slots.length === 1 ? slots[0]!.hot : undefined;
  const isPlain = column !== undefined && (!descending || slots[0]!.single);
  const index = isPlain && column !== 'num' && column !== 'subj' && column !== 'code1' ? column : undefined;
  switch (parameter.type) {
    case 'date':
      return { value: dateKey(parameter, descending), as: 'timestamptz', column: index, always: false };
    case 'number':
    case 'quantity':
      return { value: numberKey(parameter, descending), as: 'numeric', column: undefined, always: false };
    case 'string':
      return { value: stringKey(parameter, descending), as: 'text', column: index, always: false };
    case 'reference':
      return { value: referenceKey(parameter, descending, scope), as: 'text', column: undefined, always: false };
    default:
      return { value: codeKey(parameter, descending, type, scope), as: 'text', column: undefined, always: false };
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
  inColumn: (column: Column) => Sql,
): Sql {
  const hot = columns.find((column) => slots.some((slot) => slot.hot === column));
  if (hot === undefined) return sides;
  if (slots.length === 1 && slots[0]!.single) return inColumn(hot);
  if (slots.length === 1) return sql`(CASE WHEN ${standsAside('o', hot)} THEN ${sides} ELSE ${inColumn(hot)} END)`;
  return sql`${descending ? sql`greatest` : sql`least`}(CASE WHEN NOT ${standsAside('o', hot)} THEN ${inColumn(hot)} END, ${sides})`;
}

/** A range is sorted by its start. */
function dateKey(parameter: SearchParameter, descending: boolean): Sql {
  const rows = sql`(SELECT ${extreme(descending)}(x.lo) FROM x_date x WHERE x.rid = o.rid AND ${inSlots('x.k', ks(parameter))})`;
  const { slots } = parameter;
  // The column holds the lowest start of several too.
  if (!descending && slots.length === 1 && slots[0]!.hot) return name(`o.${slots[0]!.hot}`);
  return fromSides(parameter, ['dt', 'dt2', 'dt3'], rows, descending, (column) => name(`o.${column}`));
}

/** In the canonical unit, so that grams and milligrams are in one order. */
function numberKey(parameter: SearchParameter, descending: boolean): Sql {
  const value = descending ? sql`chi` : sql`clo`;
  const rows = sql`(SELECT ${extreme(descending)}(x.${value}) FROM x_num x WHERE x.rid = o.rid AND ${inSlots('x.k', ks(parameter))})`;
  const canonical = parameter.type === 'quantity' ? sql`o.num_c` : sql`o.num`;
  if (!parameter.slots.some(({ hot }) => hot === 'num')) return rows;
  // A range or a value with a comparator stands aside even where there is only one.
  if (parameter.slots.length > 1) return sql`${descending ? sql`greatest` : sql`least`}(${canonical}, ${rows})`;
  return sql`${descending ? sql`greatest` : sql`least`}(${canonical}, CASE WHEN ${standsAside('o', 'num')} THEN ${rows} END)`;
}

/** Values stand in `str` as `^tag:value^tag:value^`. */
function stringKey({ slots }: SearchParameter, descending: boolean): Sql {
  const [only] = slots;
  const tags = slots.map(({ tag }) => tag!).join('|');
  const values = sql`(SELECT ${extreme(descending)}(m[1] COLLATE "C") FROM regexp_matches(o.str, ${`\\^(?:${tags}):([^^]*)`}, 'g') m)`;
  if (slots.length > 1 || only!.hot !== 's1') return values;
  if (!descending || only!.single) return sql`o.s1`;
  return sql`(CASE WHEN o.fl & ${literal(FLAG.strMany)} <> 0 THEN ${values} ELSE o.s1 END)`;
}

/** By the code without its system; identifiers and contact points by their values. */
function codeKey(parameter: SearchParameter, descending: boolean, type: string, scope: Scope): Sql {
  const number = literal(scope.types.place(type).n);
  const written = parameter.type === 'token' ? sql`regexp_replace(d.v, '^.*[|]', '')` : sql`d.v`;
  const dictionary = sql`SELECT ${written} AS v FROM dict d WHERE d.type = ${number} AND ${inSlots('d.k', ks(parameter))} AND d.tok = any(o.h)`;
  const sides = sql`SELECT x.v FROM x_id x WHERE x.rid = o.rid AND ${inSlots('x.k', ks(parameter))}`;
  const both = parameter.type === 'token' ? sql`${dictionary} UNION ALL ${sides}` : dictionary;
  return sql`(SELECT ${extreme(descending)}(q.v COLLATE "C") FROM (${both}) q)`;
}

/** By type and id of the target, as far as it is here. */
function referenceKey(parameter: SearchParameter, descending: boolean, scope: Scope): Sql {
  const { targets } = parameter;
  const among = targets.length > 0 ? sql`r.type IN (${typeList(scope, targets)})` : sql`true`;
  const reached = any(slotKeys(parameter, scope).map((key) => sql`r.rid = (t # ${key}::int8)`));
  return sql`(SELECT ${extreme(descending)}((y.name || '/' || r.id) COLLATE "C") FROM unnest(o.h[1:o.nr]) t
    JOIN res r ON ${reached} AND ${among} JOIN type y ON y.n = r.type)`;
}

function ks({ slots }: SearchParameter): number[] {
  return slots.map(({ k }) => k);
}

/** Where a page begins: the keys of the row beside it, null for a missing value, and that row's type and id. */
export interface Position {
  readonly keys: readonly (string | null)[];
  readonly type: number;
  readonly id: string;
}

/** Where a page begins: after a position, or, read backwards, before it. */
export interface Start {
  readonly position: Position;
  readonly backwards: boolean;
}

/** What every SELECT of matches gives. @param key the alias that type and id are read from, so that its index has the order */
export function columns({ keys }: Order, key = 'o'): Sql {
  const named = keys.map(({ value }, index) => sql`, ${value} AS ${keyName(index)}`);
  return sql`${name(`${key}.type`)}, ${name(`${key}.id`)}, o.ver, o.rid${join(named, sql``)}`;
}

/** Names of the keys in the rows that carry them: `k0`, `k1` … */
export function keyName(index: number): Sql {
  return name(`k${index}`);
}

/**
 * ORDER BY over rows that have the keys as columns. Missing values are last; read backwards, all is turned around.
 * @param oneType leaves the type out, for indexes that do not have it between key and id
 */
export function orderBy({ keys, descending: ties }: Order, backwards: boolean, oneType = false): Sql {
  const parts = keys.map(({ descending, always }, index) => {
    const nulls = always ? sql`` : backwards ? sql` NULLS FIRST` : sql` NULLS LAST`;
    return sql`${keyName(index)} ${direction(descending !== backwards)}${nulls}`;
  });
  const way = direction(ties !== backwards);
  return join([...parts, ...(oneType ? [] : [sql`type ${way}`]), sql`id ${way}`], sql`, `);
}

/** The rows after (read backwards: before) a position. */
export function after({ keys, descending }: Order, position: Position, backwards: boolean): Sql {
  const than = descending !== backwards ? sql`<` : sql`>`;
  let condition = sql`(o.type, o.id) ${than} (${literal(position.type)}, ${position.id}::text)`;
  for (let index = keys.length - 1; index >= 0; index--) {
    condition = beyond(keys[index]!, position.keys[index] ?? null, backwards, condition);
  }
  return keys.length === 0 ? condition : sql`(${condition}) IS TRUE`;
}

function direction(descending: boolean): Sql {
  return descending ? sql`DESC` : sql`ASC`;
}

function beyond({ value, as, descending, always }: OrderKey, bound: string | null, backwards: boolean, tied: Sql): Sql {
  if (bound === null) {
    // Missing values come last: nothing but ties is after one, everything that has a value is before it.
    const ties = sql`(${value} IS NULL AND ${tied})`;
    return backwards ? any([sql`${value} IS NOT NULL`, ties]) : ties;
  }
  const limit = sql`${bound}::${name(as)}`;
  const further = descending !== backwards ? sql`${value} < ${limit}` : sql`${value} > ${limit}`;
  const missing = always || backwards ? [] : [sql`${value} IS NULL`];
  // The first part is what an index can begin from.
  const least = descending !== backwards ? sql`${value} <= ${limit}` : sql`${value} >= ${limit}`;
  const within = all([least, any([further, tied])]);
  return any([within, ...missing]);
}
