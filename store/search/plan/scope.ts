/** What a plan stands on: who asks, when, over which types, in which database. */
import type { Access } from '../../../resources/index.ts';
import { type Position, visible } from '../../access.ts';
import { literal, name, type Sql, sql } from '../../sql.ts';
import type { TypeNumbers } from '../../types.ts';
import type { Among } from '../among.ts';
import type { CodeSet } from '../code-sets.ts';
import type { PlanContext } from '../condition.ts';
import type { Shares } from '../shares.ts';

/** The keyed hashes of one database. */
export interface Hasher {
  hash(text: string): bigint;
  rid(type: string, id: string): bigint;
}

/** The partition of the types that have none of their own. */
export const SHARED = 'rest';

export interface Scope {
  readonly access: Access;
  readonly hasher: Hasher;
  readonly types: TypeNumbers;
  /** IANA name: what dates without a zone mean. */
  readonly zone: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly base: string;
  /** Sets of codes by `questionKey`; undefined where none can be asked for. */
  readonly codeSets?: ReadonlyMap<string, CodeSet> | undefined;
  /** Candidates of a driver that are fetched before the order is walked instead. */
  readonly candidatesMax?: number;
  /** Matches that are sorted by what they refer to. */
  readonly chainedMax?: number;
  /** Matches that are counted one by one for an estimate. */
  readonly countedMax?: number;
  /** How many rows hold a token; undefined where nothing is known of that. */
  readonly shares?: Shares | undefined;
  /** Whether contained resources are among the rows that conditions are made for. */
  readonly among?: Among;
  /** How well the row `o` fits the words asked for, where some are. */
  readonly score?: Sql | undefined;
}

/** What the kinds of parameters need to know, for a row of `alias` of one type. */
export function contextFor(scope: Scope, type: string, alias: string): PlanContext {
  const { hasher, zone, now, base, shares, among } = scope;
  const { n, partition } = scope.types.place(type);
  return {
    alias,
    type,
    typeNumber: n,
    hash: (text) => hasher.hash(text),
    rid: (one, id) => hasher.rid(one, id),
    zone,
    now,
    base,
    codeSets: scope.codeSets,
    ...(shares && among === undefined && { rowsOf: (token) => shares.rows(partition, token) }),
    among,
  };
}

/** The rows of an alias, as the parts of a SELECT. */
export interface Rows {
  /** Name of the table. */
  readonly table: Sql;
  readonly from: Sql;
  readonly where: Sql;
  /**
   * The type, for look-ups by id or rid, whose indexes begin with it. Elsewhere it is left out: a partition holds one
   * type, and a planner without statistics would believe that few rows have it.
   */
  readonly typed: Sql;
}

/**
 * Current resources of these types that the caller may see, as `alias`: what stands in FROM and in WHERE.
 * One type is read from its own partition, which saves the planner all the others.
 */
export function currentRows(
  scope: Pick<Scope, 'access' | 'types'>,
  types: readonly string[],
  alias: string,
  position: Position,
  everything = false,
): Rows {
  const one = types.length === 1 ? types[0] : undefined;
  const seen = visible(scope.access, alias, position, scope.types.numbers, one);
  const alive = sql`NOT ${name(`${alias}.deleted`)}`;
  if (one !== undefined) {
    const { n, partition } = scope.types.place(one);
    const table = name(`res_${partition}`);
    const from = sql`${table} ${name(alias)}`;
    const typed = sql`${name(`${alias}.type`)} = ${literal(n)}`;
    return { table, from, where: sql`${partition === SHARED ? sql`${typed} AND ` : sql``}${alive} AND ${seen}`, typed };
  }
  const among = everything ? sql`true` : sql`${name(`${alias}.type`)} IN (${typeList(scope, types)})`;
  return {
    table: name('res'),
    from: sql`res ${name(alias)}`,
    where: sql`${among} AND ${alive} AND ${seen}`,
    typed: sql`true`,
  };
}

/** Numbers of the types as text: `1, 4`. */
export function typeList(scope: Pick<Scope, 'types'>, types: readonly string[]): Sql {
  const numbers = types.map((type) => literal(scope.types.place(type).n));
  return numbers.reduce((list, one) => sql`${list}, ${one}`);
}
