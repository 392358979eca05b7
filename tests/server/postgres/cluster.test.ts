import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { postgresAccount } from '../../../server/postgres/account.ts';
import { findBinaries, reachableBinaries } from '../../../server/postgres/binaries.ts';
import {
  type ClusterInput,
  clusterExists,
  createCluster,
  resetPassword,
  updateCluster,
} from '../../../server/postgres/cluster.ts';
import { openDataFolder } from '../../../server/postgres/place.ts';
import { temporaryFolder } from './folder.ts';

const data = openDataFolder(join(temporaryFolder(), 'data'));
const folder = join(data, 'postgres');
const account = postgresAccount(folder);
const binaries = reachableBinaries(findBinaries(), account);
const input: ClusterInput = {
  binaries,
  account,
  folder,
  owner: { role: 'vesta', database: 'vesta', password: 'kept-in-a-file' },
  mayCreateDatabases: false,
  durable: false,
};

describe('the data files of Postgres', () => {
  it('are not there before they are made', () => expect(clusterExists(folder, binaries)).toBe(false));

  it('that could not be made whole leave nothing behind', async () => {
    const owner = { ...input.owner, role: 'postgres' };
    await expect(createCluster({ ...input, owner })).rejects.toThrow(/role "postgres" already exists/);
    expect(readdirSync(dirname(folder))).toEqual([]);
  });

  it('are made whole, and let only their owner log in', async () => {
    await createCluster(input);
    expect(clusterExists(folder, binaries)).toBe(true);
    const rules = readFileSync(join(folder, 'pg_hba.conf'), 'utf8')
      .split('\n')
      .filter((line) => /^\w/.test(line));
    expect(rules).toEqual(['local all vesta scram-sha-256', 'host all vesta 127.0.0.1/32 scram-sha-256']);
  });

  it('are prepared further where a later release needs more', async () => {
    const prepared = join(folder, 'vesta-prepared.json');
    const wanted = readFileSync(prepared, 'utf8');
    writeFileSync(prepared, '[]');
    await updateCluster(input);
    expect(readFileSync(prepared, 'utf8')).toBe(wanted);
  });

  it('take a new password', () => resetPassword({ ...input, owner: { ...input.owner, password: "o'clock" } }));

  it('tell what Postgres said where it refuses', async () => {
    const owner = { ...input.owner, role: 'nobody_there' };
    await expect(resetPassword({ ...input, owner })).rejects.toThrow(/role "nobody_there" does not exist/);
  });

  it('of another version are refused', () => {
    writeFileSync(join(folder, 'PG_VERSION'), '17\n');
    expect(() => clusterExists(folder, binaries)).toThrow(/written by Postgres 17; this Vesta brings Postgres 18/);
    rmSync(folder, { recursive: true });
    expect(existsSync(folder)).toBe(false);
  });
});
