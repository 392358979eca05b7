import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { openAccess } from '../../resources/index.ts';
import { type Database, nobody, openDatabase } from '../../store/database.ts';
import { type Entry, type Follow, Follower, followStep, pendingStatement } from '../../store/follower.ts';
import { logStep } from '../../store/log.ts';
import type { Store } from '../../store/open.ts';
import { testDatabase } from '../setup/database.ts';
import { draftOf, patient, testContext } from './double.ts';
import { first, hold, openTestStore, rows } from './postgres.ts';

const context = testContext();
type Connection = Awaited<ReturnType<typeof testDatabase>>;

/** A follower that notes in a table of its own which versions it has seen. */
const noting = (seen: Entry[][], more: Partial<Follow> = {}): Follow => ({
  name: 'noting',
  lock: 424_242,
  due: 'true',
  ahead: false,
  async prepare(entries) {
    seen.push([...entries]);
    return [
      {
        text: 'insert into noted (id, ver) select * from unnest($1::text[], $2::int[])',
        values: [entries.map(({ id }) => id), entries.map(({ ver }) => ver)],
      },
    ];
  },
  ...more,
});

/** Due where it is not noted yet: work that may be done ahead. */
const AHEAD = { ahead: true, due: 'not exists (select from noted n where n.id = e.id and n.ver = e.ver)' };

const databases: Database[] = [];
afterAll(async () => {
  for (const database of databases) await database.close();
});

async function opened() {
  const connection = await testDatabase();
  const store = await openTestStore({ connection, sequencer: false });
  await rows(connection, `insert into follower values ('noting', 0)`);
  await rows(connection, 'create table noted (id text, ver int)');
  const database = openDatabase({ connection, applicationName: 'vesta test' });
  databases.push(database);
  return {
    connection,
    store,
    database,
    step: (follow: Follow) => database.follow.use(nobody, (trip) => followStep(follow, trip)),
  };
}

const put = (store: Store, id: string, more: object = {}) =>
  store.records.update(openAccess, draftOf(patient(id, more), 'PUT', id), {}, context);
const noted = (connection: Connection) => rows(connection, 'select id, ver from noted order by id, ver');
const position = (connection: Connection) => first(connection, `select seq::int from follower where name = 'noting'`);

/** Numbers so many versions: transactions of other test files hold the horizon back. */
async function number(connection: Connection, database: Database, versions: number): Promise<void> {
  await expect
    .poll(
      async () => {
        await database.log.use(nobody, logStep);
        return first(connection, 'select count(*)::int from log');
      },
      { timeout: 20_000 },
    )
    .toBe(versions);
}

