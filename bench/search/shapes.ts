/** The shapes of searches that are measured: what is asked over HTTP, and the best SQL for it by hand. */
import type { Known } from './known.ts';
import type { Sizes } from './population.ts';
import { administrationShapes } from './shapes-administration.ts';
import { observationShapes } from './shapes-observation.ts';
import { patientShapes } from './shapes-patient.ts';

/** One search: what is asked, and what stands for it in the SQL written by hand. */
export interface Probe {
  /** Path and query below the base: `Observation?code=…`. */
  readonly path: string;
  readonly values: readonly unknown[];
}

/** Rows of one table that match, as a person who knows the tables would ask for them. */
export interface Hand {
  /** The partition: `observation`, `rest`. */
  readonly table: string;
  /** Of alias `r`, with $1 …. */
  readonly where: string;
  /** ORDER BY; without it any rows will do. */
  readonly order?: string | undefined;
  /** In place of the whole statement, where it is more than one SELECT. Columns: id, resource. $-numbers as in `where`. */
  readonly text?: string | undefined;
  /** The number of all is compared in place of the rows. */
  readonly counts?: boolean | undefined;
}

/** A shape with values of one kind. */
export interface Shape {
  readonly name: string;
  /** `common`, `rare`, `absent` or what else sets it apart. */
  readonly value: string;
  readonly count: number;
  readonly probes: readonly Probe[];
  readonly hand: Hand;
  /** Joins that may take longer than the others. */
  readonly heavy?: boolean;
}

/** Rows on a page. */
export const COUNT = 20;

/** All shapes for one database. */
export async function shapesOf(known: Known, sizes: Sizes): Promise<Shape[]> {
  return [
    ...(await observationShapes(known, sizes)),
    ...(await patientShapes(known, sizes)),
    ...(await administrationShapes(known, sizes)),
  ];
}

/** The statement of a person's own: the matches of a page and one more, then their content. */
export function handText({ hand, count }: Shape): string {
  const { table, where, order, text, counts } = hand;
  if (text) return text;
  if (counts) return `select count(*) from res_${table} r where ${where}`;
  const matches = `select r.id, r.ver, row_number() over (${order ? `order by ${order}` : ''}) n from res_${table} r
    where ${where} ${order ? `order by ${order}` : ''} limit ${count + 1}`;
  return `with m as materialized (${matches})
    select v.id, v.resource::text, v.last_updated from m join ver_${table} v on v.id = m.id and v.ver = m.ver order by m.n`;
}

/** A search of a page. */
export function pathOf(type: string, query: Record<string, string | readonly string[]>, count = COUNT): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const));
  return `${type}?${new URLSearchParams([...pairs.map((pair) => [...pair]), ['_count', String(count)]] as string[][])}`;
}
