/** Opens the store on a migrated database: connections, caches, and the rooms that stand on them. */
import { Buffer } from 'node:buffer';
import type { Access, Context } from '../resources/index.ts';
import { conditional, deleteMatches, match } from './conditional.ts';
import { type DatabaseOptions, nobody, openDatabase, rowsOf } from './database.ts';
import { DEFINITIONS_CHANNEL, type Definitions, openDefinitions, TOLD_TYPES } from './definitions.ts';
import { Dictionary } from './dictionary.ts';
import type { Extractor } from './extractor.ts';
import { followed } from './followed.ts';
import type { Guides } from './guides/records.ts';
import { openGuides } from './guides/room.ts';
import { type HistoryRequest, type HistoryScope, history, type InstantRange } from './history.ts';
import type { Lane } from './lane.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { type LogPage, listen, logEnd, Sequencer } from './log.ts';
import { CHANNEL } from './parameters/announce.ts';
import { openGenerations } from './parameters/renew.ts';
import { openParameters, type Parameters } from './parameters/room.ts';
import { ParameterSet } from './parameters/set.ts';
import type { Matcher, Parts } from './parts.ts';
import { missing, read, readMany, vread } from './read.ts';
import type { Draft, Encoder, Prepared, Records } from './records.ts';
import { Referrers } from './referrers.ts';
import { openRehearsal } from './rehearsal.ts';
import { revise } from './revise.ts';
import type { CustomSet } from './search/custom.ts';
import { openShares } from './search/shares.ts';
import { openWords } from './search/text-rows.ts';
import { type Closures, openClosures } from './terminology/closures.ts';
import { type ConceptMaps, openConceptMaps } from './terminology/maps.ts';
import { openReleases, type Releases } from './terminology/releases.ts';
import { commitSet } from './transaction.ts';
import { TypeNumbers } from './types.ts';
import { type Concepts, openConcepts } from './value-sets.ts';
import { openEncoder } from './write/created.ts';
import { CurrentCache } from './write/current.ts';
import type { Referred } from './write/deletions.ts';
import { prepare } from './write/jobs.ts';
import { Keyed } from './write/keyed.ts';
import { WriteQueue } from './write/queue.ts';
import { ROW_TYPES_QUERY, type RowTypes, rowTypes } from './write/rows.ts';
import { create, remove, update } from './write.ts';

export interface StoreOptions extends DatabaseOptions {
  /** What becomes of resources to which others refer; default `refuse`. */
  readonly deleteReferenced?: 'refuse' | 'allow';
  /** IANA name of the zone of times that have none; default UTC. */
  readonly zone?: string;
  /** Own FHIR bases without a slash at the end: absolute references below them are local ones. */
  readonly bases?: readonly string[];
  /** Bytes of versions remembered to spare updates a read; default 8 MB. */
  readonly currentBytesMax?: number;
  /** Milliseconds that a search by words waits for those of what was stored before it; default 10 s. */
  readonly wordsWaitMs?: number;
  /** Whether this process may number the event log, follow it in the background and build the index of search parameters; default true. */
  readonly sequencer?: boolean;
  /** Milliseconds since 1970, for ids that are made outside a request. */
  readonly now?: () => number;
}

