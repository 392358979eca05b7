import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { testDatabase } from '../../setup/database.ts';
import { first, hold, rows } from '../postgres.ts';
import { another, parameter, patient, put, settled } from './stores.ts';

const connection = await testDatabase();

it('builds nothing while somebody may still write for the generation before', async () => {
  const store = await another(connection);
  await put(store, patient('p', 'Jansen'));
  const release = await hold(connection, 'select tx(generation) from param_state');
  await put(store, parameter('waiting'));
  await sleep(400);
  expect(await rows(connection, 'select state, at from param')).toEqual([['building', null]]);
  await release();
  await settled(store);
  expect(await first(connection, 'select state from param')).toBe('active');
});

it('is one of several processes, and another when that ends', async () => {
  const [one, other] = [await another(connection), await another(connection)];
  const holders = `select count(*) from pg_locks where locktype = 'advisory' and objid = 7268005 and granted
    and database = (select oid from pg_database where datname = current_database())`;
  await expect.poll(() => first(connection, holders), { timeout: 5_000 }).toBe('1');
  await one.close();
  await put(other, parameter('taken-over'));
  await settled(other);
  expect(await first(connection, holders)).toBe('1');
});
