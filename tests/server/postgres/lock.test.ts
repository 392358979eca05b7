import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderHolder, lockFolder } from '../../../server/postgres/lock.ts';
import { temporaryFolder } from './folder.ts';

const root = temporaryFolder();
const newFolder = () => mkdtempSync(join(root, 'data-'));
// To whoever connects, a file without a listener is what a killed process leaves.
const abandonedFolder = () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'lock.sock'), '');
  return folder;
};

describe('the lock of a data folder', () => {
  it('tells who holds it and why', async () => {
    const folder = newFolder();
    const lock = await lockFolder(folder, 'npm start');
    expect(await folderHolder(folder)).toEqual({ pid: process.pid, purpose: 'npm start' });
    await lock.release();
  });

  it('is refused while somebody holds it, and free after that', async () => {
    const folder = newFolder();
    const lock = await lockFolder(folder, 'npm run load');
    await expect(lockFolder(folder, 'npm start')).rejects.toThrow(`process ${process.pid}, npm run load`);
    await lock.release();
    await (await lockFolder(folder, 'npm start')).release();
    expect(existsSync(join(folder, 'lock.sock'))).toBe(false);
  });

  it.each([
    ['a folder that is new', newFolder],
    ['a folder where a killed process left its socket', abandonedFolder],
  ])('goes to exactly one of many that ask at once for %s', async (_which, make) => {
    const folder = make();
    const asked = await Promise.allSettled(Array.from({ length: 16 }, () => lockFolder(folder, 'npm start')));
    const got = asked.filter((it) => it.status === 'fulfilled');
    expect(got).toHaveLength(1);
    await got[0]!.value.release();
  });

  it('is taken over from a process that was killed', async () => {
    const folder = newFolder();
    const lockModule = new URL('../../../server/postgres/lock.ts', import.meta.url).href;
    const script = `const { lockFolder } = await import(${JSON.stringify(lockModule)});
      await lockFolder(${JSON.stringify(folder)}, 'npm start'); console.log('held'); setInterval(() => {}, 60_000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    await expect(lockFolder(folder, 'npm start')).rejects.toThrow(`process ${holder.pid}`);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(existsSync(join(folder, 'lock.sock'))).toBe(true);
    await (await lockFolder(folder, 'npm start')).release();
  });

  it('works where the path is longer than the address of a socket', async () => {
    const folder = join(newFolder(), 'krankenhaus-'.repeat(15));
    mkdirSync(folder);
    const lock = await lockFolder(folder, 'npm start');
    expect(await folderHolder(folder)).toMatchObject({ pid: process.pid });
    await lock.release();
  });

  it('leaves the working folder as it was', async () => {
    const before = process.cwd();
    await (await lockFolder(newFolder(), 'npm start')).release();
    expect(process.cwd()).toBe(before);
  });

  it('is not held where something else stands under its name', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'lock.sock'), '');
    expect(await folderHolder(folder)).toBeUndefined();
    await (await lockFolder(folder, 'npm start')).release();
  });
});
