/**
 * History of an instance, a type, the whole system: newest first. https://hl7.org/fhir/R4/http.html#history
 *
 * The first page notes which transactions it saw; the pages after it show what those wrote and nothing else. So a page
 * neither skips nor repeats, and the total stays what it was, however much is written meanwhile.
 */
import { type Access, type Context, Fault } from '../resources/index.ts';
import { visible } from './access.ts';
import { fromCursor, toCursor } from './cursor.ts';
import { rowsOf } from './database.ts';
import type { Parts } from './parts.ts';
import { toVersion } from './read.ts';
import type { HistoryPage, Page } from './records.ts';
import type { Row } from './session.ts';
import { all, literal, name, type Sql, sql, toStatement } from './sql.ts';

export interface HistoryScope {
  readonly type?: string;
  readonly id?: string;
}

export type HistoryRequest = Page & { readonly since?: string; readonly at?: string; readonly countOnly?: boolean };

/** Milliseconds [from, to) that a date or instant means. */
export type InstantRange = (text: string) => { readonly fromMs: number; readonly toMs: number };

/** Where a page ended: the last version on it, and the snapshot of the first page. */
interface Position {
  readonly scope: string;
  readonly snapshot: string;
  readonly updated: string;
  readonly id: string;
  readonly version: number;
  readonly type: number;
}

/**
 * One page. One trip.
 * @param range what `since` and `at` mean
 * @throws Fault `invalid-value` for a time or a continuation that is none
 */
export async function history(
  parts: Parts,
  key: Buffer,
  range: InstantRange,
  access: Access,
  scope: HistoryScope,
  request: HistoryRequest,
  context: Context,
): Promise<HistoryPage> {
  const scopeText = JSON.stringify([
    scope.type ?? null,
    scope.id ?? null,
    request.since ?? null,
    request.at ?? null,
    access.actor,
  ]);
  const after = request.after === undefined ? undefined : readPosition(key, request.after, scopeText);
  const conditions = conditionsOf(parts, access, scope, request, range);
  if (request.countOnly) return { versions: [], total: await count(parts, scope, conditions, context) };
  const rows = await page(parts, scope, request, conditions, request.count + 1, after, context);
  const shown = rows.slice(0, request.count);
  const whole = isWhole(scope, request);
  const versions = shown.map((row, i) => ({
    ...toVersion(scope.type ?? parts.types.name(row[0]!), row.slice(1)),
    revived: row[6] !== null && (whole ? rows[i + 1]?.[6] === null : row[8] === 't'),
  }));
  const total = scope.id !== undefined && !request.since && !request.at ? totalOf(versions, after) : undefined;
  if (rows.length <= request.count) return { versions, total };
  const last = shown.at(-1)!;
  const position: Position = {
    scope: scopeText,
    snapshot: after?.snapshot ?? last[7]!,
    updated: last[3]!,
    id: last[1]!,
    version: Number(last[2]),
    type: Number(last[0]),
  };
  return { versions, total, next: toCursor(key, JSON.stringify(position)) };
}

/** Whether each version on a page is followed by the one before it. */
function isWhole({ id }: HistoryScope, { since, at }: HistoryRequest): boolean {
  return id !== undefined && since === undefined && at === undefined;
}

/**
 * Whether the version before is a deletion. A scalar: Postgres would answer `exists` by a hash of all deletions there
 * are (115 ms in place of 4 for 50 versions).
 */
function followsDeletion(parts: Parts, scope: HistoryScope): Sql {
  return sql`(select b.resource is null from ${tableOf(parts, scope)} b
    where b.type = v.type and b.id = v.id and b.ver = v.ver - 1)`;
}

/** Versions follow each other without gaps, so the newest of the first page tells how many there are. */
function totalOf(versions: HistoryPage['versions'], after: Position | undefined): number | undefined {
  return after ? undefined : (versions[0]?.version ?? 0);
}

