import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { postgresAccount } from '../../../server/postgres/account.ts';
import { findBinaries, reachableBinaries } from '../../../server/postgres/binaries.ts';
import { createCluster } from '../../../server/postgres/cluster.ts';
import { openDataFolder, socketFolder } from '../../../server/postgres/place.ts';
import { endOrphan, startPostmaster } from '../../../server/postgres/postmaster.ts';
import { postgresSettings } from '../../../server/postgres/settings.ts';
import { temporaryFolder } from './folder.ts';

const data = openDataFolder(join(temporaryFolder(), 'data'));
const folder = join(data, 'postgres');
const account = postgresAccount(folder);
const binaries = reachableBinaries(findBinaries(), account);
const owner = { role: 'vesta', database: 'vesta', password: 'not-used-here' };
await createCluster({ binaries, account, folder, owner, mayCreateDatabases: false, durable: false });
const settings = postgresSettings({
  memoryBytes: 0,
  diskFreeBytes: 0,
  socketFolder: socketFolder(data, folder, account),
  port: 5432,
  connections: 0,
  durable: false,
});
const input = { binaries, account, folder, settings, say: () => {} };

describe('Postgres', () => {
  it('is ready when it was started, and gone when it was stopped', async () => {
    const postmaster = await startPostmaster(input);
    expect(existsSync(join(folder, 'postmaster.pid'))).toBe(true);
    await postmaster.stop();
    expect(existsSync(join(folder, 'postmaster.pid'))).toBe(false);
    await postmaster.stop();
  });

  it('that cannot start tells why', async () => {
    const wrong = { ...settings, shared_buffers: 'plenty' };
    await expect(startPostmaster({ ...input, settings: wrong })).rejects.toThrow(
      /invalid value for parameter "shared_buffers"/,
    );
  });

  it('that nobody holds any more is stopped, and that is said', async () => {
    const said: string[] = [];
    const postmaster = await startPostmaster(input);
    await endOrphan({ folder, say: (text) => said.push(text) });
    await postmaster.ended;
    expect(existsSync(join(folder, 'postmaster.pid'))).toBe(false);
    expect(said).toEqual(['Postgres of an earlier Vesta is still running; stopping it first.']);
  });

  it('of before is forgotten where its number belongs to another process now, which lives on', async () => {
    const other = spawn('sleep', ['60']);
    writeFileSync(join(folder, 'postmaster.pid'), `${other.pid}\n${folder}\n`);
    await endOrphan({ folder, say: () => {} });
    expect(existsSync(join(folder, 'postmaster.pid'))).toBe(false);
    expect(other.exitCode).toBeNull();
    other.kill();
    await once(other, 'exit');
  });

  it('that never ran leaves nothing to do', async () => {
    const empty = join(data, 'empty');
    mkdirSync(empty);
    await endOrphan({ folder: empty, say: () => expect.unreachable() });
  });
});
