import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resourceTypes } from '../../resources/index.ts';
import { migrate, readMigrations } from '../../store/migrate.ts';
import { emptyDatabase } from '../setup/database.ts';
import { first, rows } from './postgres.ts';

describe('migrate', () => {
  it('makes an empty database ready, and does nothing the second time', async () => {
    const connection = await emptyDatabase();
    const told: string[] = [];
    const names = readMigrations().map(({ name }) => name);
    expect((await migrate(connection, (name) => told.push(name))).applied).toEqual(names);
    expect(told).toEqual(names);
    const secrets = await rows(connection, `select name, encode(value, 'hex') from secret order by name`);
    expect(secrets.map(([name, value]) => [name, (value as string).length])).toEqual([
      ['hash', 32],
      ['page', 64],
    ]);
    expect((await migrate(connection)).applied).toEqual([]);
    expect(await rows(connection, `select name, encode(value, 'hex') from secret order by name`)).toEqual(secrets);
    expect(await first(connection, 'select count(*)::int from epoch')).toBe(1);
  });

  it('numbers every resource type once and for all', async () => {
    const connection = await emptyDatabase();
    await migrate(connection);
    const numbered = await rows(connection, 'select name, n from type order by name collate "C"');
    expect(numbered.map(([name]) => name)).toEqual([...resourceTypes()].sort());
    expect(new Set(numbered.map(([, n]) => n)).size).toBe(numbered.length);
    await rows(connection, `delete from type where name = 'Basic'`);
    await migrate(connection);
    const again = await rows(connection, `select name, n from type where name <> 'Basic' order by name collate "C"`);
    expect(again).toEqual(numbered.filter(([name]) => name !== 'Basic'));
  });

  it('runs once where several processes start together', async () => {
    const connection = await emptyDatabase();
    const reports = await Promise.all([migrate(connection), migrate(connection), migrate(connection)]);
    expect(reports.flatMap(({ applied }) => applied)).toHaveLength(readMigrations().length);
  });

  it('takes every type of a database that kept no pairs of types for one that may refer to any', async () => {
    const connection = await emptyDatabase();
    await rows(
      connection,
      'create table migration (n int primary key, name text, hash text, applied timestamptz default now())',
    );
    for (const { n, name, text, hash } of readMigrations().slice(0, 5)) {
      await rows(connection, text);
      await rows(connection, `insert into migration (n, name, hash) values (${n}, '${name}', '${hash}')`);
    }
    await rows(
      connection,
      `insert into res (type, id, sk, rid, ver, lu) values (4, 'a', 1, 1, 1, now()), (4, 'b', 2, 2, 1, now())`,
    );
    await migrate(connection);
    expect(await rows(connection, 'select target, source from refers')).toEqual([[0, 4]]);
  });

  it('refuses a database of a newer Vesta with a sentence', async () => {
    const connection = await emptyDatabase();
    await migrate(connection);
    await rows(connection, `insert into migration (n, name, hash) values (9999, '9999-future.sql', 'x')`);
    await expect(migrate(connection)).rejects.toThrow(/written by a newer Vesta: it is at migration 9999/);
  });

  it('refuses a migration that was changed after it was applied', async () => {
    const connection = await emptyDatabase();
    await migrate(connection);
    await rows(connection, `update migration set hash = 'other' where n = 1`);
    await expect(migrate(connection)).rejects.toThrow(
      /0001-resources.sql was applied to this database with another content/,
    );
  });

  it('tells that the database cannot be reached', async () => {
    await expect(migrate({ host: '/nowhere', port: 1, user: 'x', database: 'x' })).rejects.toMatchObject({
      kind: 'database-unavailable',
    });
  });
});

it('refuses migrations with a gap in their numbers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, '0001-one.sql'), 'select 1');
  writeFileSync(join(folder, '0003-three.sql'), 'select 3');
  expect(() => readMigrations(folder)).toThrow('The migration 0003-three.sql should have number 2');
});
