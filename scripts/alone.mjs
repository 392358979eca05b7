/** Lets one command at a time change node_modules or what is generated: `npm start` and `npm test` may begin together. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './project.mjs';

const folder = join(root, '.cache');
const file = join(folder, 'preparing.pid');
/** Nothing takes so long: whoever wrote the file is gone, and its number belongs to another process by now. */
const STALE_MS = 20 * 60_000;

/** Runs `work` while no other command runs its own. */
export async function alone(work) {
  mkdirSync(folder, { recursive: true });
  let told = false;
  while (!take()) {
    if (!told) process.stderr.write('Another command is preparing this folder; waiting for it.\n');
    told = true;
    await sleep(300);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take() {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isHeld()) return false;
    rmSync(file, { force: true });
    return take();
  }
}

function isHeld() {
  try {
    if (Date.now() - statSync(file).mtimeMs > STALE_MS) return false;
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
