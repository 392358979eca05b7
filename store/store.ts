/** The whole store: the rooms of `open.ts` with the search side that they are opened with. */
import { intervalOf } from '../resources/index.ts';
import type { InstantRange } from './history.ts';
import { openStoreWith, type PreparerData, type Store, type StoreOptions } from './open.ts';
import type { Draft, Encoder, Prepared } from './records.ts';
import type { CustomSet } from './search/custom.ts';
import { openExtractor } from './search/extract.ts';
import { openMatcher, openSearch } from './search/run.ts';
import { TypeNumbers } from './types.ts';
import { openEncoder } from './write/created.ts';
import { prepare } from './write/jobs.ts';

/**
 * Opens the store on a migrated database.
 * @throws Fault `database-unavailable`
 */
export function openStore(options: StoreOptions): Promise<Store> {
  const range = rangeIn(options.zone ?? DEFAULT_ZONE);
  return openStoreWith(options, { openExtractor, openMatcher, openSearch, range });
}

/** Prepares drafts without a database, on whatever thread; `data` is `store.preparer`. */
export function openPreparer({ key, zone, bases, typeNumbers, rowTypes, custom }: PreparerData): {
  /** Tells which parameters of users there are now. */
  use(custom: CustomSet): void;
  prepare(draft: Draft): Prepared;
  encoder(lastUpdated: number): Encoder;
} {
  const extractor = openExtractor(key, zone, bases);
  extractor.use(custom);
  const types = new TypeNumbers([...typeNumbers].map(([name, n]) => [n, name] as const));
  const parts = { extractor, rowTypes, now: Date.now, place: (type: string) => types.place(type) };
  return {
    use: (set) => extractor.use(set),
    prepare: (draft) => prepare(parts, draft),
    encoder: (lastUpdated) => openEncoder(parts, lastUpdated),
  };
}

const DEFAULT_ZONE = 'UTC';

/** The milliseconds that an instant or partial date covers. */
function rangeIn(zone: string): InstantRange {
  return (text) => {
    const interval = intervalOf(text, zone);
    if (!interval) throw new RangeError('no date or time');
    return { fromMs: Number(interval.lo / 1000n), toMs: Number((interval.hi + 999n) / 1000n) };
  };
}
