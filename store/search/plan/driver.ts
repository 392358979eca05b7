/** Which index finds the candidates of a search. */
import { all, name, type Sql, sql } from '../../sql.ts';
import { rarest } from '../combine.ts';
import { type Condition, type Driver, RANK, type Stretch } from '../condition.ts';
import { MANY_ROWS } from '../shares.ts';
import { stretchRank, stretchRids } from '../stretch.ts';
import { isKey, type Keyed, keyedDrivers } from './keyed.ts';
import type { Rows } from './scope.ts';

/** The order in which the results are walked where they are not found. */
export interface Walked {
  /** A stretch of this column needs no driver, the walk keeps to it. */
  readonly column: string | undefined;
  /** Whether an index has the order: then what is known to be common need not be fetched before it is filtered. */
  readonly isIndexed?: boolean;
  /** What the walk finds besides. */
  readonly keyed?: Keyed | undefined;
}

/**
 * The driver of conditions that must all hold: the one expected to bring the fewest rows. Token conditions drive
 * together, since GIN cuts their lists with each other; so do date conditions on one column.
 * @param type number of the type as SQL; undefined over several types, where side rows do not tell which
 * @param walked how the results are walked
 */
export function chooseDriver(
  conditions: readonly Condition[],
  type: Sql | undefined,
  walked: Walked = { column: undefined },
): Driver | undefined {
  const { column, keyed, isIndexed = false } = walked;
  const each = conditions.flatMap((one) => (one.driver && !(keyed && isKey(keyed, one)) ? [one.driver] : []));
  const drivers = isIndexed ? withoutCommon(each) : each;
  const usable = type === undefined ? drivers.filter(({ where, across }) => where || across) : drivers;
  const stretched = type === undefined ? [] : stretchDrivers(conditions, type);
  const combined =
    type === undefined
      ? []
      : keyedDrivers(conditions, type).filter(({ rank }) => !keyed || rank === RANK.codeAndNumber);
  const best = rarest([...combined, ...usable, ...stretched]);
  if (keyed && best && best.rank > worthwhile(keyed)) return undefined;
  if (best && stretched.some((one) => one === best && one.column === column)) return undefined;
  if (best?.rank !== RANK.token || !best.where) return best;
  const tokens = usable.filter(({ rank, where }) => rank === RANK.token && where);
  return { rank: RANK.token, where: all(tokens.map(({ where }) => where!)) };
}

/** What an index can find of the conditions, bare, for a statement that must look at every match anyway. */
export function findable(conditions: readonly Condition[], type: Sql | undefined, { typed }: Pick<Rows, 'typed'>): Sql {
  const driver = chooseDriver(conditions, type);
  if (!driver) return sql`true`;
  if (driver.bare) return driver.bare;
  if (type !== undefined || driver.where) return drivenBy(driver, 'o', typed);
  return sql`(o.type, o.rid) IN (SELECT q.type, q.rid FROM (${driver.across!}) q)`;
}

/** A driver as a condition on the rows of `alias`. */
export function drivenBy({ rank, where, rids }: Driver, alias: string, typed: Sql): Sql {
  if (where) return rank === RANK.key ? sql`${typed} AND ${where}` : where;
  // An array is made once; a join is at times planned so that the rows are found anew for each candidate (500 ms for 20).
  return sql`${typed} AND ${name(`${alias}.rid`)} = any(array(SELECT DISTINCT q.rid FROM (${rids!}) q))`;
}

/**
 * Of tokens that are so common that the walk would follow anyway, only several together may be rare, if at all: where one
 * is rare, or one alone is common, they filter and do not drive.
 */
function withoutCommon(drivers: readonly Driver[]): readonly Driver[] {
  const rare = drivers.filter(({ rows = 0 }) => rows < MANY_ROWS);
  return drivers.length - rare.length > 1 && rare.length === 0 ? drivers : rare;
}

/** The last rank that may find fewer rows than a walk by keys reads: of one patient's results of a code there are few. */
function worthwhile({ subjects }: Keyed): number {
  return subjects ? RANK.identifier : RANK.closedRange;
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
