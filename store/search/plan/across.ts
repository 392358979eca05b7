/** What finds the rows of a search over several types, each of which has conditions of its own. */
import { join, literal, type Sql, sql } from '../../sql.ts';
import type { Condition, Driver } from '../condition.ts';
import { RANK } from '../condition.ts';
import { ANY_REFERENCE } from '../reference.ts';
import type { Compartment } from '../tree.ts';
import { chooseDriver, drivenBy } from './driver.ts';
import { currentRows, type Scope } from './scope.ts';

/** A type, and what is asked of its resources. */
export interface Asked {
  readonly type: string;
  readonly conditions: readonly Condition[];
}

/** Types for each of which a SELECT of its own is planned. */
const TYPES_MAX = 12;
/** All that there is of one patient: nothing but reading everything would be the other way. */
const MEMBERS_MAX = 100_000;

/** The driver; undefined where no index finds the rows of one of the types, and no compartment holds them together. */
export function driverAcross(
  each: readonly Asked[],
  compartment: Compartment | undefined,
  scope: Scope,
): Driver | undefined {
  if (compartment) return memberDriver(compartment, scope);
  if (each.length > TYPES_MAX) return undefined;
  const drivers = each.flatMap(({ type, conditions }) => {
    const driver = chooseDriver(conditions, literal(scope.types.place(type).n));
    return driver ? [{ rank: driver.rank, found: foundBy(driver, type, scope) }] : [];
  });
  if (drivers.length < each.length) return undefined;
  const found = drivers.map((one) => one.found);
  return { rank: Math.max(...drivers.map(({ rank }) => rank)), across: join(found, sql` UNION ALL `) };
}

/** All that refers to the compartment's resource, by whatever element, and itself. */
function memberDriver({ type, id }: Compartment, { types, hasher }: Scope): Driver {
  const token = hasher.rid(type, id) ^ hasher.hash(ANY_REFERENCE);
  const across = sql`SELECT r.type, r.rid FROM res r WHERE r.h && ${[token]}::int8[]
    UNION ALL SELECT r.type, r.rid FROM res r WHERE r.type = ${literal(types.place(type).n)} AND r.id = ${id}`;
  return { rank: RANK.subject, across, most: MEMBERS_MAX, isWhole: true };
}

function foundBy(driver: Driver, type: string, scope: Scope): Sql {
  const rows = currentRows(scope, [type], 'o', 'row');
  if (driver.rids) {
    return sql`(SELECT ${literal(scope.types.place(type).n)}::smallint AS type, q.rid FROM (${driver.rids}) q)`;
  }
  return sql`(SELECT o.type, o.rid FROM ${rows.from} WHERE ${rows.typed} AND ${drivenBy(driver, 'o', rows.typed)})`;
}
