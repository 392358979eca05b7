/**
 * Several writes, all or nothing. Locks are taken in one order by everybody (identities, then rows by type and id), and
 * what fails by a deadlock or by being overtaken is done again here: neither ever reaches a caller.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { type Access, type Context, Fault } from '../resources/index.ts';
import { guardLocks, identityStatement, type Locks, ownLocks } from './identity.ts';
import type { Parts } from './parts.ts';
import { lockStatement, newestManyStatement, toCurrent, toVersion } from './read.ts';
import type { Identified, Write, WriteSet, Written } from './records.ts';
import { Overtaken, retrying } from './retrying.ts';
import type { Row, Statement } from './session.ts';
import { isTaken } from './sqlstate.ts';
import { inTrips } from './trips.ts';
import { type Batch, type BatchOptions, holdStatements, type Job, toBatch } from './write/batch.ts';
import { encodedStatements } from './write/created.ts';
import type { Current } from './write/current.ts';
import { decideUpdate, requireCondition } from './write/decide.ts';
import {
  currentVersion,
  deletedVersion,
  deleteJob,
  keyOf,
  referencedFault,
  requireGrant,
  updateJob,
  writtenCurrent,
  writtenVersion,
} from './write/jobs.ts';
import { unreferredProbe } from './write/unreferred.ts';

/** Resources in one statement of a large set: their encoding must not hold up the event loop. */
const CHUNK_ROWS = 500;
/** A larger set is not remembered: it would push out what single writes are about to ask for. */
const REMEMBERED_MAX = 64;

export const BEGIN: Statement = { text: 'begin' };
export const COMMIT: Statement = { text: 'commit' };

/**
 * Writes a set. Two trips, three where something is deleted.
 * @param beside what is done in the same transaction when all of it is written
 * @returns results in the order of the writes, undefined for a delete of nothing; `stale` where a guard selects other
 *   resources now than it did
 * @throws Fault of the first write that may not be done; then nothing was written
 */
export async function commitSet(
  parts: Parts,
  access: Access,
  set: WriteSet,
  context: Context,
  beside: readonly Statement[] = [],
): Promise<'stale' | readonly (Written | undefined)[]> {
  for (const write of set.writes) requireGrant(access, write.do, targetOf(write).type);
  for (const type of set.encoded?.types ?? []) requireGrant(access, 'create', type);
  const keys = requireDistinct(set.writes);
  await ensureAll(parts, set);
  const locks: Locks = {
    exclusive: guardLocks(
      parts.extractor,
      set.guards.map(({ criteria }) => criteria),
    ),
    shared: ownLocks(parts.extractor, identifiedOf(set)),
  };
  const attempt = () =>
    parts.database.transactions.use(context, async (trip) => {
      // What was encoded cannot be changed any more: the caller makes it again for the parameters that there are now.
      if (set.encoded && set.encoded.generation !== parts.parameters.generation) return 'stale' as const;
      const before = beginning(parts, access, set, locks, context);
      const results = await trip(before.statements);
      if (before.isStale(results)) {
        await trip([{ text: 'rollback' }]);
        return 'stale' as const;
      }
      const currents = before.currents(results);
      const planned = set.writes.map((write) => plan(parts, write, currents, context.now()));
      await finish(parts, access, planned, trip, [...encodedOf(parts, set.encoded), ...beside]).catch((error) => {
        if (!isTaken(error)) throw error;
        // An id that was free when it was read had no row to lock: who comes second updates what the first created.
        const again = planned.some(({ job }) => job?.do === 'given');
        const cause = again ? new Overtaken('an id was taken meanwhile', { cause: error }) : error;
        throw new Fault('conflict', 'An id of the set exists already.', { cause });
      });
      return planned;
    });
  const done = await retrying(context, attempt, parts.generations);
  if (done === 'stale') return done;
  for (const [i, { job }] of done.entries()) {
    if (job && job.do !== 'delete' && done.length <= REMEMBERED_MAX) parts.cache.set(keys[i]!, writtenCurrent(job));
    else parts.cache.forget(keys[i]!);
  }
  return done.map(({ written }) => written);
}

