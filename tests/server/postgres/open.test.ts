import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  attachPostgres,
  type EmbeddedPostgres,
  openPostgres,
  type PostgresConnection,
  type PostgresOptions,
  usePostgres,
} from '../../../server/postgres/index.ts';
import { temporaryFolder } from './folder.ts';

const root = temporaryFolder();
const holders: ChildProcess[] = [];
let made = 0;

afterEach(async () => {
  for (const holder of holders.splice(0)) {
    if (holder.exitCode !== null || holder.signalCode !== null) continue;
    holder.kill('SIGTERM');
    await once(holder, 'exit');
  }
});

describe('an embedded Postgres', () => {
  const options = newOptions();
  let postgres: EmbeddedPostgres;
  beforeAll(async () => {
    postgres = await openPostgres(options);
  });
  afterAll(() => postgres.close());

  it('works under a role that is no superuser, and lets nobody in without its password', async () => {
    const { connection } = postgres;
    expect(await query(connection, 'SELECT usesuper FROM pg_user WHERE usename = current_user')).toEqual([
      { usesuper: false },
    ]);
    await expect(query({ ...connection, password: 'guess' }, 'SELECT 1')).rejects.toThrow(
      /password authentication failed/,
    );
    await expect(query({ ...connection, user: 'postgres' }, 'SELECT 1')).rejects.toThrow(/no pg_hba.conf entry/);
  });

  it('listens on a Unix socket in a closed folder and on no network', async () => {
    expect(statSync(postgres.connection.host).mode & 0o777).toBe(0o700);
    expect(await query(postgres.connection, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '' }]);
  });

  it('keeps the password in a file that only its owner reads', () => {
    const file = join(options.folder, 'postgres.password');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').trim()).toBe(postgres.connection.password);
    expect(readFileSync(join(options.folder, 'postgres.json'), 'utf8')).not.toContain(postgres.connection.password);
  });

  it('takes letters beyond ASCII for letters, and sorts by code point', async () => {
    const text = `SELECT similarity('Żółć', 'żółć') AS s, 'Z' < 'a' AS c`;
    expect(await query(postgres.connection, text)).toEqual([{ s: 1, c: true }]);
  });

  it('starts again by itself after it was killed, with everything that was committed', async () => {
    const { connection } = postgres;
    await query(connection, `CREATE TABLE killed AS SELECT 'Cardiology' AS ward`);
    process.kill(postmasterOf(connection), 'SIGKILL');
    await eventually(async () =>
      expect(await query(connection, 'SELECT ward FROM killed')).toEqual([{ ward: 'Cardiology' }]),
    );
  });
});

describe('a data folder', () => {
  const options = newOptions();

  it('begins anew after a first start that was interrupted', async () => {
    const partial = join(options.folder, 'postgres.new-4711');
    mkdirSync(join(partial, 'base'), { recursive: true });
    await using(options, (connection) => query(connection, `CREATE TABLE ward AS SELECT 'Cardiology' AS name`));
    expect(existsSync(partial)).toBe(false);
  });

  it('keeps what was stored when it is closed and opened again', async () => {
    await using(options, hasTheWard);
  });

  it('gets a new password where the file was lost', async () => {
    rmSync(join(options.folder, 'postgres.password'));
    await using(options, hasTheWard);
  });

  it('is opened though another process has the number that its Postgres had', async () => {
    const folder = join(options.folder, 'postgres');
    writeFileSync(join(folder, 'postmaster.pid'), `${process.pid}\n${folder}\n`);
    await using(options, hasTheWard);
  });

  it('gives nothing to attach to where nobody holds it', async () => {
    expect(await attachPostgres(options.folder)).toBeUndefined();
  });

  it('is refused to a second process, with a sentence that names the first', async () => {
    const holder = await hold(options.folder);
    const sentence = new RegExp(`in use by another Vesta \\(process ${holder.pid}, npm start\\)`);
    await expect(openPostgres(options)).rejects.toThrow(sentence);
  });

  it('can be attached to, and stays open when the attached one closes', async () => {
    await hold(options.folder);
    await using(options, hasTheWard, usePostgres);
    await hasTheWard((await attachPostgres(options.folder))!);
  });

  it('is free when its process was killed, and has everything that was committed', async () => {
    const holder = await hold(options.folder);
    const connection = (await attachPostgres(options.folder))!;
    await query(connection, 'CREATE TABLE after_kill (n int)');
    holder.kill('SIGKILL');
    await using(options, async (again) => expect(await query(again, 'SELECT n FROM after_kill')).toEqual([]));
  });

  it('is free when its process and Postgres were killed at once', async () => {
    const holder = await hold(options.folder);
    const connection = (await attachPostgres(options.folder))!;
    await query(connection, 'CREATE TABLE after_both (n int)');
    process.kill(postmasterOf(connection), 'SIGKILL');
    holder.kill('SIGKILL');
    await using(options, async (again) => expect(await query(again, 'SELECT n FROM after_both')).toEqual([]));
  });

  it('has no Postgres running soon after its process was killed', async () => {
    const holder = await hold(options.folder);
    const pid = postmasterOf((await attachPostgres(options.folder))!);
    holder.kill('SIGKILL');
    await eventually(async () => expect(isRunning(pid)).toBe(false));
  });

  it('is served through a short path where its own is too long for a socket', async () => {
    const folder = join(root, 'st-bartholomaeus-'.repeat(8));
    await using({ ...newOptions(), folder }, async (connection) => {
      expect(connection.host.startsWith(folder)).toBe(false);
      expect(await query(connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });
  });

  it('is refused where another major version wrote it', async () => {
    const other = newOptions();
    mkdirSync(join(other.folder, 'postgres'), { recursive: true });
    writeFileSync(join(other.folder, 'postgres', 'PG_VERSION'), '15\n');
    await expect(openPostgres(other)).rejects.toThrow(/written by Postgres 15/);
  });
});

async function hasTheWard(connection: PostgresConnection): Promise<void> {
  expect(await query(connection, 'SELECT name FROM ward')).toEqual([{ name: 'Cardiology' }]);
}

function newOptions(): PostgresOptions {
  made++;
  return { folder: join(root, `hospital-${made}`), purpose: 'npm test', say: () => {} };
}

async function using(
  options: PostgresOptions,
  use: (connection: PostgresConnection) => Promise<unknown>,
  open = openPostgres,
): Promise<void> {
  const postgres = await open(options);
  try {
    await use(postgres.connection);
  } finally {
    await postgres.close();
  }
}

function hold(folder: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./holder.ts', import.meta.url));
  const holder = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  holders.push(holder);
  return new Promise((resolve, reject) => {
    holder.stdout.once('data', () => resolve(holder));
    holder.once('exit', (code) => reject(new Error(`The holder ended with exit code ${code}.`)));
  });
}

function postmasterOf(connection: PostgresConnection): number {
  return Number(readFileSync(join(connection.host, `.s.PGSQL.${connection.port}.lock`), 'utf8').split('\n')[0]);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function eventually(check: () => Promise<void>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await check();
    } catch (error) {
      if (attempt > 100) throw error;
      await sleep(100);
    }
  }
}

async function query(connection: PostgresConnection, text: string): Promise<unknown[]> {
  const client = new pg.Client(connection);
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
