/**
 * How many resources a code or a patient has: all that decides it stands in an index, so that they are counted without
 * their rows being read, and a month of a code is not more than a page or two.
 */
import { visible } from '../../access.ts';
import { all, type Sql, sql } from '../../sql.ts';
import type { Condition, Stretch } from '../condition.ts';
import { otherRids, shortWithin } from '../stretch.ts';
import type { Search } from '../tree.ts';
import { furtherRids, isOfKeys, type Keyed, keyedOf } from './keyed.ts';
import type { Rows, Scope } from './scope.ts';

/** What is counted, as for any other search. */
export interface Counted {
  readonly search: Search;
  readonly conditions: readonly Condition[];
  readonly rows: Rows;
  readonly filter: Sql;
  /** Number of the one type. */
  readonly type: Sql;
  /** The same by the rows themselves, in brackets. */
  readonly usual: Sql;
}

/** The number as a SELECT in brackets; undefined where more is asked than the indexes know, or not all may be seen. */
export function countOfKeys({ search, conditions, rows, filter, type, usual }: Counted, scope: Scope): Sql | undefined {
  const keyed = keyedOf(conditions);
  const stretches = conditions.flatMap(({ stretch }) => (stretch?.column === 'dt' ? [stretch] : []));
  if (!keyed || scope.among !== undefined || !isAll(keyed, stretches, conditions)) return undefined;
  const seen = visible(scope.access, 'o', 'row', scope.types.numbers, search.types[0]!);
  if (seen.parts.length > 0 || seen.strings[0] !== 'true') return undefined;
  const dated = stretches.length > 0 ? [shortWithin(stretches, 'o'), ...stretches.map(({ within }) => within!)] : [];
  // What is deleted has neither a code nor a patient.
  const isFound = all([isOfKeys(keyed, 'o'), ...dated]);
  const found = sql`(SELECT count(*) FROM ${rows.from} WHERE ${isFound})`;
  if (!keyed.codes) return found;
  const further = furtherRids({ ...keyed, codes: keyed.codes }, stretches, type);
  const others = stretches.length > 0 ? sql`${further} UNION ALL ${otherRids(stretches, type)}` : further;
  const rest = sql`SELECT count(*) FROM (SELECT DISTINCT q.rid FROM (${others}) q) d
    JOIN ${rows.from} ON ${rows.typed} AND o.rid = d.rid WHERE ${all([rows.where, filter])} AND (${isFound}) IS NOT TRUE`;
  const whole = sql`(${found} + (${rest}))`;
  const { isDoubtful } = keyed.codes;
  return isDoubtful ? sql`(CASE WHEN ${isDoubtful} THEN ${usual} ELSE ${whole} END)` : whole;
}

/** Whether nothing else is asked. Behind a patient's date the index does not tell how long it lasts. */
function isAll({ codes, subjects }: Keyed, stretches: readonly Stretch[], conditions: readonly Condition[]): boolean {
  if (subjects && stretches.length > 0) return false;
  return conditions.length === stretches.length + (codes ? 1 : 0) + (subjects ? 1 : 0);
}
