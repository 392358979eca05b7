import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './postgres/folder.ts';
import { baseOf, eventually, isRunning, type Running, startMain } from './running.ts';

const settings = { VESTA_DATA_DIR: join(temporaryFolder(), 'data'), VESTA_WORKERS: '2' };

/** Processes of the server itself, without those of Postgres. */
function workersOf({ process: { pid } }: Running): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const rows = lines.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)).filter((row) => row !== null);
  return rows
    .filter(([, , parent, args]) => Number(parent) === pid && args!.includes('main.ts'))
    .map(([, own]) => Number(own));
}

describe('several workers', () => {
  it('answer behind one port and stop with their primary', async () => {
    const server = startMain(settings);
    const base = await baseOf(server);
    const workers = workersOf(server);
    expect(workers).toHaveLength(2);
    expect((await fetch(`${base}/metadata`)).status).toBe(200);
    server.process.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    for (const pid of workers) expect(isRunning(pid)).toBe(false);
  });

  it('are replaced when they die, while the others answer', async () => {
    const server = startMain(settings);
    const base = await baseOf(server);
    const [first, second] = workersOf(server);
    process.kill(first!, 'SIGKILL');
    await eventually(() => {
      const now = workersOf(server);
      expect(now).toHaveLength(2);
      expect(now).toContain(second);
      expect(now).not.toContain(first);
    });
    expect((await fetch(new URL('/readyz', base))).status).toBe(200);
    expect(server.said()).toContain('A worker ended (SIGKILL); starting another');
  });

  it('end when their primary was killed', async () => {
    const server = startMain(settings);
    await baseOf(server);
    const workers = workersOf(server);
    server.process.kill('SIGKILL');
    await eventually(() => {
      for (const pid of workers) expect(isRunning(pid)).toBe(false);
    });
  });

  it('that cannot serve stop the start with the reason', async () => {
    const first = startMain(settings);
    const { port } = new URL(await baseOf(first));
    const second = startMain({ ...settings, VESTA_DATA_DIR: `${settings.VESTA_DATA_DIR}-2`, VESTA_PORT: port });
    expect(await second.ended).toBe(1);
    expect(second.said()).toMatch(new RegExp(`Port ${port} .*used by another program`));
  });
});