/** The number of connections of one kind, for whoever watches. */
export interface PoolGauge {
  readonly name: string;
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

/** What another thread needs to prepare drafts: plain data. */
export interface PreparerData {
  readonly key: Uint8Array;
  readonly zone: string;
  readonly bases: readonly string[];
  readonly typeNumbers: ReadonlyMap<string, number>;
  /** The search parameters of users, as they are when it is asked for. */
  readonly custom: CustomSet;
  readonly rowTypes: RowTypes;
}

export interface EventLog {
  /** Committed versions after the cursor, oldest first. @throws Fault `invalid-value` */
  listen(access: Access, cursor: string, count: number, context: Context): Promise<LogPage>;
  /** The cursor after everything that is numbered by now. */
  end(context: Context): Promise<string>;
}

export interface Store {
  readonly records: Records;
  /** The same, of which nothing is kept: what would become of writes. */
  readonly rehearsal: Records;
  /** What can be searched by. */
  readonly parameters: Parameters;
  readonly log: EventLog;
  readonly ledger: Ledger;
  /** Profiles, value sets, code systems … by the address that others name them by. */
  readonly definitions: Definitions;
  /** Implementation guides that are installed. */
  readonly guides: Guides;
  /** What the terminology needs: definitions by url, sets of codes. */
  readonly concepts: Concepts;
  /** Concept maps and what they say of codes. */
  readonly maps: ConceptMaps;
  /** Closure tables of clients. */
  readonly closures: Closures;
  /** Releases of code systems that are loaded. */
  readonly releases: Releases;
  /** For `openPreparer` on another thread. */
  readonly preparer: PreparerData;
  /** Whether the database answers. */
  ready(): Promise<boolean>;
  /** Current resources of each type that has any. */
  counts(): Promise<Readonly<Record<string, number>>>;
  pools(): readonly PoolGauge[];
  /** Tells Postgres how the tables look now: after a load it would plan for a minute by what they were before. */
  analyze(): Promise<void>;
  close(): Promise<void>;
}

/** The search side, which is put together in index.ts. */
export interface Searching {
  openExtractor(key: Buffer, zone: string, bases: readonly string[]): Extractor;
  openMatcher(parts: Omit<Parts, 'matcher'>, zone: string): Matcher;
  readonly range: InstantRange;
  /** What only search adds to the records. */
  openSearch(parts: Parts, pageKey: Buffer, zone: string): Omit<Records, keyof ReturnType<typeof openRecords>>;
}

const CURRENT_BYTES_MAX = 8 * 2 ** 20;
const WORDS_WAIT_MS = 10_000;

/**
 * Opens the store. The database must be migrated.
 * @throws Fault `database-unavailable`
 */
export async function openStoreWith(options: StoreOptions, searching: Searching): Promise<Store> {
  const database = openDatabase(options);
  const { zone = 'UTC', bases = [] } = options;
  try {
    const [typeRows, rowTypeRows, secretRows, refersRows] = await database.house.run(
      [
        { text: 'select n, name from type' },
        ROW_TYPES_QUERY,
        { text: `select name, encode(value, 'hex') from secret where name in ('hash', 'page')` },
        { text: 'select target, source from refers' },
      ],
      nobody,
    );
    const secrets = new Map(secretRows!.map(([name, value]) => [name!, Buffer.from(value!, 'hex')]));
    const types = new TypeNumbers(typeRows!);
    const referrers = new Referrers(refersRows!, (n) => types.placeOf(n));
    const referred: Referred = options.deleteReferenced === 'allow' ? 'ignore' : referrers;
    const writing = { rowTypes: rowTypes(rowTypeRows!), place: (type: string) => types.place(type), referred };
    const extractor = searching.openExtractor(secrets.get('hash')!, zone, bases);
    const dictionary = new Dictionary(database.house, types, referrers);
    const parameters = new ParameterSet(database.house, types, (set) => extractor.use?.(set));
    await parameters.refresh();
    const generations = openGenerations(parameters, { extractor, dictionary, types });
    const most: Omit<Parts, 'matcher'> = {
      database,
      types,
      rowTypes: writing.rowTypes,
      extractor,
      dictionary,
      parameters,
      generations,
      cache: new CurrentCache(options.currentBytesMax ?? CURRENT_BYTES_MAX),
      queue: new WriteQueue(database.writers, database.writersMax, { ...writing, generations }),
      keyed: new Keyed(),
      words: openWords(database.follow, (n) => types.name(n), options.wordsWaitMs ?? WORDS_WAIT_MS),
      shares: openShares(database.house, options.now ?? Date.now),
      referred,
      now: options.now ?? Date.now,
    };
    const parts: Parts = { ...most, matcher: searching.openMatcher(most, zone) };
    return assembleStore(parts, secrets, { zone, bases }, searching, options.sequencer ?? true);
  } catch (error) {
    await database.close();
    throw error;
  }
}

function assembleStore(
  parts: Parts,
  secrets: ReadonlyMap<string, Buffer>,
  { zone, bases }: Pick<PreparerData, 'zone' | 'bases'>,
  searching: Searching,
  sequences: boolean,
): Store {
  const { database, types } = parts;
  const page = secrets.get('page')!;
  const sequencer = new Sequencer(database.log);
  if (sequences) {
    sequencer.start();
    parts.words.start();
  }
  const parameters = openParameters(parts, sequences && parts.extractor.use !== undefined);
  const definitions = openDefinitions({ database, types, hasher: parts.extractor });
  const ear = database.listen({ [CHANNEL]: parameters.heard, [DEFINITIONS_CHANNEL]: definitions.heard });
  const search = searching.openSearch(parts, page, zone);
  const records = { ...openRecords(parts, page, searching.range), ...search } as Records;
  return {
    records: parameters.followed(followed(records, TOLD_TYPES, definitions.changed)),
    rehearsal: openRehearsal(records, parts),
    definitions: definitions.room,
    guides: openGuides(parts, async () => {
      definitions.heard(undefined);
      await parameters.announced();
    }),
    parameters: parameters.room,
    log: {
      listen: (access, cursor, count, context) => listen(parts, access, cursor, count, context),
      end: (context) => logEnd(database.searches, context),
    },
    ledger: openLedger(database.house),
    ...terminologyRooms(parts, definitions.room),
    preparer: {
      key: secrets.get('hash')!,
      zone,
      bases,
      typeNumbers: types.numbers,
      rowTypes: parts.rowTypes,
      get custom() {
        return parts.parameters.custom;
      },
    },
    ready: () =>
      rowsOf(database.house, { text: 'select 1' }, nobody).then(
        () => true,
        () => false,
      ),
    async counts() {
      const rows = await rowsOf(
        database.searches,
        { text: 'select type, count(*) from res where not deleted group by type' },
        nobody,
      );
      return Object.fromEntries(rows.map(([n, count]) => [types.name(n!), Number(count)]).sort());
    },
    pools: () => gauges(database),
    async analyze() {
      await database.house.run([{ text: 'analyze' }], nobody);
    },
    async close() {
      await ear.close();
      await Promise.all([sequencer.stop(), parts.words.stop(), parameters.close()]);
      await database.close();
    },
  };
}

function terminologyRooms({ database, types }: Parts, definitions: Definitions) {
  return {
    concepts: openConcepts({ database, definitions }),
    maps: openConceptMaps({ database, types, definitions }),
    releases: openReleases({ database }),
    closures: openClosures({ database }),
  };
}

function openRecords(parts: Parts, page: Buffer, range: InstantRange) {
  return {
    read: (access: Access, type: string, id: string, context: Context) => read(parts, access, { type, id }, context),
    vread: (access: Access, type: string, id: string, version: number, context: Context) =>
      vread(parts, access, { type, id }, version, context),
    history: (access: Access, scope: HistoryScope, request: HistoryRequest, context: Context) =>
      history(parts, page, range, access, scope, request, context),
    create: (access, draft, context) => create(parts, access, draft, context),
    update: (access, draft, condition, context) => update(parts, access, draft, condition, context),
    delete: (access, type, id, condition, context) => remove(parts, access, type, id, condition, context),
    conditional: (access, criteria, context, decide) => conditional(parts, access, criteria, context, decide),
    deleteMatches: (access, criteria, max, context) => deleteMatches(parts, access, criteria, max, context),
    match: (access, criteria, context) => match(parts, access, criteria, context),
    readMany: (access, keys, context) => readMany(parts, access, keys, context),
    missing: (access, keys, context) => missing(parts, access, keys, context),
    prepare: (draft: Draft): Prepared => prepare(parts, draft),
    encoder: (lastUpdated: number): Encoder =>
      openEncoder({ ...parts, place: (type) => parts.types.place(type) }, lastUpdated),
    commit: (access, set, context) => commitSet(parts, access, set, context),
    revise: (access, target, context, decide) => revise(parts, access, target, context, decide),
  } satisfies Partial<Records>;
}

function gauges(database: Parts['database']): PoolGauge[] {
  return Object.entries(database).flatMap(([name, lane]) => {
    if (typeof lane !== 'object') return [];
    const { open, busy, waiting } = (lane as Lane).load;
    return { name, total: open, idle: open - busy, waiting };
  });
}