/**
 * Writes what was planned and commits; deletions are checked for referrers when all else is written.
 * @param creates statements of new resources beside what was planned
 * @throws Fault `referenced`; the transaction is then to be rolled back
 */
export async function finish(
  parts: Parts,
  access: Access,
  planned: readonly Planned[],
  trip: (statements: readonly Statement[]) => Promise<Row[][]>,
  creates: readonly Statement[] = [],
): Promise<void> {
  const working = planned
    .filter(({ job }) => job !== undefined)
    .sort((a, b) => (jobKey(a.job!) < jobKey(b.job!) ? -1 : 1));
  const batches = await toBatches(parts, await parts.generations.renewed(working.map(({ job }) => job!)));
  const statements = [...batches.flatMap((batch) => batch.statements), ...creates];
  const deletions = working.filter(({ job }) => job!.do === 'delete');
  if (deletions.length === 0) {
    await inTrips([...statements, COMMIT], trip);
    return;
  }
  const probe = unreferredProbe(
    parts,
    deletions.map(({ job }) => job as Deletion),
  );
  const results = await inTrips([...statements, ...probe.statements()], trip);
  readDeletions(batches, results, working);
  requireUnreferred(parts, access, await probe.referrers(results, trip), deletions);
  await trip([COMMIT]);
}

/** A write with everything decided. */
export interface Planned {
  readonly job: Job | undefined;
  written: Written | undefined;
}

/** The statements of the first trip, and how their results are read. */
export function beginning(parts: Parts, access: Access, set: WriteSet, locks: Locks, context: Context) {
  const statements: Statement[] = [BEGIN];
  const identities = identityStatement(locks);
  if (identities) statements.push(identities);
  const guardsAt = statements.length;
  for (const { criteria } of set.guards) statements.push(parts.matcher.statement(access, criteria, 2, context));
  const targets = new Map<string, string[]>();
  for (const write of set.writes) {
    if (write.do === 'create') continue;
    const { type, id } = targetOf(write);
    const ids = targets.get(type);
    if (ids) ids.push(id);
    else targets.set(type, [id]);
  }
  const types = [...targets.keys()].sort();
  for (const type of types) statements.push(lockStatement(parts.types.place(type), targets.get(type)!));
  // Read by statements that come after all locks: their snapshots show what the locks protect.
  const readsAt = statements.length;
  for (const type of types) statements.push(newestManyStatement(parts.types.place(type), targets.get(type)!));
  return {
    statements,
    isStale: (results: readonly (readonly Row[])[]): boolean =>
      set.guards.some(({ criteria, ids }, i) => {
        const found = results[guardsAt + i]!.map((row) => toVersion(criteria.type, row)).filter((version) =>
          parts.matcher.holds(criteria, version, context),
        );
        return found.length !== ids.length || found.some(({ id }) => !ids.includes(id));
      }),
    currents(results: readonly (readonly Row[])[]): Map<string, Current> {
      const currents = new Map<string, Current>();
      for (const [i, type] of types.entries()) {
        for (const row of results[readsAt + i]!) currents.set(keyOf(type, row[0]!), toCurrent(row));
      }
      return currents;
    },
  };
}

/** What a write comes to, given what is stored. @throws Fault where its condition does not hold */
export function plan(parts: Parts, write: Write, currents: ReadonlyMap<string, Current>, nowMs: number): Planned {
  const { type, id } = targetOf(write);
  const current = currents.get(keyOf(type, id));
  if (write.do === 'delete') {
    requireCondition(type, id, write.condition ?? {}, current);
    if (!current || current.deleted) return { job: undefined, written: undefined };
    return { job: deleteJob(parts, type, id, current.version, nowMs), written: undefined };
  }
  const { content } = write;
  if (write.do === 'create') return storing({ do: 'create', content, lastUpdated: nowMs }, true);
  const decision = decideUpdate(content, write.condition ?? {}, current);
  if (decision.do === 'nothing') {
    const version = currentVersion(type, id, decision.current);
    return { job: undefined, written: { version, created: false, changed: false } };
  }
  if (decision.do === 'create') return storing({ do: 'given', content, lastUpdated: nowMs }, true);
  return storing(updateJob(parts, content, decision.before, nowMs), decision.before.deleted);
}

