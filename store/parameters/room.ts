/** The search parameters of a store: asked for by those who search, followed by those who write SearchParameters. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ParameterSource } from '../../resources/index.ts';
import type { Parts } from '../parts.ts';
import type { Records, WriteSet } from '../records.ts';
import { announce, CHANNEL } from './announce.ts';
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

/** @param keeps whether this process may build what others announce */
export function openParameters(parts: Parts, keeps: boolean) {
  const { parameters, database, types } = parts;
  const keeper = new Keeper(parts);
  const ear = database.listen(CHANNEL, () => {
    parameters.refresh().catch(() => {});
    keeper.call();
  });
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
  return {
    room,
    /** The records, with whatever is written as a SearchParameter announced before its writer hears that it is stored. */
    followed: (records: Records): Records => followed(records, makeAnnouncer(parts)),
    async close() {
      await ear.close();
      await keeper.stop();
    },
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

const TYPE = 'SearchParameter';

function followed(records: Records, announced: () => Promise<void>): Records {
  const after = async <T>(isOne: boolean, work: Promise<T>): Promise<T> => {
    if (!isOne) return work;
    const result = await work;
    await announced();
    return result;
  };
  return {
    ...records,
    create: (access, draft, context) => after(draft.type === TYPE, records.create(access, draft, context)),
    update: (access, draft, condition, context) =>
      after(draft.type === TYPE, records.update(access, draft, condition, context)),
    delete: (access, type, id, condition, context) =>
      after(type === TYPE, records.delete(access, type, id, condition, context)),
    conditional: (access, criteria, context, decide) =>
      after(criteria.type === TYPE, records.conditional(access, criteria, context, decide)),
    deleteMatches: (access, criteria, max, context) =>
      after(criteria.type === TYPE, records.deleteMatches(access, criteria, max, context)),
    commit: (access, set, context) => after(concerns(set), records.commit(access, set, context)),
    revise: (access, target, context, decide) =>
      after(target.type === TYPE, records.revise(access, target, context, decide)),
  };
}

function concerns({ writes, encoded }: WriteSet): boolean {
  const isOne = (write: WriteSet['writes'][number]) =>
    (write.do === 'delete' ? write.type : write.content.type) === TYPE;
  return writes.some(isOne) || (encoded?.types.includes(TYPE) ?? false);
}
