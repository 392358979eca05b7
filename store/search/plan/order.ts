/** The order of results: sort keys, and where a page begins. https://hl7.org/fhir/R4/search.html#sort */
import { all, any, join, literal, name, type Sql, sql, toStatement } from '../../sql.ts';
import { distanceFrom } from '../special.ts';
import type { SortKey } from '../tree.ts';
import { chainedValue } from './chained-value.ts';
import type { Scope } from './scope.ts';
import { type SortValue, sortValue } from './sort-values.ts';

/** One key of an order. */
export interface OrderKey extends SortValue {
  readonly descending: boolean;
  /** Whether it is read from another resource, which costs a look-up for each row. */
  readonly chained: boolean;
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
  for (const key of sort) {
    const { code, descending, targets } = key;
    // Nothing can come after the id of one type: it leaves no ties.
    if (code === '_id' && types.length === 1) return { keys, descending };
    const each = types.map((type) => keyValue(key, type, scope));
    keys.push({ ...merged(each, types, scope), descending, chained: targets !== undefined });
  }
  return { keys, descending: keys.at(-1)?.descending ?? false };
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
  /** Matches before this place; known only where there may be so many in all. */
  readonly given?: number | undefined;
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

function keyValue(key: SortKey, type: string, scope: Scope): SortValue {
  const parameter = key.by.get(type)!;
  if (key.near) {
    return { value: distanceFrom(parameter, key.near, 'o'), as: 'numeric', column: undefined, always: false };
  }
  return key.targets ? chainedValue(key, type, scope, 'o') : sortValue(parameter, key.descending, type, scope);
}

function merged(keys: readonly SortValue[], types: readonly string[], scope: Scope): SortValue {
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
