/** Sort keys of what references lead to: `_sort=subject:Patient.family`. https://hl7.org/fhir/R4/search.html#sort */
import type { SearchParameter } from '../../../resources/index.ts';
import { any, join, name, type Sql, sql } from '../../sql.ts';
import { mayBeCanonical } from '../canonical.ts';
import type { SortKey } from '../tree.ts';
import { isNamed } from './canonical.ts';
import { slotKeys } from './conditions.ts';
import { referencesOf } from './custom.ts';
import { currentRows, type Scope } from './scope.ts';
import { type SortValue, sortValue } from './sort-values.ts';

/**
 * The value by which rows of a type are sorted: of several targets, and of several values of one, the lowest, for
 * descending order the highest. A target that the caller may not see gives none.
 * @param alias of the row
 */
export function chainedValue(key: SortKey, type: string, scope: Scope, alias: string): SortValue {
  const parameter = key.by.get(type)!;
  if (!key.targets) return sortValue(parameter, key.descending, type, scope, alias);
  const below = `${alias}_`;
  const values = [...key.targets].map(([target, inner]) => ({
    target,
    ...chainedValue(inner, target, scope, below),
  }));
  const as = name(values[0]!.as);
  const each = values.map(({ target, value }) => {
    return sql`(SELECT (${value})::${as} AS v FROM ${reached(parameter, target, alias, below, scope)})`;
  });
  const collation = values[0]!.as === 'text' ? sql` COLLATE "C"` : sql``;
  const extreme = key.descending ? sql`max` : sql`min`;
  const value = sql`(SELECT ${extreme}(q.v${collation}) FROM (${join(each, sql` UNION ALL `)}) q)`;
  return { value, as: values[0]!.as, column: undefined, always: false };
}

/** FROM and WHERE of the targets of one type that the row refers to. */
function reached(parameter: SearchParameter, target: string, alias: string, below: string, scope: Scope): Sql {
  const rows = currentRows(scope, [target], below, 'row');
  const rid = name(`${below}.rid`);
  const one = parameter.slots.length === 1 ? parameter.slots[0]! : undefined;
  if (one?.hot === 'subj') {
    return sql`${rows.from} WHERE ${rows.typed} AND ${rid} = ${name(`${alias}.subj`)} AND ${rows.where}`;
  }
  const isTarget = any(
    slotKeys(parameter, scope).flatMap((slot) => [
      sql`${rid} = (t.token # ${slot}::int8)`,
      ...(mayBeCanonical(parameter) ? [isNamed(below, sql`SELECT t.token # ${slot}::int8`, scope)] : []),
    ]),
  );
  const tokens = sql`unnest(${referencesOf(parameter, alias)}) t(token)`;
  return sql`${tokens} JOIN ${rows.from} ON ${rows.typed} AND ${isTarget} WHERE ${rows.where}`;
}
