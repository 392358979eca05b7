/** Starts the server as its command does, in a process of its own, and watches it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

export interface Running {
  readonly process: ChildProcess;
  /** Everything that it has said so far, on both streams. */
  said(): string;
  /** The exit code, when it has ended. */
  readonly ended: Promise<number | null>;
}

const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
const running: Running[] = [];

afterEach(async () => {
  for (const { process, ended } of running.splice(0)) {
    if (process.exitCode === null && process.signalCode === null) process.kill('SIGTERM');
    await ended;
  }
});

/** Starts `server/main.ts` with these settings and arguments; ended with the test if it still runs then. */
export function startMain(settings: Record<string, string>, args: readonly string[] = []): Running {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH, VESTA_PORT: '0', VESTA_LOG: 'silent', VESTA_WORKERS: '1', ...settings },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let text = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
  }
  // Not `close`, which never comes where the channel was closed from here.
  const all = [once(child, 'exit'), once(child.stdout!, 'end'), once(child.stderr!, 'end')] as const;
  const ended = Promise.all(all).then(([[code]]) => code as number | null);
  const started = { process: child, said: () => text, ended };
  running.push(started);
  return started;
}

/** The FHIR base out of the printed block, when it stands there. @throws where the process ends instead */
export async function baseOf({ said, process }: Running): Promise<string> {
  for (;;) {
    const base = /FHIR base +(\S+)/.exec(said())?.[1];
    if (base) return base;
    if (process.exitCode !== null) throw new Error(`The server ended with exit code ${process.exitCode}: ${said()}`);
    await sleep(20);
  }
}

/** Repeats a check until it passes, or gives its fault after a long time. */
export async function eventually<T>(check: () => Promise<T> | T): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await check();
    } catch (error) {
      if (attempt > 150) throw error;
      await sleep(100);
    }
  }
}

/** Whether a process of this number lives. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
