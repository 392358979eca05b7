import pg from 'pg';
import { expect, it } from 'vitest';
import { emptyDatabase, testDatabase } from './database.ts';

const connection = await testDatabase();

it('gives a database with every table of the store', async () => {
  expect(await query(connection, `SELECT to_regclass('res') IS NOT NULL AS there`)).toEqual([{ there: true }]);
});

it('gives each caller a database of its own', async () => {
  const other = await emptyDatabase();
  await query(connection, 'CREATE TABLE ward (name text)');
  expect(await query(other, `SELECT to_regclass('ward') AS ward`)).toEqual([{ ward: null }]);
});

it('works as a role that is no superuser', async () => {
  expect(await query(connection, 'SELECT usesuper FROM pg_user WHERE usename = current_user')).toEqual([
    { usesuper: false },
  ]);
});

async function query(database: typeof connection, text: string): Promise<unknown[]> {
  const client = new pg.Client(database);
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
}
