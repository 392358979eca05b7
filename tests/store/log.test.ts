import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { openAccess } from '../../resources/index.ts';
import { nobody, openDatabase } from '../../store/database.ts';
import { LOG_START, logStep } from '../../store/log.ts';
import { migrate } from '../../store/migrate.ts';
import type { Store } from '../../store/open.ts';
import { emptyDatabase, testDatabase } from '../setup/database.ts';
import { draftOf, patient, testContext } from './double.ts';
import { first, hold, openTestStore, rows } from './postgres.ts';

const context = testContext();
type Connection = Awaited<ReturnType<typeof testDatabase>>;

/** A store whose log moves only when it is told to. */
async function opened() {
  const connection = await testDatabase();
  const store = await openTestStore({ connection, sequencer: false });
  return { connection, store, step: (versions: number) => stepTo(connection, versions) };
}

/** Steps until so many versions are numbered: transactions of other test files hold the horizon back too. */
async function stepTo(connection: Connection, versions: number): Promise<void> {
  await expect
    .poll(() => step(connection).then(() => first(connection, 'select count(*)::int from log')), { timeout: 20_000 })
    .toBe(versions);
}

async function step(connection: Connection): Promise<number> {
  const database = openDatabase({ connection, applicationName: 'vesta test' });
  try {
    return await database.log.use(nobody, logStep);
  } finally {
    await database.close();
  }
}

const put = (store: Store, id: string, more: object = {}) =>
  store.records.update(openAccess, draftOf(patient(id, more), 'PUT', id), {}, context);

async function readAll(store: Store, cursor = LOG_START, count = 2): Promise<{ seen: string[]; cursor: string }> {
  const seen: string[] = [];
  for (;;) {
    const page = await store.log.listen(openAccess, cursor, count, context);
    seen.push(...page.entries.map(({ version: { id, version } }) => `${id}/${version}`));
    if (page.cursor === cursor) return { seen, cursor };
    cursor = page.cursor;
  }
}

/** A version as a transaction would write it that is still open. */
const versionOf = (id: string, version: number) =>
  `insert into ver (type, id, ver, sk, tx, last_updated, method, ac, sens, resource) values (1, '${id}', ${version}, 0, tx(), now(), 2, 0, 0, '{}')`;

describe('the log', () => {
  it('tells each committed version once, deletions included, and goes on where a cursor stood', async () => {
    const { store, step } = await opened();
    await put(store, 'a');
    await put(store, 'b');
    await step(2);
    const { seen, cursor } = await readAll(store);
    expect(seen).toEqual(['a/1', 'b/1']);
    await store.records.delete(openAccess, 'Patient', 'a', {}, context);
    await step(3);
    await step(3);
    expect((await readAll(store, cursor)).seen).toEqual(['a/2']);
    expect((await readAll(store)).seen).toEqual(['a/1', 'b/1', 'a/2']);
  });

  it('misses nothing of a transaction that stays open while others commit', async () => {
    const { connection, store, step } = await opened();
    await put(store, 'a');
    const slow = await hold(connection, versionOf('slow', 1));
    await put(store, 'b');
    await put(store, 'c');
    await step(1);
    const { seen, cursor } = await readAll(store);
    // b and c are committed, but a transaction older than theirs may still write.
    expect(seen).toEqual(['a/1']);
    await slow();
    await put(store, 'd');
    await step(5);
    expect((await readAll(store, cursor)).seen.sort()).toEqual(['b/1', 'c/1', 'd/1', 'slow/1']);
  });

  it('forgets what was rolled back', async () => {
    const { connection, store, step } = await opened();
    const doomed = await hold(connection, versionOf('doomed', 1));
    await put(store, 'a');
    await doomed('rollback');
    await step(1);
    expect((await readAll(store)).seen).toEqual(['a/1']);
  });

  it('tells versions in their order where the transaction with the lower number wrote the higher version', async () => {
    const { connection, store, step } = await opened();
    await put(store, 'p');
    await step(1);
    // A takes its number, B updates and commits, then A updates and commits.
    const a = new pg.Client(connection);
    await a.connect();
    await a.query('begin');
    await a.query('select pg_current_xact_id()');
    const b = await hold(connection, versionOf('p', 2));
    await b();
    await a.query(versionOf('p', 3));
    await a.query('commit');
    await a.end();
    await step(3);
    expect((await readAll(store)).seen).toEqual(['p/1', 'p/2', 'p/3']);
  });

  it('tells a lower version early where its own transaction is not yet below the horizon, and not a second time', async () => {
    const { connection, store, step } = await opened();
    await put(store, 'p');
    await step(1);
    const a = new pg.Client(connection);
    await a.connect();
    await a.query('begin');
    await a.query('select pg_current_xact_id()');
    const between = await hold(connection, versionOf('between', 1));
    const b = await hold(connection, versionOf('p', 2));
    await b();
    await a.query(versionOf('p', 3));
    await a.query('commit');
    await a.end();
    // The horizon stands between A and B: version 3 is due, version 2 is not.
    await step(3);
    const { seen, cursor } = await readAll(store);
    expect(seen).toEqual(['p/1', 'p/2', 'p/3']);
    expect(await first(connection, 'select count(*)::int from log_early')).toBe(1);
    await between();
    await put(store, 'after');
    await step(5);
    expect((await readAll(store, cursor)).seen).toEqual(['between/1', 'after/1']);
    expect(await first(connection, 'select count(*)::int from log_early')).toBe(0);
  });

  it('keeps every version and their order under parallel writers of the same resources', async () => {
    const connection = await testDatabase();
    const store = await openTestStore({ connection });
    const beside = await openTestStore({ connection });
    await Promise.all(
      Array.from({ length: 150 }, (_, i) => {
        const on = i % 2 ? store : beside;
        if (i % 10 === 0) {
          const writes = ['x1', 'x3', 'x5'].map((id) => ({
            do: 'update' as const,
            content: on.records.prepare(draftOf(patient(`${id}-${i}`), 'PUT', id)),
          }));
          return on.records.commit(openAccess, { guards: [], writes }, context);
        }
        return put(on, `x${i % 7}`, { language: `l${i}` });
      }),
    );
    const written = Number(await first(connection, 'select count(*) from ver'));
    let seen: string[] = [];
    await expect
      .poll(
        async () => {
          seen = (await readAll(store, LOG_START, 20)).seen;
          return seen.length;
        },
        { timeout: 20_000 },
      )
      .toBe(written);
    const last = new Map<string, number>();
    for (const [id, version] of seen.map((entry) => entry.split('/') as [string, string])) {
      expect(Number(version)).toBe((last.get(id) ?? 0) + 1);
      last.set(id, Number(version));
    }
  });

  it('numbers without being told, and hands over when the one that numbers stops', async () => {
    const connection = await testDatabase();
    const one = await openTestStore({ connection });
    await put(one, 'a');
    await expect.poll(async () => (await readAll(one)).seen).toEqual(['a/1']);
    const two = await openTestStore({ connection });
    await one.close();
    await put(two, 'b');
    await expect.poll(async () => (await readAll(two)).seen, { timeout: 10_000 }).toEqual(['a/1', 'b/1']);
  });

  it('writes nothing while nothing happens', async () => {
    const { connection, store, step } = await opened();
    await put(store, 'a');
    await step(1);
    const state = await rows(connection, 'select xmin::text, xmax::text, seq, horizon from log_state');
    await step(1);
    expect(await rows(connection, 'select xmin::text, xmax::text, seq, horizon from log_state')).toEqual(state);
  });

  it('shows a caller only types that a grant covers, and passes the others by', async () => {
    const { store, step } = await opened();
    await put(store, 'a');
    await store.records.create(openAccess, draftOf({ resourceType: 'Observation' }), context);
    await step(2);
    const access = { actor: 'Practitioner/7', grants: [{ types: ['Observation'], verbs: ['read'] as const }] };
    const page = await store.log.listen(access, LOG_START, 10, context);
    expect(page.entries.map(({ version }) => version.type)).toEqual(['Observation']);
    expect(page.cursor).toBe(await store.log.end(context));
  });

  it('refuses what is no cursor', async () => {
    const { store } = await opened();
    await expect(store.log.listen(openAccess, "1'; drop table log", 1, context)).rejects.toMatchObject({
      kind: 'invalid-value',
    });
  });
});

