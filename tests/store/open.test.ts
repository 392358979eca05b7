import { expect, it } from 'vitest';
import { openAccess } from '../../resources/index.ts';
import { testDatabase } from '../setup/database.ts';
import { draftOf, openDoubleStore, patient, testContext } from './double.ts';
import { openTestStore, rows } from './postgres.ts';

const connection = await testDatabase();
const context = testContext();

it('is ready, counts what is current, and tells its connections', async () => {
  const store = await openTestStore({ connection, sequencer: false });
  await store.records.create(openAccess, draftOf(patient('1')), context);
  await store.records.update(openAccess, draftOf(patient('2'), 'PUT', 'gone'), {}, context);
  await store.records.delete(openAccess, 'Patient', 'gone', {}, context);
  await store.records.create(openAccess, draftOf({ resourceType: 'Basic' }), context);
  expect(await store.ready()).toBe(true);
  expect(await store.counts()).toEqual({ Basic: 1, Patient: 1 });
  expect(store.pools()).toContainEqual({ name: 'writers', total: 1, idle: 1, waiting: 0 });
  expect(store.preparer).toEqual({
    key: expect.any(Uint8Array),
    zone: 'UTC',
    bases: [],
    typeNumbers: expect.any(Map),
    rowTypes: expect.any(Map),
    custom: { generation: 0, parameters: [] },
  });
});

it('serves again by itself when Postgres ended every connection', async () => {
  const store = await openTestStore({ connection });
  const { id } = await store.records.create(openAccess, draftOf(patient('3')), context);
  await rows(
    connection,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  await expect.poll(() => store.ready()).toBe(true);
  await expect
    .poll(() => store.records.read(openAccess, 'Patient', id, context).catch((error) => error.kind))
    .toMatchObject({ version: 1 });
  await expect
    .poll(() => store.records.create(openAccess, draftOf(patient('4')), context).catch((error) => error.kind))
    .toMatchObject({ version: 1 });
});

it('is refused a database that cannot be reached', async () => {
  const away = { host: '/nowhere', port: 1, user: 'x', database: 'x' };
  await expect(openDoubleStore({ connection: away })).rejects.toMatchObject({ kind: 'database-unavailable' });
});
