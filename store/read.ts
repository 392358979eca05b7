/** Reading by key, from `ver` alone: the newest version is the current one, and joining `res` would cost more. */
import { type Access, assemble, type Context } from '../resources/index.ts';
import { visible } from './access.ts';
import { rowsOf } from './database.ts';
import type { Parts } from './parts.ts';
import type { Version } from './records.ts';
import type { Row, Statement } from './session.ts';
import { literal, name, type Sql, sql, toStatement } from './sql.ts';
import { toInstant } from './time.ts';
import type { TypePlace } from './types.ts';
import type { Current } from './write/current.ts';
import { METHOD_NAME } from './write/rows.ts';

interface Key {
  readonly type: string;
  readonly id: string;
}

/** The newest version, a deletion included; undefined where there is none or the caller may not see it. One trip. */
export async function read(
  parts: Parts,
  access: Access,
  { type, id }: Key,
  context: Context,
): Promise<Version | undefined> {
  const seen = visible(access, 'v', 'one', parts.types.numbers, type);
  const [row] = await rowsOf(parts.database.keys, newestStatement(parts.types.place(type), id, seen), context);
  return row && toVersion(type, row);
}

/** One version. One trip. */
export async function vread(
  parts: Parts,
  access: Access,
  { type, id }: Key,
  version: number,
  context: Context,
): Promise<Version | undefined> {
  // A larger number than Postgres' int is the number of no version.
  if (!Number.isInteger(version) || version < 1 || version > VERSION_MAX) return undefined;
  const seen = visible(access, 'v', 'one', parts.types.numbers, type);
  const statement = versionStatement(parts.types.place(type), id, version, seen);
  const [row] = await rowsOf(parts.database.keys, statement, context);
  return row && toVersion(type, row);
}

/** The newest versions of several resources, those that are not there left out. One trip. */
export async function readMany(
  parts: Parts,
  access: Access,
  keys: readonly Key[],
  context: Context,
): Promise<Version[]> {
  const types = byType(keys);
  if (types.length === 0) return [];
  const statements = types.map(([type, ids]) =>
    newestManyStatement(parts.types.place(type), ids, visible(access, 'v', 'one', parts.types.numbers, type)),
  );
  const results = await parts.database.keys.run(statements, context);
  return types.flatMap(([type], i) => results[i]!.map((row) => toVersion(type, row)));
}

/** Those of the keys that have no current resource which the caller may see. One trip. */
export async function missing<K extends Key>(
  parts: Parts,
  access: Access,
  keys: readonly K[],
  context: Context,
): Promise<K[]> {
  const types = byType(keys);
  if (types.length === 0) return [];
  const statements = types.map(([type, ids]) =>
    presentStatement(parts.types.place(type), ids, visible(access, 'r', 'one', parts.types.numbers, type)),
  );
  const results = await parts.database.keys.run(statements, context);
  const present = new Set(types.flatMap(([type], i) => results[i]!.map(([id]) => `${type}/${id}`)));
  return keys.filter(({ type, id }) => !present.has(`${type}/${id}`));
}

const VERSION_MAX = 2 ** 31 - 1;

/** Columns that tell a version, after its id. */
export const VERSION_COLUMNS = 'v.ver, v.last_updated, v.method, v.meta, v.resource::text';

const COLUMNS = sql`v.id, v.ver, v.last_updated, v.method, v.meta, v.resource::text`;

/**
 * The newest version of one resource, a deletion included. The type is a literal: with a parameter a generic plan locks
 * all partitions at each execution (21 k reads a second against 98 k).
 */
export function newestStatement({ n, partition }: TypePlace, id: string, seen: Sql = sql`true`): Statement {
  if (isTrue(seen)) return { text: newestTexts.text(n, partition), values: [id] };
  return toStatement(sql`
    select ${COLUMNS} from ${name(`ver_${partition}`)} v
    where v.type = ${literal(n)} and v.id = ${id} and ${seen} order by v.ver desc limit 1`);
}

/** One version of one resource. */
export function versionStatement({ n, partition }: TypePlace, id: string, version: number, seen: Sql): Statement {
  return toStatement(sql`
    select ${COLUMNS} from ${name(`ver_${partition}`)} v
    where v.type = ${literal(n)} and v.id = ${id} and v.ver = ${version} and ${seen}`);
}

/** The newest versions of several resources of one type, deletions included. */
export function newestManyStatement(
  { n, partition }: TypePlace,
  ids: readonly string[],
  seen: Sql = sql`true`,
): Statement {
  return toStatement(sql`
    select o.* from unnest(${ids}::text[]) k(id) cross join lateral (
      select ${COLUMNS} from ${name(`ver_${partition}`)} v
      where v.type = ${literal(n)} and v.id = k.id and ${seen} order by v.ver desc limit 1) o`);
}

/** Those of the ids that have a current resource. */
export function presentStatement({ n, partition }: TypePlace, ids: readonly string[], seen: Sql): Statement {
  return toStatement(sql`
    select o.id from unnest(${ids}::text[]) k(id) cross join lateral (
      select r.id from ${name(`res_${partition}`)} r
      where r.type = ${literal(n)} and r.id = k.id and not r.deleted and ${seen} limit 1) o`);
}

/** Locks the rows of these resources, in the order of their ids, and waits for who has them. */
export function lockStatement({ n, partition }: TypePlace, ids: readonly string[]): Statement {
  return {
    text: `select r.id from unnest($1::text[]) with ordinality k(id, at) cross join lateral (
      select r.id from res_${partition} r where r.type = ${n} and r.id = k.id for update) r`,
    values: [[...ids].sort()],
  };
}

/** A row of VERSION_COLUMNS after the id → what callers are told. */
export function toVersion(type: string, [id, ver, lastUpdated, method, meta, body]: Row): Version {
  const version = Number(ver);
  const at = toInstant(lastUpdated!);
  return {
    type,
    id: id!,
    version,
    lastUpdated: at,
    method: METHOD_NAME[Number(method)] as Version['method'],
    deleted: body === null,
    text: body === null ? '' : assemble(type, id!, version, at, meta ?? undefined, body!),
  };
}

/** The same row → what an update needs to know. */
export function toCurrent([, ver, lastUpdated, method, meta, body]: Row): Current {
  return {
    version: Number(ver),
    lastUpdated: Date.parse(toInstant(lastUpdated!)),
    deleted: body === null,
    method: Number(method),
    body: body ?? '',
    meta: meta ?? undefined,
    sides: undefined,
  };
}

function byType(keys: readonly Key[]): [type: string, ids: string[]][] {
  const types = new Map<string, Set<string>>();
  for (const { type, id } of keys) {
    const ids = types.get(type);
    if (ids) ids.add(id);
    else types.set(type, new Set([id]));
  }
  return [...types].map(([type, ids]) => [type, [...ids]]);
}

/** Texts of the most frequent statement of all, made once for each type. */
const newestTexts = {
  texts: new Map<number, string>(),
  text(n: number, partition: string): string {
    let text = this.texts.get(n);
    if (text === undefined) {
      text = `select v.id, ${VERSION_COLUMNS} from ver_${partition} v where v.type = ${n} and v.id = $1 order by v.ver desc limit 1`;
      this.texts.set(n, text);
    }
    return text;
  },
};

function isTrue(condition: Sql): boolean {
  return condition.parts.length === 0 && condition.strings[0] === 'true';
}
