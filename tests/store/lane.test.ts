import { describe, expect, it } from 'vitest';
import { Fault } from '../../resources/index.ts';
import { nobody } from '../../store/database.ts';
import { type Caller, Lane, type LaneOptions } from '../../store/lane.ts';
import { testDatabase } from '../setup/database.ts';
import { rows } from './postgres.ts';

const connection = await testDatabase();

function lane(more: Partial<LaneOptions> = {}): Lane {
  const name = `vesta lane ${Math.random()}`;
  return new Lane(
    {
      connection,
      applicationName: name,
      settings: ['timezone=UTC'],
      sessionsMax: 2,
      waitingMax: 100,
      pipelined: false,
      ...more,
    },
    async (pid) => void (await rows(connection, `select pg_cancel_backend(${pid})`)),
  );
}

const statement = (text: string, ...values: (string | number)[]) => ({ text, values });
const fault = (promise: Promise<unknown>): Promise<Fault> =>
  promise.then(
    () => expect.fail('nothing was refused'),
    (error) => error,
  );

describe.each([
  ['one call at a time', false],
  ['calls in flight together', true],
])('a lane with %s', (_, pipelined) => {
  it('gives the rows of each statement of a trip, and counts the trip', async () => {
    const trips: unknown[] = [];
    const caller: Caller = { signal: new AbortController().signal, observe: (one) => void trips.push(one) };
    const own = lane({ pipelined });
    expect(
      await own.run(
        [
          statement('select $1::int + 1, $2::text', 1, 'a'),
          statement('select 1 where false'),
          statement('select null'),
        ],
        caller,
      ),
    ).toEqual([[['2', 'a']], [], [[null]]]);
    expect(trips).toEqual([{ kind: 'trip' }]);
    await own.close();
  });

  it('answers each of many callers with its own', async () => {
    const own = lane({ pipelined });
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        own.run([statement('select $1::int', i), statement('select $1::int * 2', i)], nobody),
      ),
    );
    expect(answers).toEqual(Array.from({ length: 60 }, (_, i) => [[[String(i)]], [[String(i * 2)]]]));
    expect(own.load.open).toBeLessThanOrEqual(2);
    await own.close();
  });

  it('goes on after a statement that fails, also one that could not be parsed', async () => {
    const own = lane({ pipelined, sessionsMax: 1 });
    const results = await Promise.allSettled([
      own.run([statement('select 1')], nobody),
      own.run([statement('select 1 / $1::int', 0)], nobody),
      own.run([statement('selec nonsense')], nobody),
      own.run([statement('select 2')], nobody),
      own.run([statement('selec nonsense')], nobody),
      own.run([statement('select 1 / $1::int', 2)], nobody),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    await own.close();
  });

  it('finds its way back when Postgres ended its connections', async () => {
    const own = lane({ pipelined });
    await own.run([statement('select 1')], nobody);
    const waiting = fault(own.run([statement('select pg_sleep(30)')], nobody));
    await rows(
      connection,
      `select pg_sleep(0.1), pg_terminate_backend(pid) from pg_stat_activity where application_name like 'vesta lane%' and datname = current_database()`,
    );
    expect(await waiting).toMatchObject({
      kind: 'database-unavailable',
      status: 503,
      headers: { 'Retry-After': expect.any(String) },
    });
    await expect.poll(() => own.run([statement('select 1')], nobody).catch(() => 'not yet')).toEqual([[['1']]]);
    await own.close();
  });

  it('tells that the database cannot be reached', async () => {
    const own = lane({ pipelined, connection: { host: '/nowhere', port: 1, user: 'x', database: 'x' } });
    for (let i = 0; i < 2; i++)
      expect(await fault(own.run([statement('select 1')], nobody))).toMatchObject({ kind: 'database-unavailable' });
    await own.close();
  });

  it('tells the same where the database is there and lets nobody in', async () => {
    const own = lane({ pipelined, connection: { ...connection, database: 'no_such_database' } });
    expect(await fault(own.run([statement('select 1')], nobody))).toMatchObject({ kind: 'database-unavailable' });
    await own.close();
  });

  it('keeps few prepared statements however many texts it is given', async () => {
    const own = lane({ pipelined, sessionsMax: 1 });
    for (let i = 0; i < 450; i++) await own.run([statement(`select ${i}`)], nobody);
    const [[[count]]] = (await own.run([statement('select count(*) from pg_prepared_statements')], nobody)) as [
      [[string]],
    ];
    expect(Number(count)).toBeLessThanOrEqual(400);
    expect(await own.run([statement('select 0'), statement('select 449')], nobody)).toEqual([[['0']], [['449']]]);
    await own.close();
  });

  it('refuses work after it was closed', async () => {
    const own = lane({ pipelined });
    await own.close();
    expect(await fault(own.run([statement('select 1')], nobody))).toMatchObject({ kind: 'database-unavailable' });
  });
});

