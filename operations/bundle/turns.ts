/** Work on the event loop in short stretches, so that other requests get their turn. */
import { setImmediate } from 'node:timers/promises';

/** Longest stretch of work before other requests get a turn. */
const SLICE_MS = 15;

/**
 * Gives a function to call between two pieces of work.
 * @returns from that: a promise to wait for, when the others have waited long enough
 */
export function openTurns(): () => Promise<void> | undefined {
  let started = performance.now();
  return () => {
    if (performance.now() - started <= SLICE_MS) return undefined;
    return setImmediate().then(() => {
      started = performance.now();
    });
  };
}