describe('after a restore', () => {
  it('live cursors go on without a gap, though transactions count from the start again', async () => {
    const { connection, store, step: number } = await opened();
    await put(store, 'a');
    await put(store, 'a', { gender: 'female' });
    await number(2);
    const before = await readAll(store);
    // Committed and dumped, but not numbered yet.
    await put(store, 'b');
    const restored = await emptyDatabase();
    await migrate(restored);
    await copy(connection, restored);
    // In the cluster that it came from, transactions were far ahead.
    await run(
      restored,
      `update ver set tx = tx + 5000000000`,
      `update log_state set horizon = horizon + 5000000000`,
      `update epoch set cluster = 'elsewhere/1'`,
    );
    await migrate(restored);
    expect(await rows(restored, 'select n, seq::int from epoch order by n')).toEqual([
      [1, 0],
      [2, 2],
    ]);
    const after = await openTestStore({ connection: restored, sequencer: false });
    await put(after, 'a', { gender: 'male' });
    await put(after, 'c');
    await stepTo(restored, 5);
    expect((await readAll(after, before.cursor)).seen).toEqual(['b/1', 'a/3', 'c/1']);
    expect((await readAll(after)).seen).toEqual(['a/1', 'a/2', 'b/1', 'a/3', 'c/1']);
  });

  it('a cursor that had seen more than was restored goes on with what came after the restore', async () => {
    const { connection, store, step: number } = await opened();
    await put(store, 'a');
    await number(1);
    const restored = await emptyDatabase();
    await migrate(restored);
    await copy(connection, restored);
    for (const id of ['lost-1', 'lost-2', 'lost-3']) await put(store, id);
    await number(4);
    const ahead = await readAll(store);
    await run(restored, `update epoch set cluster = 'elsewhere/1'`);
    await migrate(restored);
    const after = await openTestStore({ connection: restored, sequencer: false });
    await put(after, 'new-1');
    await stepTo(restored, 2);
    expect((await readAll(after, ahead.cursor)).seen).toEqual(['new-1/1']);
  });
});

/** What a dump and a restore move: the rows of all tables. */
async function copy(from: Connection, to: Connection): Promise<void> {
  await run(to, 'delete from epoch', 'delete from log_state', 'delete from type', 'delete from secret');
  for (const table of ['type', 'secret', 'epoch', 'res', 'ver', 'x_id', 'x_str', 'log', 'log_early', 'log_state']) {
    const found = await rows(from, `select row_to_json(t)::text from ${table} t`);
    const client = new pg.Client(to);
    await client.connect();
    for (const [row] of found)
      await client.query(`insert into ${table} select * from json_populate_record(null::${table}, $1)`, [row]);
    await client.end();
  }
}

async function run(connection: Connection, ...texts: string[]): Promise<void> {
  for (const text of texts) await rows(connection, text);
}
