/** Rows of `x_text`, written behind: the words of each current resource. */
import { setImmediate as otherWork } from 'node:timers/promises';
import { Fault } from '../../resources/index.ts';
import { type Entry, type Follow, Follower, pendingStatement } from '../follower.ts';
import type { Caller, Lane, Trip } from '../lane.ts';
import type { Statement } from '../session.ts';
import { toVector } from './text-vector.ts';

/** A number that nothing else locks. */
const TEXT_LOCK = 7_268_003;
/** Characters of JSON whose words are taken in one go: some milliseconds, after which requests have their turn. */
const TURN_CHARACTERS = 64_000;

/** The words of what is stored, kept up to date behind the writers. */
export interface Words {
  /** Tells, in a row `t`, that words of something that is stored are missing. Run before the statement that needs them. */
  readonly pending: Statement;
  /**
   * Waits until the words of all that was stored before the call are there.
   * @throws Fault `timeout` where that takes too long
   */
  catchUp(caller: Pick<Caller, 'signal'>): Promise<void>;
  /** Begins to keep them in the background. */
  start(): void;
  stop(): Promise<void>;
}

/** @param waitMs how long a search waits at most */
export function openWords(lane: Pick<Lane, 'use'>, typeName: (n: string) => string, waitMs: number): Words {
  const follow = textFollow(typeName);
  const follower = new Follower(follow, lane);
  return {
    pending: pendingStatement(follow),
    async catchUp(caller) {
      const left = await follower.catchUp(waitMs, caller);
      if (left > 0) throw behind(left);
    },
    start: () => follower.start(),
    stop: () => follower.stop(),
  };
}

/** What keeps the words. @param typeName number of a type → its name */
export function textFollow(typeName: (n: string) => string): Follow {
  return {
    name: 'text',
    lock: TEXT_LOCK,
    due: DUE,
    // Only the current version's words are kept, whatever the order in which versions come.
    ahead: true,
    prepare: (entries, trip) => prepare(entries, trip, typeName),
  };
}

function behind(left: number): Fault {
  const text = `The words of ${left === 1 ? 'a version' : `${left} versions`} stored before this search cannot be searched yet.`;
  return new Fault('timeout', text, {
    hint: 'After much was loaded the words follow by and by. Try again in some seconds, or search without _text and _content.',
    headers: { 'Retry-After': '10' },
  });
}

/** Of versions that are no longer current nothing is kept; of a deletion, nothing either. Written so that it stays a look-up by key. */
const DUE = `(select case when r.deleted then x.rid is not null else x.ver is distinct from r.ver end
  from res r left join x_text x on x.type = r.type and x.rid = r.rid
  where r.type = e.type and r.id = e.id and r.ver = e.ver limit 1) is true`;

async function prepare(entries: readonly Entry[], trip: Trip, typeName: (n: string) => string): Promise<Statement[]> {
  const keys = [entries.map(({ type }) => type), entries.map(({ id }) => id), entries.map(({ ver }) => ver)];
  const [rows] = await trip([{ text: CONTENT, values: keys }]);
  const put = {
    types: [] as string[],
    rids: [] as string[],
    sks: [] as string[],
    vers: [] as string[],
    words: [] as string[],
  };
  const gone = { types: [] as string[], rids: [] as string[] };
  let characters = 0;
  for (const [type, rid, sk, ver, meta, resource] of rows!) {
    if (resource === null) {
      gone.types.push(type!);
      gone.rids.push(rid!);
      continue;
    }
    put.types.push(type!);
    put.rids.push(rid!);
    put.sks.push(sk!);
    put.vers.push(ver!);
    put.words.push(toVector(typeName(type!), JSON.parse(resource!), meta ? JSON.parse(meta) : undefined));
    characters += resource!.length;
    if (characters > TURN_CHARACTERS) {
      characters = 0;
      await otherWork();
    }
  }
  return [
    ...(put.types.length > 0 ? [{ text: PUT, values: [put.types, put.sks, put.rids, put.vers, put.words] }] : []),
    ...(gone.types.length > 0 ? [{ text: REMOVE, values: [gone.types, gone.rids] }] : []),
  ];
}

const CONTENT = `
select r.type, r.rid, r.sk, r.ver, v.meta, v.resource::text
from unnest($1::smallint[], $2::text[], $3::int[]) k(type, id, ver)
  cross join lateral (select * from res r where r.type = k.type and r.id = k.id and r.ver = k.ver limit 1) r
  cross join lateral (select * from ver v where v.type = k.type and v.id = k.id and v.ver = k.ver limit 1) v`;

const PUT = `
insert into x_text (type, sk, rid, ver, t)
select g.type, g.sk, g.rid, g.ver, g.t::tsvector
from unnest($1::smallint[], $2::int8[], $3::int8[], $4::int[], $5::text[]) g(type, sk, rid, ver, t) order by g.type, g.rid
on conflict (type, rid) do update set sk = excluded.sk, ver = excluded.ver, t = excluded.t where x_text.ver < excluded.ver`;

const REMOVE = `
delete from x_text x using unnest($1::smallint[], $2::int8[]) d(type, rid) where x.type = d.type and x.rid = d.rid`;