describe('a lane that lends connections', () => {
  it('undoes what a failed piece of work wrote', async () => {
    const own = lane({ sessionsMax: 1 });
    await own.run([statement('create table if not exists ward (name text)')], nobody);
    const failed = own.use(nobody, async (trip) => {
      await trip([statement('begin'), statement('insert into ward values ($1)', 'A1')]);
      throw new Fault('conflict', 'Changed its mind.');
    });
    expect(await fault(failed)).toMatchObject({ kind: 'conflict' });
    expect(await own.run([statement('select * from ward')], nobody)).toEqual([[]]);
    await own.close();
  });

  it('runs the statements of one trip as one transaction', async () => {
    const own = lane({ sessionsMax: 1 });
    await fault(own.run([statement('create table bed (n int)'), statement('select 1 / 0')], nobody));
    expect(await own.run([statement(`select to_regclass('bed')`)], nobody)).toEqual([[[null]]]);
    await own.close();
  });

  it('stops the query in Postgres when its caller gives up, and no other one', async () => {
    const own = lane({ sessionsMax: 1 });
    const deadline = new AbortController();
    const late = new Fault('timeout', 'The request took too long.');
    const sleeping = fault(
      own.run([statement(`select pg_sleep(30) /* given up */`)], { signal: deadline.signal, observe: () => {} }),
    );
    await expect
      .poll(() =>
        rows(
          connection,
          `select 1 from pg_stat_activity where state = 'active' and query like '%given up%' and pid <> pg_backend_pid()`,
        ),
      )
      .toHaveLength(1);
    const next = own.run([statement('select pg_sleep(0.05), 7')], nobody);
    deadline.abort(late);
    expect(await sleeping).toBe(late);
    expect((await next)[0]![0]![1]).toBe('7');
    expect(
      await rows(
        connection,
        `select 1 from pg_stat_activity where state = 'active' and query like '%given up%' and pid <> pg_backend_pid()`,
      ),
    ).toEqual([]);
    await own.close();
  });

  it('lets a caller leave that waits for a connection, and refuses more than may wait', async () => {
    const own = lane({ sessionsMax: 1, waitingMax: 1 });
    const release = Promise.withResolvers<void>();
    const busy = own.use(nobody, async (trip) => {
      await trip([statement('select 1')]);
      await release.promise;
    });
    await expect.poll(() => own.load.busy).toBe(1);
    const deadline = new AbortController();
    const waiting = fault(own.run([statement('select 1')], { signal: deadline.signal, observe: () => {} }));
    await expect.poll(() => own.load.waiting).toBe(1);
    expect(await fault(own.run([statement('select 1')], nobody))).toMatchObject({ kind: 'throttled', status: 429 });
    deadline.abort(new Fault('timeout', 'Too late.'));
    expect((await waiting).message).toBe('Too late.');
    release.resolve();
    await busy;
    expect(own.load).toEqual({ busy: 0, open: 1, waiting: 0 });
    await own.close();
  });
});
