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
    await query(newer, `INSERT INTO migration (n, name, hash) VALUES (9999, '9999-later.sql', '')`);
    const asked = prepareDatabase(newer, 40, () => {});
    await expect(asked).rejects.toThrow(Refusal);
    await expect(asked).rejects.toThrow(/written by a newer Vesta/);
  });

  it('that cannot hold every character is refused with a sentence', async () => {
    const latin = await emptyDatabase(`encoding 'LATIN1' locale_provider libc locale 'C' template template0`);
    const asked = prepareDatabase(latin, 40, () => {});
    await expect(asked).rejects.toThrow(Refusal);
    await expect(asked).rejects.toThrow(/keeps its texts in LATIN1, .*\n.*ENCODING 'UTF8'/);
  });

  it('that takes no writes is refused with a sentence', async () => {
    const replica = await emptyDatabase();
    await query(replica, `ALTER DATABASE ${replica.database} SET default_transaction_read_only = on`);
    await expect(prepareDatabase(replica, 40, () => {})).rejects.toThrow(/takes no writes: it is a replica/);
  });

  it('in which the role may make no tables is refused with a sentence', async () => {
    const foreign = await emptyDatabase();
    await query(foreign, `ALTER DATABASE ${foreign.database} SET search_path = ward_7`);
    const asked = prepareDatabase(foreign, 40, () => {});
    await expect(asked).rejects.toThrow(Refusal);
    await expect(asked).rejects.toThrow(/may not make tables/);
  });

  it('that knows no letters beyond ASCII is used, with a word of warning', async () => {
    const plain = await emptyDatabase(`encoding 'UTF8' locale_provider libc locale 'C' template template0`);
    const said: string[] = [];
    await prepareDatabase(plain, 40, (text) => said.push(text));
    expect(said[0]).toMatch(/character type C: .* LC_CTYPE 'C.UTF-8'/);
  });

  it('that cannot be reached is refused with a sentence', async () => {
    const wrong = prepareDatabase({ ...connection, password: 'guess' }, 40, () => {});
    await expect(wrong).rejects.toThrow(Refusal);
    await expect(wrong).rejects.toThrow(/Postgres cannot be reached: .*password authentication failed/);
  });
});

it('an existing Postgres serves in place of the embedded one, and stays when the server stops', async () => {
  const { user, password, host, port, database } = connection;
  const place = new URLSearchParams({ host, port: String(port) });
  const url = `postgres://${user}:${encodeURIComponent(password)}@/${database}?${place}`;
  const config = readConfig({ VESTA_DATABASE_URL: url, VESTA_PORT: '0', VESTA_WORKERS: '1', VESTA_LOG: 'silent' });
  const serving = await start(config, () => expect.unreachable());
  expect((await fetch(new URL('/readyz', serving.base))).status).toBe(200);
  await serving.close();
  await query(connection, 'SELECT 1');
});

async function query(database: pg.ClientConfig, text: string): Promise<void> {
  const client = new pg.Client(database);
  await client.connect();
  await client.query(text);
  await client.end();
}
