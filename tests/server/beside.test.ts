import { expect, it } from 'vitest';
import { beside } from '../../server/beside.ts';
import { readConfig } from '../../server/config.ts';
import { testDatabase } from '../setup/database.ts';
import { rows } from '../store/postgres.ts';

const connection = await testDatabase();
const { host, port, user, password, database } = connection;
const url = `postgresql://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
const config = readConfig({ VESTA_DATABASE_URL: url });

const open = () =>
  rows(
    connection,
    `select 1 from pg_stat_activity where datname = current_database() and application_name like 'vesta ig%'`,
  );

it('opens the store for a command and closes it, also where that fails', async () => {
  const done = await beside(
    config,
    'npm run ig',
    () => {},
    async ({ store, context, requireRoom }) => {
      requireRoom();
      expect(context.access).toMatchObject({ actor: 'system', reason: 'npm run ig' });
      expect((await open()).length).toBeGreaterThan(0);
      return store.guides.list(context);
    },
  );
  expect(done).toEqual([]);
  const failing = beside(
    config,
    'npm run ig',
    () => {},
    async () => {
      throw new Error('It does not work.');
    },
  );
  await expect(failing).rejects.toThrow('It does not work.');
  await expect.poll(open).toEqual([]);
});
