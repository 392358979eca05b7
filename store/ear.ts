/** A connection that listens: what other processes tell through Postgres. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Session, type SessionOptions } from './session.ts';

/** How soon a connection that was lost is made again. */
const AGAIN_MS = 1_000;

export interface Ear {
  close(): Promise<void>;
}

/** Called for each word with what it says, and with undefined whenever the connection was made anew: something may have been missed. */
export type Heard = (word: string | undefined) => void;

/**
 * Listens to channels for as long as the process runs, on one connection.
 * @param channels by names of the program's own
 */
export function openEar(
  options: Omit<SessionOptions, 'onNotification'>,
  channels: Readonly<Record<string, Heard>>,
): Ear {
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
    const onNotification: SessionOptions['onNotification'] = (channel, word) => channels[channel]?.(word);
    session = await Session.open({ ...options, onNotification }, () => ended.resolve());
    if (closing.signal.aborted) return session.close();
    await session.run(Object.keys(channels).map((channel) => ({ text: `listen ${channel}` })));
    for (const heard of Object.values(channels)) heard(undefined);
    await ended.promise;
  }
}
