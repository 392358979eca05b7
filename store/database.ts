/** The connections to Postgres, in lanes by what runs on them. */
import { type Ear, type Heard, openEar } from './ear.ts';
import { type Caller, Lane, type LaneOptions } from './lane.ts';
import type { PgConnectionOptions, Row, Statement } from './session.ts';

export interface DatabaseOptions {
  readonly connection: PgConnectionOptions;
  readonly applicationName: string;
  /** Connections that read by key. */
  readonly readersMax?: number;
  readonly searchersMax?: number;
  /** Connections that write batches. Two keep Postgres busy while Node encodes; more only make batches smaller. */
  readonly writersMax?: number;
  /** Connections for transactions: conditional writes, Bundles, and writes that found their row locked. */
  readonly transactionsMax?: number;
  /** Milliseconds that one search may take in Postgres; default 25 s. */
  readonly searchMs?: number;
}

export interface Database {
  /** By key, several in flight on one connection. */
  readonly keys: Lane;
  /** Searches and histories: plans may depend on the values. */
  readonly searches: Lane;
  readonly writers: Lane;
  readonly writersMax: number;
  readonly transactions: Lane;
  /** The server's own small statements: dictionaries, health. */
  readonly house: Lane;
  /** The sequencer of the event log. */
  readonly log: Lane;
  /** What follows the event log. */
  readonly follow: Lane;
  /** Whoever builds search parameters of users. */
  readonly parameters: Lane;
  /** Listens to what other processes tell on channels. */
  listen(channels: Readonly<Record<string, Heard>>): Ear;
  close(): Promise<void>;
}

/** A caller for work that belongs to no request. */
export const nobody: Caller = Object.freeze({ signal: new AbortController().signal, observe: () => {} });

// Times come back as text in UTC, whatever the cluster or PGOPTIONS say: they are padded, not parsed.
const EVERYWHERE = ['timezone=UTC', 'datestyle=ISO', 'jit=off', 'bytea_output=hex'];

/*
 * Statements by key are planned once and never by the size that a table had at that moment: in the automatic mode the
 * update statement was planned anew at every execution (400-600 µs for 130-360 µs of work), and a generic plan made on
 * an empty table must not be a sequential scan for ever.
 */
const BY_KEY = [
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
];

/*
 * Two more processes for a search are two that others lack, and they are started (6 ms) even for a branch of the plan that
 * then never runs. After five executions Postgres may take one plan for all values of a statement, which is right for
 * common ones and walks the whole table for rare ones (58 ms for 0.2); planning each costs half a millisecond, and what
 * need not be planned anew says so (store/search/plan/steady.ts). Pages are in
 * memory or on a disk without a head: a planner that takes four times as long for a page out of order reads a whole month
 * for one code in it, or the whole table for its values above a bound (1.4 s).
 */
const BY_VALUE = ['max_parallel_workers_per_gather=0', 'plan_cache_mode=force_custom_plan', 'random_page_cost=1.1'];

const WAITING_MAX = 2_000;

/** Opens nothing yet: each lane connects when it is first used. */
export function openDatabase(options: DatabaseOptions): Database {
  const {
    connection,
    applicationName,
    readersMax = 3,
    searchersMax = 6,
    writersMax = 2,
    transactionsMax = 4,
    searchMs = 25_000,
  } = options;
  const lane = (name: string, settings: readonly string[], sessionsMax: number, more: Partial<LaneOptions> = {}) =>
    new Lane(
      {
        connection,
        applicationName: `${applicationName} ${name}`,
        settings: [...EVERYWHERE, ...settings],
        sessionsMax,
        waitingMax: WAITING_MAX,
        pipelined: false,
        ...more,
      },
      cancel,
    );
  const lanes = {
    keys: lane('keys', [...BY_KEY, 'statement_timeout=10s'], readersMax, { pipelined: true }),
    searches: lane('searches', [...BY_VALUE, `statement_timeout=${searchMs}`], searchersMax, { preparedMax: 150 }),
    // Several requests share a batch, so none of them may make the others wait long.
    writers: lane('writers', [...BY_KEY, 'statement_timeout=5s', 'lock_timeout=1s'], writersMax),
    transactions: lane('transactions', [...BY_KEY, 'idle_in_transaction_session_timeout=60s'], transactionsMax),
    house: lane('house', [], 2),
    log: lane('log', BY_KEY, 1),
    follow: lane('follow', BY_KEY, 1),
    parameters: lane('parameters', BY_KEY, 1),
  };
  // A connection of its own cancels, so that a request that is late need not wait for those that are not.
  const canceller = lane('cancel', [], 1);
  async function cancel(pid: number): Promise<void> {
    await canceller.run([{ text: 'select pg_cancel_backend($1::int)', values: [pid] }], nobody);
  }
  return {
    ...lanes,
    writersMax,
    listen: (channels) =>
      openEar(
        { connection, applicationName: `${applicationName} listens`, settings: EVERYWHERE, pipelined: false },
        channels,
      ),
    async close() {
      await Promise.all([...Object.values(lanes), canceller].map((each) => each.close()));
    },
  };
}

/** Runs one statement and returns its rows. */
export async function rowsOf(lane: Lane, statement: Statement, caller: Caller): Promise<Row[]> {
  const [rows] = await lane.run([statement], caller);
  return rows!;
}