function conditionsOf(
  parts: Parts,
  access: Access,
  scope: HistoryScope,
  request: HistoryRequest,
  range: InstantRange,
): Sql[] {
  const conditions = [visible(access, 'v', 'history', parts.types.numbers, scope.type)];
  if (scope.type !== undefined) conditions.push(sql`v.type = ${literal(parts.types.place(scope.type).n)}`);
  if (scope.id !== undefined) conditions.push(sql`v.id = ${scope.id}`);
  if (request.since !== undefined) {
    const { fromMs } = readTime('_since', request.since, range);
    conditions.push(sql`v.last_updated >= ${instant(fromMs)}::timestamptz`);
  }
  if (request.at !== undefined) {
    // Current at some moment of it: written before its end, and not replaced by its beginning.
    const { fromMs, toMs } = readTime('_at', request.at, range);
    conditions.push(sql`v.last_updated < ${instant(toMs)}::timestamptz`);
    conditions.push(sql`(v.last_updated >= ${instant(fromMs)}::timestamptz or not exists (
      select from ver n where n.type = v.type and n.id = v.id and n.ver = v.ver + 1
        and n.last_updated <= ${instant(fromMs)}::timestamptz))`);
  }
  return conditions;
}

async function page(
  parts: Parts,
  scope: HistoryScope,
  request: HistoryRequest,
  conditions: readonly Sql[],
  limit: number,
  after: Position | undefined,
  context: Context,
): Promise<Row[]> {
  const where = after ? [...conditions, seenBy(after.snapshot), before(scope, after)] : conditions;
  const statement = toStatement(sql`
    select v.type, v.id, v.ver, v.last_updated, v.method, v.meta, v.resource::text, (select pg_current_snapshot()::text),
      ${isWhole(scope, request) ? sql`null` : followsDeletion(parts, scope)}
    from ${tableOf(parts, scope)} v where ${all(where)} order by ${order(scope)} limit ${limit}`);
  // By key: planned once. Planning it anew each time cost more than carrying it out.
  const { keys, searches } = parts.database;
  return rowsOf(scope.id === undefined ? searches : keys, statement, context);
}

async function count(parts: Parts, scope: HistoryScope, conditions: readonly Sql[], context: Context): Promise<number> {
  const statement = toStatement(sql`select count(*) from ${tableOf(parts, scope)} v where ${all(conditions)}`);
  const [row] = await rowsOf(parts.database.searches, statement, context);
  return Number(row![0]);
}

function tableOf(parts: Parts, { type }: HistoryScope): Sql {
  return type === undefined ? name('ver') : name(`ver_${parts.types.place(type).partition}`);
}

/** Within a resource versions are in the order of time, and the primary key has them. */
function order({ id }: HistoryScope): Sql {
  return id === undefined ? sql`v.last_updated desc, v.id desc, v.ver desc, v.type desc` : sql`v.ver desc`;
}

function before({ id }: HistoryScope, { updated, id: lastId, version, type }: Position): Sql {
  if (id !== undefined) return sql`v.ver < ${version}`;
  return sql`(v.last_updated, v.id, v.ver, v.type) < (${updated}::timestamptz, ${lastId}, ${version}::int, ${type}::smallint)`;
}

/** Written by a transaction that the snapshot shows; those of earlier epochs all are. */
function seenBy(snapshot: string): Sql {
  const base = sql`(select base from epoch order by n desc limit 1)`;
  return sql`case when v.tx <= ${base} then true
    else pg_visible_in_snapshot((v.tx - ${base})::text::xid8, ${snapshot}::pg_snapshot) end`;
}

function readPosition(key: Buffer, text: string, scope: string): Position {
  const position = JSON.parse(fromCursor(key, text)) as Position;
  if (position.scope === scope) return position;
  throw new Fault('invalid-value', 'The link to this page belongs to another history.', {
    expression: '_page',
    hint: 'Follow the links of a Bundle as they are, or begin at the first page.',
  });
}

function readTime(parameter: string, text: string, range: InstantRange): ReturnType<InstantRange> {
  try {
    return range(text);
  } catch (cause) {
    throw new Fault('invalid-value', `${parameter}=${text.slice(0, 60)} is no date or instant.`, {
      expression: parameter,
      hint: 'Write it as 2026-11-21 or 2026-11-21T09:30:00Z; a + in a URL is written %2B.',
      cause,
    });
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
