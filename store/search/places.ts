/** Where the values of a parameter stand: in a column of `res`, in side rows, or, row by row, in one of the two. */
import type { SearchParameter } from '../../resources/index.ts';
import { literal, name, type Sql, sql } from '../sql.ts';
import { FLAG } from './index-values.ts';

export type DateColumn = 'dt' | 'dt2' | 'dt3';
export type Column = DateColumn | 'num';

export interface Places {
  /** The column that holds the value of a row that has only one. */
  readonly column: Column | undefined;
  /** Every slot of the parameter. */
  readonly slots: readonly number[];
  /** Whether some of the slots never stand in the column. */
  readonly hasMoreSlots: boolean;
}

/** Bits of `res.fl`: the column is not the whole truth; the interval is long. */
export const FLAGS: Readonly<Record<Column, { readonly many: number; readonly long: number }>> = {
  dt: { many: FLAG.dateMany, long: FLAG.dateLong },
  dt2: { many: FLAG.date2Many, long: FLAG.date2Long },
  dt3: { many: FLAG.date3Many, long: FLAG.date3Long },
  num: { many: FLAG.numMany, long: 0 },
};

/** Where the values of the parameter stand. */
export function placesOf({ slots }: Pick<SearchParameter, 'slots'>): Places {
  const found = new Set(slots.map(({ hot }) => (isColumn(hot) ? hot : undefined)));
  const [column] = [...found].filter((one) => one !== undefined);
  return { column, slots: slots.map(({ k }) => k), hasMoreSlots: column === undefined || found.size > 1 };
}

/** The row's value stands in side rows, because there are several or because it fits no column. */
export function standsAside(alias: string, column: Column): Sql {
  return sql`(${name(`${alias}.fl`)} & ${literal(FLAGS[column].many)} <> 0)`;
}

/** `k = any(…)` as text: slots are the program's own numbers, and the planner should know them. */
export function inSlots(column: string, slots: readonly number[]): Sql {
  if (slots.length === 1) return sql`${name(column)} = ${literal(slots[0]!)}`;
  return sql`${name(column)} IN (${slots.map(literal).reduce((list, one) => sql`${list}, ${one}`)})`;
}

function isColumn(hot: string | undefined): hot is Column {
  return hot === 'dt' || hot === 'dt2' || hot === 'dt3' || hot === 'num';
}