async function ensureAll({ dictionary, types }: Parts, { writes, encoded }: WriteSet): Promise<void> {
  const missing: (Promise<void> | undefined)[] = [];
  for (const write of writes) {
    if (write.do !== 'delete') missing.push(dictionary.ensure(types.place(write.content.type).n, write.content.values));
  }
  for (const { type, values } of encoded?.needs ?? []) missing.push(dictionary.ensure(type, values));
  await Promise.all(missing);
}

function* identifiedOf({ writes, encoded }: WriteSet): Iterable<Identified> {
  for (const write of writes) if (write.do !== 'delete') yield write.content;
  yield* encoded?.identities ?? [];
}

function storing(job: Job, created: boolean): Planned {
  return { job, written: { version: writtenVersion(job as Exclude<Job, { do: 'delete' }>), created, changed: true } };
}

function encodedOf({ types, generations: { building } }: Parts, encoded: WriteSet['encoded']): Statement[] {
  if (!encoded) return [];
  const before = holdStatements(encoded.types, { place: (type) => types.place(type), building });
  return [...before, ...encodedStatements(encoded)];
}

async function toBatches(parts: Parts, jobs: readonly Job[]): Promise<Batch[]> {
  const options: BatchOptions = {
    rowTypes: parts.rowTypes,
    place: (type) => parts.types.place(type),
    proof: 'all',
    referred: 'ignore',
    building: parts.generations.building,
  };
  const batches: Batch[] = [];
  for (let at = 0; at < jobs.length; at += CHUNK_ROWS) {
    if (at > 0) await turn();
    batches.push(toBatch(jobs.slice(at, at + CHUNK_ROWS), options));
  }
  return batches;
}

type Deletion = Extract<Job, { do: 'delete' }>;

function readDeletions(
  batches: readonly Batch[],
  results: readonly (readonly Row[])[],
  working: readonly Planned[],
): void {
  let statement = 0;
  let at = 0;
  for (const batch of batches) {
    const outcomes = batch.read(results.slice(statement, statement + batch.statements.length));
    statement += batch.statements.length;
    for (const outcome of outcomes) {
      const planned = working[at++]!;
      if (planned.job!.do !== 'delete') continue;
      if (outcome.became !== 'deleted') throw new Overtaken('a row that was locked could not be deleted');
      const { type, id } = planned.job as Deletion;
      const version = deletedVersion(type, id, outcome.version, outcome.lastUpdated);
      planned.written = { version, created: false, changed: true };
    }
  }
}

function requireUnreferred(parts: Parts, access: Access, rows: readonly Row[], deletions: readonly Planned[]): void {
  const [first] = rows;
  if (!first) return;
  const { type, id } = deletions.map(({ job }) => job as Deletion).find(({ rid }) => String(rid) === first[1])!;
  const by = rows.filter(([, rid]) => rid === first[1]).map((row) => ({ type: Number(row[2]), id: row[3]! }));
  throw referencedFault(parts, access, type, id, { became: 'referenced', by });
}

function targetOf(write: Write): { readonly type: string; readonly id: string } {
  return write.do === 'delete' ? write : write.content;
}

function jobKey(job: Job): string {
  return job.do === 'delete' ? keyOf(job.type, job.id) : keyOf(job.content.type, job.content.id);
}

/** @returns keys of the targets, in order @throws Fault `invalid-request` where a resource is written twice */
function requireDistinct(writes: readonly Write[]): string[] {
  const keys = writes.map((write) => keyOf(targetOf(write).type, targetOf(write).id));
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key))
      throw new Fault('invalid-request', `${key} is written twice in one transaction.`, {
        hint: 'Send each resource once.',
      });
    seen.add(key);
  }
  return keys;
}
