import { describe, expect, it } from 'vitest';
import { postgresServer } from '../../store/server.ts';
import { testDatabase } from '../setup/database.ts';

const connection = await testDatabase();

describe('a Postgres', () => {
  it('tells its version and that our role is no superuser', async () => {
    expect(await postgresServer(connection)).toEqual({
      version: expect.stringMatching(/^18\./),
      major: 18,
      connectionsMax: 200,
      isSuperuser: false,
    });
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
