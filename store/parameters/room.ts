/** The search parameters of a store: asked for by those who search, followed by those who write SearchParameters. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ParameterSource } from '../../resources/index.ts';
import { followed } from '../followed.ts';
import type { Parts } from '../parts.ts';
import type { Records } from '../records.ts';
import { announce } from './announce.ts';
import { Keeper } from './keeper.ts';
import type { ParameterState } from './set.ts';

export interface Parameters extends ParameterSource {
  /** Every parameter of users, and those SearchParameters that add nothing, with the reason. */
  states(): readonly ParameterState[];
  /**
   * Reads the set as the database has it now.
   * @returns whether it is another one than this process knew
   */
  refresh(): Promise<boolean>;
  /** Waits until nothing is being built or taken down. */
  settled(signal: AbortSignal): Promise<void>;
}

/** How often it is looked whether all is built. */
const SETTLED_MS = 25;

const TYPES: ReadonlySet<string> = new Set(['SearchParameter']);

/** @param keeps whether this process may build what others announce */
export function openParameters(parts: Parts, keeps: boolean) {
  const { parameters, database, types } = parts;
  const keeper = new Keeper(parts);
  if (keeps) keeper.start();
  const room: Parameters = {
    of: (type) => parameters.of(type),
    unused: (type, code) => parameters.unused(type, code),
    states: () => parameters.states,
    refresh: () => parameters.refresh(),
    async settled(signal) {
      for (;;) {
        await parameters.refresh();
        if (!parameters.states.some(({ state }) => state === 'building' || state === 'removing')) return;
        await sleep(SETTLED_MS, undefined, { signal });
      }
    },
  };
  const announced = makeAnnouncer(parts);
  return {
    room,
    /** Brings what is indexed to what is stored. */
    announced,
    /** The records, with whatever is written as a SearchParameter announced before its writer hears that it is stored. */
    followed: (records: Records): Records => followed(records, TYPES, announced),
    /** To be called for each word on `CHANNEL`. */
    heard() {
      parameters.refresh().catch(() => {});
      keeper.call();
    },
    close: () => keeper.stop(),
  };

  function makeAnnouncer({ parameters: set }: Parts): () => Promise<void> {
    let last: Promise<unknown> = Promise.resolve();
    let next: Promise<void> | undefined;
    // All who ask while one is under way share the one after it, which sees what they wrote.
    return () => {
      next ??= last.then(async () => {
        next = undefined;
        const work = announce(database.house, types).then(() => set.refresh());
        // What is stored stays stored: the keeper, who is called by the database itself, makes up for it.
        last = work.catch(() => {});
        await last;
      });
      return next;
    };
  }
}
