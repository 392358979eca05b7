/** Which index finds the candidates of a search. */
import { all, name, type Sql, sql } from '../../sql.ts';
import { rarest } from '../combine.ts';
import { type Condition, type Driver, RANK, type Stretch } from '../condition.ts';
import { stretchRank, stretchRids } from '../stretch.ts';
import type { Rows } from './scope.ts';

/**
 * The driver of conditions that must all hold: the one expected to bring the fewest rows. Token conditions drive
 * together, since GIN cuts their lists with each other; so do date conditions on one column.
 * @param type number of the type as SQL; undefined over several types, where side rows do not tell which
 * @param walked the column by which the results are ordered: a stretch of it needs no driver, the walk keeps to it
 */
export function chooseDriver(
  conditions: readonly Condition[],
  type: Sql | undefined,
  walked?: string,
): Driver | undefined {
  const drivers = conditions.flatMap(({ driver }) => driver ?? []);
  const usable = type === undefined ? drivers.filter(({ where, across }) => where || across) : drivers;
  const stretched = type === undefined ? [] : stretchDrivers(conditions, type);
  const best = rarest([...usable, ...stretched]);
  if (best && stretched.some((one) => one === best && one.column === walked)) return undefined;
  if (best?.rank !== RANK.token || !best.where) return best;
  const tokens = usable.filter(({ rank, where }) => rank === RANK.token && where);
  return { rank: RANK.token, where: all(tokens.map(({ where }) => where!)) };
}

/** What an index can find of the conditions, bare, for a statement that must look at every match anyway. */
export function findable(conditions: readonly Condition[], type: Sql | undefined, { typed }: Pick<Rows, 'typed'>): Sql {
  const driver = chooseDriver(conditions, type);
  if (!driver) return sql`true`;
  if (type !== undefined || driver.where) return drivenBy(driver, 'o', typed);
  return sql`(o.type, o.rid) IN (SELECT q.type, q.rid FROM (${driver.across!}) q)`;
}

/** A driver as a condition on the rows of `alias`. */
export function drivenBy({ rank, where, rids }: Driver, alias: string, typed: Sql): Sql {
  if (where) return rank === RANK.key ? sql`${typed} AND ${where}` : where;
  // An array is made once; a join is at times planned so that the rows are found anew for each candidate (500 ms for 20).
  return sql`${typed} AND ${name(`${alias}.rid`)} = any(array(SELECT DISTINCT q.rid FROM (${rids!}) q))`;
}

function stretchDrivers(conditions: readonly Condition[], type: Sql): (Driver & { readonly column: string })[] {
  const columns = new Map<string, Stretch[]>();
  for (const { stretch } of conditions) {
    if (stretch) columns.set(stretch.column, [...(columns.get(stretch.column) ?? []), stretch]);
  }
  return [...columns].map(([column, stretches]) => ({
    column,
    rank: stretchRank(stretches),
    rids: stretchRids(stretches, type),
  }));
}
