/**
 * Natural batching: what arrives while earlier writes are committed shares the next statement and its commit.
 * No timer: a lone write goes at once, and many together cost each of them a fraction (0.59 of the rate without).
 *
 * A second batch goes beside the first only once it is as large: it would cost as much as the first for fewer rows, and
 * what waits meanwhile shares its cost. With eight clients batches hold four rows in place of two or three, which took a
 * tenth of the processor time of a create away. It never waits for longer than the batch under way takes.
 */

import { nobody } from '../database.ts';
import type { Caller, Lane } from '../lane.ts';
import { type Generations, isOutdated } from '../parameters/renew.ts';
import { isLost, isTimeout, sqlstate, toFault } from '../sqlstate.ts';
import { type Batch, type BatchOptions, type Job, type Outcome, toBatch } from './batch.ts';

/**
 * Resources in one batch, and characters of their text: bounds on how long one waits for its neighbours. Sharing what
 * waits among the idle writers was tried and lost 10 to 40 %: the larger batch is worth more than the overlap.
 */
const ROWS_MAX = 64;
const TEXT_MAX = 4 * 2 ** 20;

const STATEMENT_TIMEOUT = '57014';

/** How often a batch is prepared again because the search parameters changed under it. */
const RENEWALS_MAX = 5;

export interface QueueOptions extends Pick<BatchOptions, 'rowTypes' | 'place' | 'referred'> {
  readonly generations: Generations;
}

interface Waiting {
  readonly job: Job;
  readonly caller: Caller;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

export class WriteQueue {
  readonly #lane: Lane;
  readonly #options: QueueOptions;
  #idleWriters: number;
  /** Rows sent whose outcome has not come. */
  #underWay = 0;
  #scheduled = false;
  #waiting: Waiting[] = [];

  constructor(lane: Lane, writers: number, options: QueueOptions) {
    this.#lane = lane;
    this.#idleWriters = writers;
    this.#options = options;
  }

  /** How many wait for a connection. */
  get length(): number {
    return this.#waiting.length;
  }

  /**
   * Writes one resource together with whatever else is waiting. Nobody else in this process may write it meanwhile.
   * `lost` also means that its row was the one that made a batch wait too long: it must be written alone.
   * @throws Fault, or an error that is a bug; both only of this job
   */
  write(job: Job, caller: Caller): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, caller, resolve, reject });
      if (this.#scheduled || this.#idleWriters === 0) return;
      this.#scheduled = true;
      // After the events of this turn, so that what came in together goes out together.
      setImmediate(() => {
        this.#scheduled = false;
        this.#send();
      });
    });
  }

  #send(): void {
    while (this.#idleWriters > 0 && this.#waiting.length >= Math.min(this.#underWay, ROWS_MAX)) {
      const batch = this.#next();
      if (batch.length === 0) return;
      this.#idleWriters--;
      this.#underWay += batch.length;
      this.#write(batch).finally(() => {
        this.#idleWriters++;
        this.#underWay -= batch.length;
        this.#send();
      });
    }
  }

  #next(): Waiting[] {
    const taken: Waiting[] = [];
    let text = 0;
    let at = 0;
    for (; at < this.#waiting.length && taken.length < ROWS_MAX && text < TEXT_MAX; at++) {
      const waiting = this.#waiting[at]!;
      if (waiting.caller.signal.aborted) waiting.reject(waiting.caller.signal.reason);
      else {
        taken.push(waiting);
        text += textLength(waiting.job);
      }
    }
    this.#waiting = this.#waiting.slice(at);
    return taken;
  }

  async #write(batch: Waiting[]): Promise<void> {
    if (batch.length > 1) batch.sort(byResource);
    try {
      const outcomes = await this.#run(batch);
      for (const [i, { resolve }] of batch.entries()) resolve(outcomes[i]!);
    } catch (error) {
      await this.#failed(batch, error);
    }
  }

  async #run(batch: readonly Waiting[]): Promise<Outcome[]> {
    const { generations, ...options } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const jobs = await generations.renewed(batch.map(({ job }) => job));
      const { statements, read }: Batch = toBatch(jobs, { ...options, proof: 'rids', building: generations.building });
      for (const { caller } of batch) caller.observe({ kind: 'trip' });
      try {
        return read(await this.#lane.run(statements, nobody));
      } catch (error) {
        if (!isOutdated(error) || attempt === RENEWALS_MAX) throw error;
        await generations.refresh();
      }
    }
  }

  /** One bad row must not fail its neighbours: each is tried again by itself, unless the fault is nobody's own. */
  async #failed(batch: readonly Waiting[], error: unknown): Promise<void> {
    const everybody = isLost(error) || sqlstate(error)?.startsWith('53');
    for (const waiting of batch) {
      const { resolve, reject } = waiting;
      if (everybody) {
        reject(toFault(error));
        continue;
      }
      // The whole database is slow: one after the other would make the last of them wait for all.
      if (sqlstate(error) === STATEMENT_TIMEOUT) {
        resolve({ became: 'lost' });
        continue;
      }
      try {
        const alone = batch.length === 1 ? Promise.reject(error) : this.#run([waiting]);
        resolve((await alone)[0]!);
      } catch (own) {
        if (isTimeout(own)) resolve({ became: 'lost' });
        else reject(toFault(own));
      }
    }
  }
}

function textLength(job: Job): number {
  return job.do === 'delete' ? 0 : job.content.body.length;
}

function byResource(one: Waiting, other: Waiting): number {
  const a = keyOf(one.job);
  const b = keyOf(other.job);
  return a < b ? -1 : a > b ? 1 : 0;
}

function keyOf(job: Job): string {
  return job.do === 'delete' ? `${job.type}/${job.id}` : `${job.content.type}/${job.content.id}`;
}
