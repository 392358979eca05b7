/**
 * The event log: every committed version once, in an order that never changes, to be read by a durable cursor.
 *
 * Neither the transaction id nor a sequence gives such an order: what has the lower one may become visible later. So
 * one elected process (an advisory lock) follows behind the writers and numbers what is complete: all transactions below
 * the horizon are over, so nothing can still appear among their versions. Within one resource, lower versions go before
 * higher ones even where they were written by a transaction of a higher number; `log_early` remembers those.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Access, type Context, Fault } from '../resources/index.ts';
import { visible } from './access.ts';
import { nobody, rowsOf } from './database.ts';
import { beginEpoch } from './epoch.ts';
import type { Lane, Trip } from './lane.ts';
import type { Parts } from './parts.ts';
import { toVersion } from './read.ts';
import type { Version } from './records.ts';
import { sql, toStatement } from './sql.ts';

/** One version as it was committed, with the cursor that goes on after it. */
export interface LogEntry {
  readonly version: Version;
  readonly cursor: string;
}

export interface LogPage {
  readonly entries: readonly LogEntry[];
  /** Goes on after the last entry looked at; the same as was given where there is nothing new. */
  readonly cursor: string;
}

/** Any number that nothing else locks. */
const SEQUENCER_LOCK = 7_268_002;
/** How often what was written is numbered, and how often those who do not number try to. */
const STEP_MS = 200;
const ELECTION_MS = 2_000;
/** Versions numbered in one step; a transaction is never cut. */
const STEP_VERSIONS = 5_000;

/** The cursor before everything. */
export const LOG_START = '0.0';

/**
 * Versions after the cursor, in order.
 * @param cursor LOG_START, or as an earlier page gave it: also before a restore or a failover
 * @throws Fault `invalid-value` for a text that is no cursor
 */
export async function listen(
  parts: Parts,
  access: Access,
  cursor: string,
  count: number,
  context: Context,
): Promise<LogPage> {
  const { epoch, seq } = readCursor(cursor);
  const seen = visible(access, 'v', 'history', parts.types.numbers);
  // A cursor of an earlier epoch may be ahead of what was restored: it goes on where that epoch ended at the latest.
  const statement = toStatement(sql`
    select l.epoch, l.seq, v.type, v.id, v.ver, v.last_updated, v.method, v.meta, v.resource::text, ${seen}
    from (select * from log where seq > least(${seq}::int8,
        coalesce((select e.seq from epoch e where e.n > ${epoch}::int order by e.n limit 1), ${seq}::int8))
      order by seq limit ${count}) l
    join ver v on v.type = l.type and v.id = l.id and v.ver = l.ver
    order by l.seq`);
  const rows = await rowsOf(parts.database.searches, statement, context);
  const entries = rows
    .filter((row) => row[9] === 't')
    .map((row) => ({ version: toVersion(parts.types.name(row[2]!), row.slice(3)), cursor: `${row[0]}.${row[1]}` }));
  const last = rows.at(-1);
  return { entries, cursor: last ? `${last[0]}.${last[1]}` : cursor };
}

/** The cursor after everything that is numbered by now. */
export async function logEnd(lane: Lane, context: Context): Promise<string> {
  const [row] = await rowsOf(lane, { text: 'select (select max(n) from epoch), (select seq from log_state)' }, context);
  return `${row![0]}.${row![1]}`;
}

/**
 * Numbers what is complete, once. Writes nothing where nothing waits.
 * @returns how many versions
 */
export async function logStep(trip: Trip): Promise<number> {
  const [waiting] = await trip([
    { text: 'select exists (select from ver where tx >= (select horizon from log_state))' },
  ]);
  if (waiting![0]![0] !== 't') return 0;
  const [, , rows] = await trip([
    { text: 'begin' },
    // One at a time, also where an election went wrong; and the next statement's snapshot is from after it.
    { text: 'select seq from log_state for update' },
    { text: STEP, values: [STEP_VERSIONS] },
    { text: 'commit' },
  ]);
  return Number(rows![0]![0]);
}

const STEP = `
with state as materialized (select seq, horizon from log_state),
  complete as materialized (
    select base + pg_snapshot_xmin(pg_current_snapshot())::text::int8 as tx from epoch order by n desc limit 1),
  -- Where there is much, up to a transaction some thousand versions on.
  cut as materialized (
    select least((select tx from complete),
      (select tx + 1 from (select v.tx from ver v where v.tx >= (select horizon from state) order by v.tx
        offset $1::int limit 1) o)) as tx),
  due as materialized (
    select v.type, v.id, v.ver, v.tx from ver v
    where v.tx >= (select horizon from state) and v.tx < (select tx from cut)
      and not exists (select from log_early e where e.type = v.type and e.id = v.id and e.ver = v.ver)),
  early as materialized (
    select distinct v.type, v.id, v.ver, v.tx from due d cross join lateral (
      select v.* from ver v where v.type = d.type and v.id = d.id and v.ver < d.ver and v.tx >= (select tx from cut) offset 0) v
    where d.ver > 1 and not exists (select from log_early e where e.type = v.type and e.id = v.id and e.ver = v.ver)),
  both_kinds as (select * from due union all select * from early),
  -- A version goes no later than any higher one of its resource.
  placed as (
    select type, id, ver, min(tx) over (partition by type, id order by ver desc rows unbounded preceding) as place from both_kinds),
  numbered as (
    select (select seq from state) + row_number() over (order by place, type, id, ver) as seq, type, id, ver from placed),
  logged as (
    insert into log (seq, epoch, type, id, ver)
    select seq, (select max(n) from epoch), type, id, ver from numbered returning 1),
  remembered as (insert into log_early (tx, type, id, ver) select tx, type, id, ver from early),
  forgotten as (delete from log_early where tx < (select tx from cut)),
  moved as (
    update log_state set seq = seq + (select count(*) from numbered), horizon = (select tx from cut)
    where horizon < (select tx from cut))
select count(*) from logged`;

/** Follows the writers as long as the process runs, when it is this one's turn. */
export class Sequencer {
  readonly #lane: Lane;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // A database that is away comes back; until then there is nothing to number.
      await this.#lane.use(nobody, (trip) => this.#follow(trip)).catch(() => {});
      await sleep(ELECTION_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** While this connection holds the lock. */
  async #follow(trip: Trip): Promise<void> {
    const { signal } = this.#stopping;
    const [rows] = await trip([{ text: 'select pg_try_advisory_lock($1)', values: [SEQUENCER_LOCK] }]);
    if (rows![0]![0] !== 't') return;
    try {
      // The server may have been restored or failed over since the process started.
      await beginEpoch(async (text) => (await trip([{ text }]))[0]!);
      while (!signal.aborted) {
        const numbered = await logStep(trip);
        if (numbered < STEP_VERSIONS) await sleep(STEP_MS, undefined, { signal }).catch(() => {});
      }
    } finally {
      await trip([{ text: 'select pg_advisory_unlock($1)', values: [SEQUENCER_LOCK] }]).catch(() => {});
    }
  }
}

function readCursor(text: string): { epoch: number; seq: bigint } {
  const match = /^(\d{1,9})\.(\d{1,18})$/.exec(text);
  if (match) return { epoch: Number(match[1]), seq: BigInt(match[2]!) };
  throw new Fault('invalid-value', `${JSON.stringify(text.slice(0, 40))} is no cursor of the event log.`);
}
