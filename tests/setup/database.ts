import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import type { PostgresConnection } from '../../server/postgres/index.ts';

const DROP_ATTEMPTS = 80;

/**
 * A migrated, empty database for this test file alone, dropped when the file has ended.
 * Call it at the top of the file: `const connection = await testDatabase();`
 */
export async function testDatabase(): Promise<PostgresConnection> {
  const template = await sharedPostgres(inject('postgresFolder'));
  const database = `test_${randomBytes(6).toString('hex')}`;
  await administer(template, `CREATE DATABASE ${database} TEMPLATE ${template.database} STRATEGY file_copy`);
  afterAll(() => drop(template, database));
  return { ...template, database };
}

/**
 * An empty database without any table, for tests of the migrations themselves; dropped like the other.
 * @param kind what is to be special about it, in the words of CREATE DATABASE
 */
export async function emptyDatabase(kind = ''): Promise<PostgresConnection> {
  const template = await sharedPostgres(inject('postgresFolder'));
  const database = `test_${randomBytes(6).toString('hex')}`;
  await administer(template, `CREATE DATABASE ${database} ${kind}`);
  afterAll(() => drop(template, database));
  return { ...template, database };
}

async function sharedPostgres(folder: string): Promise<PostgresConnection> {
  for (;;) {
    if (existsSync(join(folder, 'failed.txt'))) {
      throw new Error(
        `The Postgres of this test run did not start: ${readFileSync(join(folder, 'failed.txt'), 'utf8')}`,
      );
    }
    if (existsSync(join(folder, 'ready.json'))) return JSON.parse(readFileSync(join(folder, 'ready.json'), 'utf8'));
    await sleep(20);
  }
}

/** While autovacuum works in the database, whoever is no superuser may not end it, and so not drop the database. */
async function drop(template: PostgresConnection, database: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await administer(template, `DROP DATABASE ${database} WITH (FORCE)`);
      return;
    } catch (error) {
      if ((error as pg.DatabaseError).code !== '42501' || attempt === DROP_ATTEMPTS) throw error;
      await sleep(100);
    }
  }
}

async function administer(connection: PostgresConnection, statement: string): Promise<void> {
  const client = new pg.Client({ ...connection, database: 'postgres' });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