describe('a follower', () => {
  it('sees each numbered version once, in order, and its position is kept with its work', async () => {
    const { connection, store, database, step } = await opened();
    for (const id of ['a', 'b']) await put(store, id);
    await put(store, 'a', { gender: 'female' });
    const seen: Entry[][] = [];
    expect(await step(noting(seen))).toMatchObject({ complete: false });
    expect(seen).toEqual([]);
    await number(connection, database, 3);
    expect(await step(noting(seen))).toMatchObject({ left: 0 });
    await step(noting(seen));
    expect(seen.map((batch) => batch.map(({ id, ver }) => `${id}/${ver}`))).toEqual([['a/1', 'b/1', 'a/2']]);
    expect(await position(connection)).toBe(3);
  });

  it('does a batch again that failed, and no half of it stays', async () => {
    const { connection, store, database, step } = await opened();
    await put(store, 'a');
    await number(connection, database, 1);
    const broken = noting([], {
      prepare: async () => [{ text: `insert into noted values ('half', 1)` }, { text: 'select 1 / 0' }],
    });
    await expect(step(broken)).rejects.toThrow();
    expect(await noted(connection)).toEqual([]);
    expect(await position(connection)).toBe(0);
    // The lock was given back.
    expect(await step(noting([]))).toMatchObject({ left: 0 });
    expect(await noted(connection)).toEqual([['a', 1]]);
  });

  it('passes by what is not due', async () => {
    const { connection, store, database, step } = await opened();
    for (const id of ['a', 'b', 'c']) await put(store, id);
    await number(connection, database, 3);
    await step(noting([], { due: `e.id = 'b'` }));
    expect(await noted(connection)).toEqual([['b', 1]]);
    expect(await position(connection)).toBe(3);
  });

  it('takes batches that fit in memory', async () => {
    const { connection, store, database, step } = await opened();
    for (let i = 0; i < 5; i++)
      await put(store, `big${i}`, {
        language: Array.from({ length: 400_000 }, () => Math.random().toString(36)[2]).join(''),
      });
    await rows(
      connection,
      `update ver set resource = resource || jsonb_build_object('more', (select string_agg(md5(g::text), '') from generate_series(1, 100000) g))`,
    );
    await number(connection, database, 5);
    const seen: Entry[][] = [];
    while ((await step(noting(seen)))!.left > 0);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.flat()).toHaveLength(5);
    expect(await noted(connection)).toHaveLength(5);
  });

  it('leaves a batch to the process that is at it', async () => {
    const { connection, store, database, step } = await opened();
    await put(store, 'a');
    await number(connection, database, 1);
    const held = await hold(connection, 'select pg_advisory_xact_lock(424242)');
    expect(await step(noting([]))).toBeUndefined();
    await held();
    expect(await step(noting([]))).toBeDefined();
  });

  it('does not move a position that another has moved', async () => {
    const { connection, store, database, step } = await opened();
    await put(store, 'a');
    await number(connection, database, 1);
    const overtaken = noting([], {
      prepare: async () => {
        await rows(connection, `update follower set seq = 1 where name = 'noting'`);
        return [{ text: `insert into noted values ('twice', 1)` }];
      },
    });
    await expect(step(overtaken)).rejects.toThrow();
    expect(await noted(connection)).toEqual([]);
  });
});

describe('a follower that works ahead', () => {
  it('does what is committed before it is numbered, once', async () => {
    const { connection, store, database, step } = await opened();
    const open = await hold(connection, 'select pg_current_xact_id()');
    await put(store, 'a');
    const follow = noting([], AHEAD);
    expect(await step(follow)).toMatchObject({ complete: true });
    expect(await noted(connection)).toEqual([['a', 1]]);
    expect(await position(connection)).toBe(0);
    await open();
    await number(connection, database, 1);
    expect(await step(follow)).toMatchObject({ complete: true });
    expect(await noted(connection)).toEqual([['a', 1]]);
    expect(await position(connection)).toBe(1);
  });

  it('tells what is pending', async () => {
    const { connection, store, database, step } = await opened();
    const follow = noting([], AHEAD);
    const pending = async () => (await database.searches.run([pendingStatement(follow)], nobody))[0]![0]![0];
    expect(await pending()).toBe('f');
    await put(store, 'a');
    expect(await pending()).toBe('t');
    await step(follow);
    expect(await pending()).toBe('f');
    await number(connection, database, 1);
    expect(await pending()).toBe('f');
  });

  it('has done for each who waits what was committed before, however many wait', async () => {
    const { connection, store, database } = await opened();
    const follower = new Follower(noting([], AHEAD), database.follow);
    await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        await put(store, `p${i}`);
        expect(await follower.catchUp(10_000, nobody)).toBe(0);
        expect(await first(connection, `select count(*)::int from noted where id = 'p${i}'`)).toBe(1);
      }),
    );
  });

  it('waits while another process works, and no longer than it may', async () => {
    const { connection, store, database } = await opened();
    await put(store, 'a');
    const follower = new Follower(noting([], AHEAD), database.follow);
    const held = await hold(connection, 'select pg_advisory_xact_lock(424242)');
    expect(await follower.catchUp(100, nobody)).toBe(1);
    const waiting = follower.catchUp(20_000, nobody);
    await sleep(50);
    await held();
    expect(await waiting).toBe(0);
  });

  it('follows in the background until it is stopped', async () => {
    const { connection, store, database } = await opened();
    const follower = new Follower(noting([], AHEAD), database.follow);
    follower.start();
    await put(store, 'a');
    await number(connection, database, 1);
    await expect.poll(() => noted(connection), { timeout: 10_000 }).toEqual([['a', 1]]);
    await follower.stop();
    await put(store, 'b');
    await number(connection, database, 2);
    await sleep(1_500);
    expect(await noted(connection)).toEqual([['a', 1]]);
  });
});
