/** Brings a database to the schema of this program: numbered files, forward only. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { resourceTypes } from '../resources/index.ts';
import { beginEpoch } from './epoch.ts';
import type { PgConnectionOptions } from './session.ts';
import { isLost, toFault } from './sqlstate.ts';
import { OWN_PARTITION_MAX } from './types.ts';

/** Any number that nothing else locks: two starts at once migrate one after the other. */
const MIGRATION_LOCK = 7_268_001;

interface Migration {
  readonly n: number;
  readonly name: string;
  readonly text: string;
  readonly hash: string;
}

/** What was done, for whoever shows progress. */
export interface MigrationReport {
  readonly applied: readonly string[];
}

/**
 * Applies what is missing, numbers the resource types, writes the database's secrets and opens its epoch.
 * Safe to call from several processes at once, and cheap where nothing is to do.
 * @throws Error with a sentence where the database belongs to a newer Vesta or its schema was changed by hand
 * @throws Fault `database-unavailable`
 */
export async function migrate(
  connection: PgConnectionOptions,
  onApply: (name: string) => void = () => {},
): Promise<MigrationReport> {
  const client = new pg.Client({
    ...connection,
    application_name: 'vesta migrate',
    options: '-c timezone=UTC -c client_min_messages=warning',
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await applyMissing(client, onApply);
    await numberTypes(client);
    await writeSecrets(client);
    await beginEpoch(async (text) => (await client.query<string[]>({ text, rowMode: 'array' })).rows.map(textRow));
    return { applied };
  } catch (error) {
    throw isLost(error) ? toFault(error) : error;
  } finally {
    await client.end().catch(() => {});
  }
}

/** The migrations of this program, in order. @throws Error where numbers repeat or have gaps */
export function readMigrations(folder: string = join(import.meta.dirname, 'migrations')): readonly Migration[] {
  const migrations = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return { n: Number.parseInt(name, 10), name, text, hash: createHash('sha256').update(text).digest('hex') };
    });
  for (const [i, { n, name }] of migrations.entries()) {
    if (n !== i + 1)
      throw new Error(`The migration ${name} should have number ${i + 1}: numbers follow each other without gaps.`);
  }
  return migrations;
}

async function applyMissing(client: pg.Client, onApply: (name: string) => void): Promise<string[]> {
  await client.query(`create table if not exists migration
    (n int primary key, name text not null, hash text not null, applied timestamptz not null default now())`);
  const { rows } = await client.query<{ n: number; name: string; hash: string }>(
    'select n, name, hash from migration order by n',
  );
  const migrations = readMigrations();
  checkApplied(rows, migrations);
  const applied: string[] = [];
  for (const { n, name, text, hash } of migrations.slice(rows.length)) {
    onApply(name);
    await client.query('begin');
    try {
      await client.query(text);
      await client.query('insert into migration (n, name, hash) values ($1, $2, $3)', [n, name, hash]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback').catch(() => {});
      throw error;
    }
    applied.push(name);
  }
  return applied;
}

function checkApplied(
  rows: readonly { n: number; name: string; hash: string }[],
  migrations: readonly Migration[],
): void {
  const last = rows.at(-1);
  if (last && last.n > migrations.length) {
    throw new Error(
      `The database was written by a newer Vesta: it is at migration ${last.n} (${last.name}), this program knows ${migrations.length}. ` +
        'Start the newer version, or give this one another database.',
    );
  }
  for (const { n, name, hash } of rows) {
    if (migrations[n - 1]!.hash === hash) continue;
    throw new Error(
      `The migration ${name} was applied to this database with another content than it has now. ` +
        'A migration never changes once it was applied: undo the change and add a new file, or start with an empty database.',
    );
  }
}

/** Types without a partition of their own get the next numbers; a number once given stays. */
async function numberTypes(client: pg.Client): Promise<void> {
  await client.query(
    `insert into type (n, name)
     select greatest($2, (select max(n) from type)) + row_number() over (order by t), t
     from unnest($1::text[]) t where t not in (select name from type)
     on conflict do nothing`,
    [resourceTypes(), OWN_PARTITION_MAX],
  );
}

async function writeSecrets(client: pg.Client): Promise<void> {
  await client.query('insert into secret (name, value) values ($1, $2), ($3, $4) on conflict (name) do nothing', [
    'hash',
    randomBytes(16),
    'page',
    randomBytes(32),
  ]);
}

function textRow(row: readonly unknown[]): (string | null)[] {
  return row.map((value) => (value === null ? null : value === true ? 't' : value === false ? 'f' : String(value)));
}
