/**
 * Builds the index of users' parameters and takes down that of those that went, in one elected process (an advisory
 * lock), beside everything else. Where it was interrupted it goes on from the last range that it finished.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { nobody } from '../database.ts';
import type { Trip } from '../lane.ts';
import type { Parts } from '../parts.ts';
import { ANNOUNCE_LOCK, announce, CHANNEL } from './announce.ts';
import { type Building, buildRange } from './build.ts';
import { removeSome } from './remove.ts';

/** Any number that nothing else locks. */
const KEEPER_LOCK = 7_268_005;
/** How often those who do not build try to, and how often the one who does looks without having been called. */
const ELECTION_MS = 2_000;
const LOOK_MS = 30_000;
/** How often it is looked whether the writers of an earlier generation are done. */
const FENCE_MS = 20;

export class Keeper {
  readonly #parts: Parts;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #isCalled = false;
  /** The generation whose predecessors have no writers any more. */
  #fenced = -1;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something changed: there may be work. */
  call(): void {
    this.#isCalled = true;
    this.#wake?.();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // A database that is away comes back; what was begun is gone on with.
      await this.#parts.database.parameters.use(nobody, (trip) => this.#follow(trip)).catch(() => {});
      await sleep(ELECTION_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** While this connection holds the lock. */
  async #follow(trip: Trip): Promise<void> {
    const { signal } = this.#stopping;
    const [rows] = await trip([{ text: 'select pg_try_advisory_lock($1)', values: [KEEPER_LOCK] }]);
    if (rows![0]![0] !== 't') return;
    try {
      this.#isCalled = true;
      while (!signal.aborted) {
        if (this.#isCalled) {
          this.#isCalled = false;
          await announce(this.#parts.database.house, this.#parts.types);
          await this.#parts.parameters.refresh();
        }
        const started = performance.now();
        const worked = await this.#step(trip);
        // As long for everybody else as it took.
        if (worked) await sleep(performance.now() - started, undefined, { signal }).catch(() => {});
        else if (!this.#isCalled) await this.#rest();
      }
    } finally {
      await trip([{ text: 'select pg_advisory_unlock($1)', values: [KEEPER_LOCK] }]).catch(() => {});
    }
  }

  async #rest(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LOOK_MS);
    this.#wake = resolve;
    if (this.#stopping.signal.aborted) resolve();
    await promise;
    clearTimeout(timer);
    this.#wake = undefined;
  }

  /** @returns whether there was anything to do */
  async #step(trip: Trip): Promise<boolean> {
    const { parameters } = this.#parts;
    const removing = parameters.states.find(({ state }) => state === 'removing');
    const building = removing ? undefined : await this.#nextBuilding(trip);
    if (!removing && !building) return false;
    await this.#fence(trip, parameters.generation);
    if (removing) {
      if (!(await removeSome(removing.k, this.#parts.types.place(removing.type).n, trip))) await this.#tell();
      return true;
    }
    await this.#build(building!, trip);
    return true;
  }

  async #build(building: Building, trip: Trip): Promise<void> {
    const { end, resources, faults } = await buildRange(this.#parts, building, trip);
    if (end !== undefined) {
      await trip([
        {
          text: 'update param set at = $2, done = done + $3, faults = faults + $4 where k = any($1::int[])',
          values: [building.slots, end, resources, faults],
        },
      ]);
      return;
    }
    await trip([
      { text: 'begin' },
      ANNOUNCE_LOCK,
      {
        text: `update param set state = 'active' where k = any($1::int[]) and state = 'building'`,
        values: [building.slots],
      },
      { text: 'select pg_notify($1, $2)', values: [CHANNEL, ''] },
      { text: 'commit' },
    ]);
    await this.#tell();
  }

  /** Parameters of one type that are equally far are built in one pass. */
  async #nextBuilding(trip: Trip): Promise<Building | undefined> {
    const { parameters, types } = this.#parts;
    const [first] = parameters.states.filter(({ state }) => state === 'building');
    if (!first) return undefined;
    const { n, partition } = types.place(first.type);
    // About how many there are, told once for those that begin.
    const total = `(select count(*) from res_${partition} where type = ${n} and not deleted)`;
    const text = `select k, at from param where type = ${n} and state = 'building' order by at nulls first, k desc`;
    const begin = `update param set total = ${total} where type = ${n} and state = 'building' and total = 0 and at is null`;
    const [, rows] = await trip([{ text: begin }, { text }]);
    const at = rows![0]?.[1] ?? undefined;
    const slots = rows!.filter((row) => (row[1] ?? undefined) === at).map(([k]) => Number(k));
    return slots.length > 0 ? { type: first.type, slots, at } : undefined;
  }

  /**
   * Waits until whoever may have written for an earlier generation is done. Each write looks at the generation behind a
   * lock that it holds to its end: those that hold none now will see the present one.
   */
  async #fence(trip: Trip, generation: number): Promise<void> {
    if (this.#fenced === generation) return;
    let earlier = await holders(trip);
    while (earlier.size > 0 && !this.#stopping.signal.aborted) {
      await sleep(FENCE_MS);
      const now = await holders(trip);
      earlier = new Set([...earlier].filter((one) => now.has(one)));
    }
    this.#fenced = generation;
  }

  #tell(): Promise<unknown> {
    return this.#parts.parameters.refresh();
  }
}

async function holders(trip: Trip): Promise<Set<string>> {
  const [rows] = await trip([
    {
      text: `select virtualtransaction from pg_locks where locktype = 'relation' and relation = 'param_state'::regclass
        and database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()`,
    },
  ]);
  return new Set(rows!.map(([one]) => one!));
}
