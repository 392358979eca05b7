import { expect, it, onTestFinished } from 'vitest';
import { openEar } from '../../store/ear.ts';
import { testDatabase } from '../setup/database.ts';
import { rows } from './postgres.ts';

const connection = await testDatabase();

it('hears what is told, and that it may have missed something when its connection was lost', async () => {
  const heard: (string | undefined)[] = [];
  const others: (string | undefined)[] = [];
  const options = { connection, applicationName: 'vesta test ear', settings: [], pipelined: false };
  const ear = openEar(options, {
    vesta_test: (word) => heard.push(word),
    vesta_test_other: (word) => others.push(word),
  });
  onTestFinished(() => ear.close());
  await expect.poll(() => [heard, others]).toEqual([[undefined], [undefined]]);
  await rows(connection, `select pg_notify('vesta_test', 'news')`);
  await expect.poll(() => heard).toEqual([undefined, 'news']);
  expect(others).toEqual([undefined]);
  await rows(
    connection,
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'vesta test ear'`,
  );
  await expect.poll(() => heard, { timeout: 5_000 }).toEqual([undefined, 'news', undefined]);
});
