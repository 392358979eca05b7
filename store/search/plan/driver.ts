/** Which index finds the candidates of a search. */
import { all, name, type Sql, sql } from '../../sql.ts';
import { rarest } from '../combine.ts';
import { type Condition, type Driver, RANK, type Stretch } from '../condition.ts';
import { stretchRank, stretchRids } from '../stretch.ts';

/**
 * The driver of conditions that must all hold: the one expected to bring the fewest rows. Token conditions drive
 * together, since GIN cuts their lists with each other; so do date conditions on one column.
 * @param type number of the type as SQL; undefined over several types, where side rows do not tell which
 */
export function chooseDriver(conditions: readonly Condition[], type: Sql | undefined): Driver | undefined {
  const drivers = conditions.flatMap(({ driver }) => driver ?? []);
  const usable = type === undefined ? drivers.filter(({ where }) => where) : drivers;
  const best = rarest([...usable, ...(type === undefined ? [] : stretchDrivers(conditions, type))]);
  if (best?.rank !== RANK.token || !best.where) return best;
  const tokens = usable.filter(({ rank, where }) => rank === RANK.token && where);
  return { rank: RANK.token, where: all(tokens.map(({ where }) => where!)) };
}

function stretchDrivers(conditions: readonly Condition[], type: Sql): Driver[] {
  const columns = new Map<string, Stretch[]>();
  for (const { stretch } of conditions) {
    if (stretch) columns.set(stretch.column, [...(columns.get(stretch.column) ?? []), stretch]);
  }
  return [...columns.values()].map((stretches) => ({
    rank: stretchRank(stretches),
    rids: stretchRids(stretches, type),
  }));
}

/** What an index can find of the conditions, bare, for a statement that must look at every match anyway. */
export function findable(conditions: readonly Condition[], type: Sql | undefined): Sql {
  const driver = chooseDriver(conditions, type);
  if (!driver) return sql`true`;
  return driver.where ?? sql`${name('o.rid')} IN (${driver.rids!})`;
}
