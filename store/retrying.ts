/** Work that fails by a deadlock or by being overtaken is done again here: neither ever reaches a caller. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from './lane.ts';
import { type Generations, isOutdated } from './parameters/renew.ts';
import { isConflict } from './sqlstate.ts';

/** Attempts at work that others keep overtaking, and how long it steps aside between two. */
const ATTEMPTS_MAX = 10;
const ASIDE_MS = 4;

/** Found only when it was tried: somebody else was faster. The transaction is done again. */
export class Overtaken extends Error {
  readonly code = '40001';
}

/**
 * Does the work again where it failed by a deadlock, by being overtaken, or because the search parameters had changed.
 * @throws Fault `timeout` when it keeps failing
 */
export async function retrying<T>(
  caller: Caller,
  work: () => Promise<T>,
  generations?: Pick<Generations, 'refresh'>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (generations && isOutdated(error) && attempt < ATTEMPTS_MAX) {
        await generations.refresh();
        continue;
      }
      if (!isConflict(error) || attempt === ATTEMPTS_MAX) throw error;
      await sleep(Math.random() * ASIDE_MS * 2 ** Math.min(attempt, 5), undefined, { signal: caller.signal });
    }
  }
}
