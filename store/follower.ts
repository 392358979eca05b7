/**
 * Work that is done behind the writers: whoever has it follows the event log, batch by batch, and his position is saved
 * in the transaction that saves the work. Any process may take the next batch, one at a time (an advisory lock for the
 * length of a batch): nobody is elected, so nobody has to notice that the elected one is gone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { nobody } from './database.ts';
import type { Caller, Lane, Trip } from './lane.ts';
import type { Row, Statement } from './session.ts';

/** One version of the log that something is to be done for. */
export interface Entry {
  /** Number of the resource type. */
  readonly type: number;
  readonly id: string;
  readonly ver: number;
}

/** What a follower does. */
export interface Follow {
  /** Its row in the table `follower`. */
  readonly name: string;
  /** A number that nothing else locks. */
  readonly lock: number;
  /** SQL, true of an entry `e` (type, id, ver) for which there is something to do. Entries that it is not true of are passed by. */
  readonly due: string;
  /**
   * Whether it also works ahead of the log, on what is committed and not yet numbered. That is met again when it is
   * numbered, in whatever order: only for work of which the last version is all that matters.
   */
  readonly ahead: boolean;
  /** Makes ready what is to be written for these entries: statements that run in one transaction with the new position. */
  prepare(entries: readonly Entry[], trip: Trip): Promise<readonly Statement[]>;
}

/** What one batch came to. */
export interface Progress {
  /** Whether all that was committed when the batch was read is done now; true only of followers that work ahead. */
  readonly complete: boolean;
  /** Numbered versions that are left. */
  readonly left: number;
  /** Where the log ended. */
  readonly end: string;
}

/** Entries of one batch, and bytes of their content as stored, after which it ends: what a batch may hold in memory. */
const BATCH_ENTRIES = 256;
const BATCH_BYTES = 4 * 2 ** 20;
/** Entries that `pendingStatement` looks at; where there are more, something is pending. */
const LOOKED_AT = 500;
/** How often a follower that has nothing to do looks whether there is something. */
const IDLE_MS = 1_000;
/** How often somebody who waits asks again while another process works. */
const TAKEN_MS = 10;
/**
 * While others write, the follower rests so many times as long as it worked: a load of minutes keeps nine tenths of the
 * machine. Who writes for longer gives it a quarter, or what follows would fall behind for ever.
 */
const REST = 9;
const REST_OF_LONG = 3;
const LONG_MS = 600_000;

/**
 * One row, `t` where something that is committed is not yet done. Its snapshot is older than that of a statement sent
 * after it, on one trip too: where it says `f`, the later statement sees the work for all that was committed before it.
 */
export function pendingStatement({ name, due }: Follow): Statement {
  // The order in which the index is read keeps the planner from reading whole tables: it knows nothing of the bounds.
  return {
    text: `with behind as materialized (
      select l.type, l.id, l.ver from log l where l.seq > (select seq from follower where name = $1)
      order by l.seq limit ${LOOKED_AT}),
    ahead as materialized (
      select v.type, v.id, v.ver from ver v where v.tx >= (select horizon from log_state) order by v.tx limit ${LOOKED_AT})
    select (select count(*) from behind) = ${LOOKED_AT} or (select count(*) from ahead) = ${LOOKED_AT}
      or exists (select from (select * from behind union all select * from ahead) e where ${due})`,
    values: [name],
  };
}

/**
 * Works off the next batch, where no other process is at it.
 * @returns undefined where another process works
 */
export async function followStep(follow: Follow, trip: Trip): Promise<Progress | undefined> {
  const { name, lock, ahead } = follow;
  const [locked, rows] = await trip([
    { text: 'select pg_try_advisory_lock($1)', values: [lock] },
    { text: batchText(follow.due), values: [name, BATCH_ENTRIES, ahead] },
  ]);
  if (locked![0]![0] !== 't') return undefined;
  try {
    const batch = toBatch(rows!, ahead);
    const statements = batch.entries.length > 0 ? await follow.prepare(batch.entries, trip) : [];
    if (statements.length > 0 || batch.to !== batch.from) {
      await trip([{ text: 'begin' }, ...statements, ...moved(name, batch), { text: 'commit' }]);
    }
    return batch.progress;
  } catch (error) {
    // The transaction that failed is still open, and would refuse to give the lock back.
    await trip([{ text: 'rollback' }]).catch(() => {});
    throw error;
  } finally {
    await trip([{ text: 'select pg_advisory_unlock($1)', values: [lock] }]).catch(() => {});
  }
}

/** A follower of the log: in the background as long as the process runs, and at once for those who wait for it. */
export class Follower {
  readonly #follow: Follow;
  readonly #lane: Pick<Lane, 'use'>;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  /** The batch that is worked on, and the one that begins after it for all who asked meanwhile. */
  #current: Promise<unknown> = Promise.resolve();
  #next: Promise<Progress | undefined> | undefined;
  #end = '';
  /** Since when there has been something to do, in the background's own eyes. */
  #busySince: number | undefined;

  constructor(follow: Follow, lane: Pick<Lane, 'use'>) {
    this.#follow = follow;
    this.#lane = lane;
  }

