import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { Refusal } from '../../server/refusal.ts';
import { prepareDatabase, start } from '../../server/start.ts';
import { emptyDatabase, testDatabase } from '../setup/database.ts';

const connection = await testDatabase();

describe('a database', () => {
  it('that is empty is brought up to date, and each step is told', async () => {
    const empty = await emptyDatabase();
    const said: string[] = [];
    expect(await prepareDatabase(empty, 40, (text) => said.push(text))).toMatch(/^18\./);
    expect(said[0]).toBe('Bringing the database up to date: 0001-resources.sql');
  });

  it('that is current needs nothing said', async () => {
    await prepareDatabase(connection, 40, () => expect.unreachable());
  });

  it('with too few connections for the workers is used, with a word of warning', async () => {
    const said: string[] = [];
    await prepareDatabase(connection, 1320, (text) => said.push(text));
    expect(said).toEqual([expect.stringContaining('allows 200 connections and 1320 may be needed')]);
  });

  it('that a newer Vesta wrote is refused with a sentence', async () => {
    const newer = await emptyDatabase();
    await prepareDatabase(newer, 40, () => {});
    const client = new pg.Client(newer);
    await client.connect();
    await client.query(`INSERT INTO migration (n, name, hash) VALUES (9999, '9999-later.sql', '')`);
    await client.end();
    const asked = prepareDatabase(newer, 40, () => {});
    await expect(asked).rejects.toThrow(Refusal);
    await expect(asked).rejects.toThrow(/written by a newer Vesta/);
  });

  it('that cannot be reached is refused with a sentence', async () => {
    const wrong = prepareDatabase({ ...connection, password: 'guess' }, 40, () => {});
    await expect(wrong).rejects.toThrow(Refusal);
    await expect(wrong).rejects.toThrow(/Postgres cannot be reached: .*password authentication failed/);
  });
});

it('an existing Postgres serves in place of the embedded one, and stays when the server stops', async () => {
  const { user, password, host, port, database } = connection;
  const query = new URLSearchParams({ host, port: String(port) });
  const url = `postgres://${user}:${encodeURIComponent(password)}@/${database}?${query}`;
  const config = readConfig({ VESTA_DATABASE_URL: url, VESTA_PORT: '0', VESTA_WORKERS: '1', VESTA_LOG: 'silent' });
  const serving = await start(config, () => expect.unreachable());
  expect((await fetch(new URL('/readyz', serving.base))).status).toBe(200);
  await serving.close();
  const client = new pg.Client(connection);
  await client.connect();
  await client.end();
});
