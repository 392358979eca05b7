import { describe, expect, it } from 'vitest';
import { postgresServer } from '../../store/server.ts';
import { emptyDatabase, testDatabase } from '../setup/database.ts';
import { rows } from './postgres.ts';

const connection = await testDatabase();

describe('a Postgres', () => {
  it('tells its version and that our role is no superuser', async () => {
    expect(await postgresServer(connection)).toEqual({
      version: expect.stringMatching(/^18\./),
      major: 18,
      connectionsMax: 200,
      encoding: 'UTF8',
      isReadOnly: false,
      mayCreate: true,
      knowsLetters: true,
      isSuperuser: false,
    });
  });

  it('tells the limit of the database where that is the lowest', async () => {
    const limited = await emptyDatabase();
    await rows(limited, `alter database ${limited.database} connection limit 7`);
    expect((await postgresServer(limited)).connectionsMax).toBe(7);
  });

  it('that lets us not in says so', async () => {
    await expect(postgresServer({ ...connection, password: 'guess' })).rejects.toThrow(
      /password authentication failed/,
    );
  });

  it('that is not there says so', async () => {
    await expect(postgresServer({ ...connection, host: '/nowhere' })).rejects.toThrow(/ENOENT/);
  });
});