  /** Begins to follow in the background. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends after the batch under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#current.catch(() => {});
  }

  /**
   * Waits until all that was committed before the call is done, and works off itself what is left.
   *
   * What is numbered does not suffice: the log numbers a version only after all older transactions have ended, so that a
   * single one that stays open would let every waiter wait for it. Hence a batch looks ahead of the log too, at what is
   * visible to its snapshot and not yet numbered. The batch begins after the call, so its snapshot has all that was
   * committed before; what was still open then nobody can have seen. For followers that work ahead only.
   * @returns the number of versions that are left after `waitMs`; 0 where nothing is
   */
  async catchUp(waitMs: number, { signal }: Pick<Caller, 'signal'>): Promise<number> {
    const until = performance.now() + waitMs;
    for (;;) {
      const progress = await unlessAborted(this.#step(), signal);
      if (progress?.complete) return 0;
      if (performance.now() >= until) return Math.max(progress?.left ?? 0, 1);
      if (!progress) await unlessAborted(sleep(TAKEN_MS), signal);
    }
  }

  /** A batch that begins from now on, the same for all who ask before it begins. */
  #step(): Promise<Progress | undefined> {
    this.#next ??= this.#current
      .catch(() => {})
      .then(() => {
        const step = this.#next!;
        this.#current = step;
        this.#next = undefined;
        return this.#lane.use(nobody, (trip) => followStep(this.#follow, trip));
      });
    return this.#next;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // A database that is away comes back; until then there is nothing to follow.
      const restMs = await this.#work().catch(() => IDLE_MS);
      await sleep(restMs, undefined, { signal }).catch(() => {});
    }
  }

  /** @returns for how long there is nothing to do */
  async #work(): Promise<number> {
    const startedAt = performance.now();
    if (!(await this.#lane.use(nobody, (trip) => isBehind(this.#follow, trip)))) {
      this.#busySince = undefined;
      return IDLE_MS;
    }
    this.#busySince ??= startedAt;
    const progress = await this.#step();
    if (!progress) return IDLE_MS;
    const isGrowing = progress.end !== this.#end;
    this.#end = progress.end;
    if (!isGrowing) return 0;
    const isLong = startedAt - this.#busySince > LONG_MS;
    return (performance.now() - startedAt) * (isLong ? REST_OF_LONG : REST);
  }
}

interface Batch {
  readonly entries: readonly Entry[];
  /** Position before and after. */
  readonly from: string;
  readonly to: string;
  readonly progress: Progress;
}

async function isBehind({ name }: Follow, trip: Trip): Promise<boolean> {
  const text = 'select (select seq from log_state) > (select seq from follower where name = $1)';
  const [rows] = await trip([{ text, values: [name] }]);
  return rows![0]![0] === 't';
}

/** Columns: position, end of the log, entries read of it, the last of these; then seq, type, id, ver, bytes of what is due. */
function batchText(due: string): string {
  return `
with place as materialized (select seq from follower where name = $1),
  state as materialized (select seq, horizon from log_state),
  behind as materialized (
    select l.seq, l.type, l.id, l.ver from log l where l.seq > (select seq from place) order by l.seq limit $2::int),
  ahead as materialized (
    select v.type, v.id, v.ver from ver v
    where $3::bool and (select count(*) from behind) < $2::int and v.tx >= (select horizon from state)),
  found as materialized (
    select e.seq, e.type, e.id, e.ver, (
      select pg_column_size(v.resource) from ver v where v.type = e.type and v.id = e.id and v.ver = e.ver) as bytes
    from (select * from behind union all select null, * from ahead) e
    where ${due} order by e.seq nulls last limit 2 * $2::int)
select place.seq, state.seq, (select count(*) from behind), (select max(seq) from behind), f.*
from place cross join state left join found f on true order by f.seq nulls last`;
}

function toBatch(rows: readonly Row[], ahead: boolean): Batch {
  const [from, end, count, last] = rows[0]! as [string, string, string, string | null];
  const due = rows.filter((row) => row[5] !== null);
  let bytes = 0;
  let taken = 0;
  for (; taken < due.length && (taken === 0 || bytes < BATCH_BYTES); taken++) bytes += Number(due[taken]![8] ?? 0);
  const cutAt = due[taken]?.[4];
  const to = cutAt != null ? String(BigInt(cutAt) - 1n) : (last ?? from);
  // What is ahead is found again when it is numbered, and may have been numbered early: each version once.
  const entries = new Map(
    due.slice(0, taken).map(([, , , , , type, id, ver]) => {
      return [`${type}/${id}/${ver}`, { type: Number(type), id: id!, ver: Number(ver) }];
    }),
  );
  const complete = ahead && taken === due.length && due.length < 2 * BATCH_ENTRIES && Number(count) < BATCH_ENTRIES;
  return {
    entries: [...entries.values()],
    from,
    to,
    progress: { complete, left: Number(BigInt(end) - BigInt(to)), end },
  };
}

/** Moves the position from where the batch began. Whoever lost the lock with his connection must not move it too. */
function moved(name: string, { from, to }: Batch): Statement[] {
  if (from === to) return [];
  const text = `with m as (update follower set seq = $2::int8 where name = $1 and seq = $3::int8 returning 1)
    select require_rows(1, (select count(*) from m))`;
  return [{ text, values: [name, to, from] }];
}

/** The promise, or the reason why the caller no longer waits for it. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort);
  // Where nobody waits any more, a failure is nobody's.
  promise.catch(() => {});
  aborted.catch(() => {});
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
