/**
 * A write that depends on the version that it replaces: the row is held from the reading to the commit, so that nobody
 * can get in between, and writers of other processes come one after the other.
 */
import { type Access, type Context, Fault } from '../resources/index.ts';
import { guardLocks, ownLocks } from './identity.ts';
import type { Trip } from './lane.ts';
import type { Parts } from './parts.ts';
import type { Prepared, Revision, Version, WriteSet, Written } from './records.ts';
import { Overtaken, retrying } from './retrying.ts';
import { isTaken } from './sqlstate.ts';
import { beginning, finish, type Planned, plan } from './transaction.ts';
import type { Current } from './write/current.ts';
import { currentVersion, keyOf, requireGrant, writtenCurrent } from './write/jobs.ts';

interface Target {
  readonly type: string;
  readonly id: string;
  readonly guards: WriteSet['guards'];
}

type Decide = (current: Version | undefined) => Revision | Promise<Revision>;

/**
 * @param decide is asked again where what it wants to write has identifiers that are not held yet
 * @returns undefined for a delete of nothing; `stale` where a guard selects other resources than it did
 * @throws what `decide` throws; Faults of the write. Then nothing was written
 */
export function revise(
  parts: Parts,
  access: Access,
  target: Target,
  context: Context,
  decide: Decide,
): Promise<'stale' | Written | undefined> {
  const exclusive = guardLocks(
    parts.extractor,
    target.guards.map(({ criteria }) => criteria),
  );
  // Those of this process wait here, where waiting takes no connection.
  return parts.keyed.run(keyOf(target.type, target.id), async () => {
    const shared = new Set<bigint>();
    for (;;) {
      const done = await retrying(
        context,
        () =>
          parts.database.transactions.use(context, (trip) =>
            attempt(parts, access, target, { exclusive, shared: [...shared] }, context, decide, trip),
          ),
        parts.generations,
      );
      if (done === 'stale') return done;
      if (!('needs' in done)) return remember(parts, done.planned);
      for (const lock of done.needs) shared.add(lock);
    }
  });
}

type Attempt = 'stale' | { readonly needs: readonly bigint[] } | { readonly planned: readonly Planned[] };

async function attempt(
  parts: Parts,
  access: Access,
  { type, id, guards }: Target,
  locks: { readonly exclusive: readonly bigint[]; readonly shared: readonly bigint[] },
  context: Context,
  decide: Decide,
  trip: Trip,
): Promise<Attempt> {
  // Of the writes only the targets count here: a delete is one without content.
  const held = beginning(parts, access, { guards, writes: [{ do: 'delete', type, id }] }, locks, context);
  const results = await trip(held.statements);
  if (held.isStale(results)) return givenUp(trip, 'stale');
  const currents = held.currents(results);
  const current = currents.get(keyOf(type, id));
  const revision = await decide(current && currentVersion(type, id, current));
  const planned = planAll(parts, access, revision, currents, context.now());
  const contents = planned.flatMap(({ job }) => (job && job.do !== 'delete' ? [job.content] : []));
  const taken = new Set([...locks.exclusive, ...locks.shared]);
  // Everybody takes identities before rows; to wait for one now could end in a deadlock.
  const needs = ownLocks(parts.extractor, contents).filter((lock) => !taken.has(lock));
  if (needs.length > 0) return givenUp(trip, { needs });
  await ensureAll(parts, contents);
  await finish(parts, access, planned, trip).catch((error) => {
    // The id was free when it was read, and had no row to hold.
    if (isTaken(error)) throw new Fault('conflict', 'An id exists already.', { cause: new Overtaken() });
    throw error;
  });
  return { planned };
}

function planAll(
  parts: Parts,
  access: Access,
  revision: Revision,
  currents: ReadonlyMap<string, Current>,
  nowMs: number,
): Planned[] {
  const { write } = revision;
  requireGrant(access, write.do, write.do === 'delete' ? write.type : write.content.type);
  const planned = plan(parts, write, currents, nowMs);
  const beside = planned.written?.changed ? (revision.with?.(planned.written) ?? []) : [];
  for (const { type } of beside) requireGrant(access, 'create', type);
  return [planned, ...beside.map((content) => plan(parts, { do: 'create', content }, currents, nowMs))];
}

async function givenUp<T>(trip: Trip, why: T): Promise<T> {
  await trip([{ text: 'rollback' }]);
  return why;
}

async function ensureAll({ dictionary, types }: Parts, contents: readonly Prepared[]): Promise<void> {
  await Promise.all(contents.map(({ type, values }) => dictionary.ensure(types.place(type).n, values)));
}

function remember(parts: Parts, planned: readonly Planned[]): Written | undefined {
  for (const { job } of planned) {
    if (!job) continue;
    if (job.do === 'delete') parts.cache.forget(keyOf(job.type, job.id));
    else parts.cache.set(keyOf(job.content.type, job.content.id), writtenCurrent(job));
  }
  return planned[0]!.written;
}
