/**
 * One Postgres for a run, in a temporary folder; with TEST_DATABASE_URL a running one, whose role may make databases. It
 * starts beside the tests, so that those without a database wait for nothing; `testDatabase()` waits for the note that
 * tells where it is.
 */
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { type EmbeddedPostgres, openPostgres } from '../../server/postgres/index.ts';
import { migrate } from '../../store/index.ts';
import { hasSharedData } from './shared-data.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder in which `ready.json` or `failed.txt` will stand. */
    postgresFolder: string;
  }
}

let shared: { folder: string; opening: Promise<EmbeddedPostgres | undefined>; users: number } | undefined;

export default function setup(project: TestProject): () => Promise<void> {
  shared ??= begin();
  const { folder } = shared;
  shared.users++;
  project.provide('postgresFolder', folder);
  return async () => {
    if (!shared || --shared.users > 0) return;
    const { opening } = shared;
    shared = undefined;
    await (await opening)?.close();
    rmSync(folder, { recursive: true, force: true });
  };
}

function begin() {
  if (!hasSharedData) console.log('Left out: tests on the public data sets, which are not here (../shared/data).');
  const folder = mkdtempSync(join(tmpdir(), 'vesta-test-'));
  // As root, Postgres runs as another user, who has to pass through here.
  chmodSync(folder, 0o711);
  return { folder, opening: open(folder), users: 0 };
}

async function open(folder: string): Promise<EmbeddedPostgres | undefined> {
  let postgres: EmbeddedPostgres | undefined;
  try {
    const url = process.env.TEST_DATABASE_URL;
    postgres = url ? await runningPostgres(url) : await ownPostgres(join(folder, 'data'));
    await migrate(postgres.connection);
    tell(folder, 'ready.json', JSON.stringify(postgres.connection));
  } catch (error) {
    tell(folder, 'failed.txt', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return postgres;
}

function ownPostgres(folder: string): Promise<EmbeddedPostgres> {
  return openPostgres({ folder, purpose: 'npm test', say: () => {}, durable: false, mayCreateDatabases: true });
}

/** A template database of our own in a Postgres that is somebody else's, dropped at the end of the run. */
async function runningPostgres(url: string): Promise<EmbeddedPostgres> {
  const { hostname: host, port, username, password } = new URL(url);
  const database = `test_template_${process.pid}`;
  const administer = async (statement: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await administer(`CREATE DATABASE ${database}`);
  return {
    connection: {
      host: host,
      port: Number(port || 5432),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database,
    },
    close: () => administer(`DROP DATABASE ${database} WITH (FORCE)`),
  };
}

// Renamed into place, so that a test never reads half of it.
function tell(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, `${name}.new`), text, { mode: 0o600 });
  renameSync(join(folder, `${name}.new`), join(folder, name));
}
