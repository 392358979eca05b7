/** A connection that listens: what other processes tell through Postgres. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Session, type SessionOptions } from './session.ts';

/** How soon a connection that was lost is made again. */
const AGAIN_MS = 1_000;

export interface Ear {
  close(): Promise<void>;
}

/**
 * Listens to a channel for as long as the process runs.
 * @param channel a name of the program's own
 * @param heard is called for each word, and whenever the connection was made anew: something may have been missed
 */
export function openEar(options: Omit<SessionOptions, 'onNotification'>, channel: string, heard: () => void): Ear {
  const closing = new AbortController();
  let session: Session | undefined;
  const listening = listen();
  return {
    async close() {
      closing.abort();
      await session?.close();
      await listening;
    },
  };

  async function listen(): Promise<void> {
    while (!closing.signal.aborted) {
      // A database that is away comes back.
      await follow().catch(() => {});
      await sleep(AGAIN_MS, undefined, { signal: closing.signal }).catch(() => {});
    }
  }

  async function follow(): Promise<void> {
    const ended = Promise.withResolvers<void>();
    session = await Session.open({ ...options, onNotification: heard }, () => ended.resolve());
    if (closing.signal.aborted) return session.close();
    await session.run([{ text: `listen ${channel}` }]);
    heard();
    await ended.promise;
  }
}
