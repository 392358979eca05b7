/**
 * What a caller may see, as a condition in SQL. The only place that writes one: every alias of `res` or `ver` in every
 * statement passes through here, so that no path can forget it and none can decide it differently.
 */
import type { Access, Verb } from '../resources/index.ts';
import { list, literal, name, type Sql, sql } from './sql.ts';

/** Name of a resource type → its number in the column `type`. */
export type TypeNumbers = ReadonlyMap<string, number>;

/**
 * Where the alias stands, since access is worth a different form in each place: `row` filters what an index brings,
 * `one` judges a row found by its key, `include` one that another row led to, `history` a version.
 */
export type Position = 'row' | 'one' | 'include' | 'history';

/**
 * The condition under which the row of `alias` (of table `res` or `ver`) may be seen.
 * @param type the resource type where the statement names one; undefined where rows of several types pass
 */
export function visible(
  access: Access,
  alias: string,
  position: Position,
  types: TypeNumbers,
  type?: string,
  verb: Verb = position === 'row' ? 'search' : 'read',
): Sql {
  const granted = access.grants.filter((grant) => grant.verbs.includes(verb));
  if (granted.some((grant) => grant.types === '*')) return sql`true`;
  const names = granted.flatMap((grant) => grant.types as readonly string[]);
  if (type !== undefined) return names.includes(type) ? sql`true` : sql`false`;
  const numbers = [...new Set(names.flatMap((one) => types.get(one) ?? []))].sort((a, b) => a - b);
  if (numbers.length === 0) return sql`false`;
  return sql`${name(`${alias}.type`)} IN (${list(numbers.map(literal))})`;
}
