import { expect, it } from 'vitest';
import { nobody, openDatabase, rowsOf } from '../../store/database.ts';
import { testDatabase } from '../setup/database.ts';

const connection = await testDatabase();

it('gives each lane its settings, and times in UTC to all', async () => {
  const database = openDatabase({ connection, applicationName: 'vesta lanes' });
  const setting = async (lane: 'keys' | 'searches' | 'writers' | 'transactions' | 'house' | 'log', name: string) =>
    (await rowsOf(database[lane], { text: 'select current_setting($1)', values: [name] }, nobody))[0]![0];
  for (const lane of ['keys', 'searches', 'writers', 'transactions', 'house', 'log'] as const) {
    expect(await setting(lane, 'timezone')).toBe('UTC');
  }
  for (const lane of ['keys', 'writers', 'transactions'] as const)
    expect(await setting(lane, 'plan_cache_mode')).toBe('force_generic_plan');
  // One plan for all values walks whole tables for the rare ones; more processes are started even for nothing.
  expect(await setting('searches', 'plan_cache_mode')).toBe('force_custom_plan');
  expect(await setting('searches', 'max_parallel_workers_per_gather')).toBe('0');
  expect(await setting('writers', 'lock_timeout')).toBe('1s');
  await database.close();
});

it('opens no connection before it is asked something', async () => {
  const database = openDatabase({ connection: { host: '/nowhere', port: 1 }, applicationName: 'vesta lanes' });
  expect(database.keys.load.open).toBe(0);
  await database.close();
});
