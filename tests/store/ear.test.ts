import { expect, it, onTestFinished } from 'vitest';
import { openEar } from '../../store/ear.ts';
import { testDatabase } from '../setup/database.ts';
import { rows } from './postgres.ts';

const connection = await testDatabase();

it('hears what is told, and that it may have missed something when its connection was lost', async () => {
  let heard = 0;
  const options = { connection, applicationName: 'vesta test ear', settings: [], pipelined: false };
  const ear = openEar(options, 'vesta_test', () => heard++);
  onTestFinished(() => ear.close());
  await expect.poll(() => heard).toBe(1);
  await rows(connection, `select pg_notify('vesta_test', '')`);
  await expect.poll(() => heard).toBe(2);
  await rows(
    connection,
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'vesta test ear'`,
  );
  await expect.poll(() => heard, { timeout: 5_000 }).toBe(3);
});
