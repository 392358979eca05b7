import pg from 'pg';
import { expect, it } from 'vitest';
import { beginEpoch, type Run } from '../../store/epoch.ts';
import { testDatabase } from '../setup/database.ts';
import { hold, rows } from './postgres.ts';

const connection = await testDatabase();

async function begin(): Promise<number> {
  const client = new pg.Client(connection);
  await client.connect();
  const run: Run = async (text) =>
    (await client.query<unknown[]>({ text, rowMode: 'array' })).rows.map((row) =>
      row.map((value) => (value === true ? 't' : String(value))),
    );
  try {
    return await beginEpoch(run);
  } finally {
    await client.end();
  }
}

it('stays in the epoch that holds, also beside writers', async () => {
  const writing = await hold(connection, 'select tx()');
  expect(await begin()).toBe(1);
  await writing();
});

it('starts the next one in another cluster, above all that was written', async () => {
  await rows(
    connection,
    `insert into ver (type, id, ver, sk, tx, last_updated, method, ac, sens) values (1, 'a', 1, 0, 77000000000, now(), 1, 0, 0)`,
  );
  await rows(connection, `update epoch set cluster = 'elsewhere/1'`);
  expect(await begin()).toBe(2);
  expect(await rows(connection, 'select base from epoch where n = 2')).toEqual([['77000000000']]);
  expect(await rows(connection, 'select tx() > 77000000000')).toEqual([[true]]);
  expect(await begin()).toBe(2);
});

it('starts the next one where the data has transactions that this cluster cannot have given', async () => {
  await rows(connection, `update ver set tx = 99000000000`);
  expect(await begin()).toBe(3);
  expect(await rows(connection, 'select tx() > 99000000000')).toEqual([[true]]);
});

it('waits for writers under the old base before the new one holds', async () => {
  await rows(connection, `update epoch set cluster = 'third/1'`);
  const writing = await hold(connection, 'select tx()');
  let begun = false;
  const beginning = begin().then((n) => {
    begun = true;
    return n;
  });
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(begun).toBe(false);
  await writing();
  expect(await beginning).toBe(4);
});
