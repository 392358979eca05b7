/**
 * One Postgres for a run, in a temporary folder. It starts beside the tests, so that those without a database wait for
 * nothing; `testDatabase()` waits for the note that tells where it is.
 */
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type EmbeddedPostgres, openPostgres } from '../../server/postgres/index.ts';
import { migrate } from '../../store/index.ts';

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
  const folder = mkdtempSync(join(tmpdir(), 'vesta-test-'));
  // As root, Postgres runs as another user, who has to pass through here.
  chmodSync(folder, 0o711);
  return { folder, opening: open(folder), users: 0 };
}

async function open(folder: string): Promise<EmbeddedPostgres | undefined> {
  let postgres: EmbeddedPostgres | undefined;
  try {
    const data = join(folder, 'data');
    postgres = await openPostgres({
      folder: data,
      purpose: 'npm test',
      say: () => {},
      durable: false,
      mayCreateDatabases: true,
    });
    await migrate(postgres.connection);
    tell(folder, 'ready.json', JSON.stringify(postgres.connection));
  } catch (error) {
    tell(folder, 'failed.txt', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return postgres;
}

// Renamed into place, so that a test never reads half of it.
function tell(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, `${name}.new`), text, { mode: 0o600 });
  renameSync(join(folder, `${name}.new`), join(folder, name));
}
