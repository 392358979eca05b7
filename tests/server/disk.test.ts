import { mkdtempSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { watchDisk } from '../../server/disk.ts';
import { faultOf } from '../setup/fault.ts';

const folder = mkdtempSync(join(tmpdir(), 'vesta-disk-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('watchDisk', () => {
  it('lets writes through while there is room, and says nothing', async () => {
    const disk = await watchDisk({ folder, freeBytesMin: 1, say: () => expect.unreachable() });
    onTestFinished(disk.close);
    disk.requireRoom();
  });

  it('refuses writes with what is left while there is less than must be, and says so once', async () => {
    const said: string[] = [];
    const { bavail, bsize } = await statfs(folder);
    const disk = await watchDisk({ folder, freeBytesMin: 2 * bavail * bsize, say: (text) => said.push(text) });
    onTestFinished(disk.close);
    expect(faultOf(() => disk.requireRoom())).toMatchObject({
      kind: 'storage-full',
      message: expect.stringMatching(/^The disk of the database is full: \d+ MB are left\. ./),
    });
    expect(said).toEqual([expect.stringMatching(/MB are left\. Writes are refused until there is more\.$/)]);
  });

  it('refuses nothing where the folder is not there: another Postgres is used', async () => {
    const disk = await watchDisk({
      folder: '',
      freeBytesMin: Number.MAX_SAFE_INTEGER,
      say: () => expect.unreachable(),
    });
    onTestFinished(disk.close);
    disk.requireRoom();
  });
});
