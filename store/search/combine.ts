/** Conditions put together. */
import { all, any, join, literal, name, type Sql, sql } from '../sql.ts';
import { fromEach } from './among.ts';
import type { Condition, Driver, PlanContext } from './condition.ts';

type Place = Pick<PlanContext, 'alias' | 'typeNumber' | 'among'>;

/** All of them hold. The rarest drives. */
export function allOf(conditions: readonly Condition[]): Condition {
  const [only] = conditions;
  if (conditions.length === 1) return only!;
  const driver = rarest(conditions.flatMap((condition) => condition.driver ?? []));
  return { filter: all(conditions.map(({ filter }) => filter)), ...(driver && { driver }) };
}

/** One of them holds. An index finds the rows only where each of them has one. */
export function anyOf(conditions: readonly Condition[], place: Place): Condition {
  const [only] = conditions;
  if (conditions.length === 1) return only!;
  const drivers = conditions.flatMap((condition) => condition.driver ?? []);
  const filter = any(conditions.map((condition) => condition.filter));
  if (drivers.length === 0 || drivers.length < conditions.length) return { filter };
  const rank = Math.max(...drivers.map((driver) => driver.rank));
  const wheres = drivers.flatMap(({ where }) => where ?? []);
  if (wheres.length === drivers.length) return { filter, driver: { rank, where: any(wheres) } };
  return {
    filter,
    driver: {
      rank,
      rids: join(
        drivers.map((driver) => ridsOf(driver, place)),
        sql` UNION ALL `,
      ),
    },
  };
}

/** The driver that is expected to bring the fewest rows. */
export function rarest(drivers: readonly Driver[]): Driver | undefined {
  return drivers.reduce<Driver | undefined>((best, one) => (best && best.rank <= one.rank ? best : one), undefined);
}

/** The driver as a SELECT of `rid`, in brackets so that it can stand in a union. */
export function ridsOf({ where, rids }: Driver, { alias, typeNumber, among }: Place): Sql {
  if (rids) return sql`(${rids})`;
  const one = name(alias);
  const ofType = sql`${one}.type = ${literal(typeNumber)}`;
  return sql`(${fromEach(among, (table) => sql`SELECT ${one}.rid FROM ${table} ${one} WHERE ${ofType} AND ${where!}`)})`;
}
