/** The running Postgres: start it, know when it is ready, stop it, and deal with one that a killed Vesta left behind. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../refusal.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { processOptions, runProgram } from './program.ts';

export interface PostmasterInput {
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  /** Folder of the data files. */
  readonly folder: string;
  readonly settings: Record<string, string>;
  /** Tells a person what a long start waits for. */
  readonly say: (text: string) => void;
}

export interface Postmaster {
  readonly pid: number;
  /** Settles when the process has ended, with its last words. */
  readonly ended: Promise<string>;
  /** Stops it after its running statements are broken off; the data are complete on disk then. */
  stop(): Promise<void>;
}

const POLL_MS = 15;
const SAY_EVERY_MS = 5_000;
const FAST_STOP_MS = 30_000;
const IMMEDIATE_STOP_MS = 10_000;
/** How long processes of a killed Postgres may hold its shared memory. */
const SHARED_MEMORY_WAIT_MS = 15_000;

/**
 * A shell that becomes Postgres, and beside it one that waits on descriptor 3. Where Vesta dies without a word, even by
 * kill -9, that descriptor closes, and Postgres is told to stop: nothing is left running. A line on it ends the watch.
 * The inner subshell is orphaned on purpose: Postgres takes unknown children for crashed ones.
 */
const WATCHED = '( ( read -r _ <&3 || kill -INT $$ ) >/dev/null 2>&1 </dev/null & ); exec 3<&-; exec "$0" "$@"';

/**
 * Starts Postgres and waits until it takes connections, however long it recovers from a crash.
 * @throws Refusal with what Postgres said where it ends instead
 */
export async function startPostmaster(input: PostmasterInput): Promise<Postmaster> {
  const deadline = Date.now() + SHARED_MEMORY_WAIT_MS;
  for (;;) {
    const started = launch(input);
    const lastWords = await untilReady(started, input);
    if (lastWords === undefined) return started;
    if (!/shared memory block|is another postmaster/.test(lastWords) || Date.now() > deadline) {
      throw new Refusal(`Postgres did not start: ${lastWords}`, `Its log is in ${join(input.folder, 'log')}.`);
    }
    await sleep(200);
  }
}

/**
 * Ends a Postgres that still runs on these data files though nobody holds their lock, and removes the note of a dead
 * one whose process id now belongs to something else: Postgres would take that for itself and refuse to start.
 */
export async function endOrphan({ folder, say }: Pick<PostmasterInput, 'folder' | 'say'>): Promise<void> {
  const pid = notedPid(folder);
  if (pid === undefined || !isAlive(pid)) return;
  if (!isPostgresOf(pid, folder)) {
    rmSync(join(folder, 'postmaster.pid'), { force: true });
    return;
  }
  say('Postgres of an earlier Vesta is still running; stopping it first.');
  await signalUntilGone(pid, () => !isAlive(pid) || notedPid(folder) !== pid);
}

function launch({ binaries, account, folder, settings }: PostmasterInput): Postmaster {
  const args = ['-D', folder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const windows = process.platform === 'win32';
  const [program, ...rest] = windows
    ? [binaries.postgres, ...args]
    : ['/bin/sh', '-c', WATCHED, binaries.postgres, ...args];
  // A group of its own: Ctrl-C in the terminal reaches Vesta alone, which drains its requests before Postgres stops.
  const child = spawn(program!, rest, {
    ...processOptions(account),
    detached: !windows,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = untilEnded(child);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    if (windows) await runProgram(binaries.pgCtl, ['stop', '-D', folder, '-m', 'fast', '-w'], account);
    else await signalUntilGone(child.pid, () => child.exitCode !== null || child.signalCode !== null);
    await ended;
  };
  return { pid: child.pid ?? 0, ended, stop };
}

function untilEnded(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let words = '';
    child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
      words = (words + chunk).slice(-4_000);
    });
    const watch = child.stdio[3] as NodeJS.WritableStream;
    watch.on('error', () => {});
    child.once('error', (error) => resolve(error.message));
    child.once('exit', () => watch.end('ended\n'));
    child.once('close', (code, signal) => resolve(words.trim() || `it ended with ${signal ?? `exit code ${code}`}`));
  });
}

/** Undefined when ready, else the last words of a Postgres that ended. */
async function untilReady(postmaster: Postmaster, { folder, say }: PostmasterInput): Promise<string | undefined> {
  let ended: string | undefined;
  postmaster.ended.then((words) => {
    ended = words;
  });
  let sayAt = Date.now() + SAY_EVERY_MS;
  while (ended === undefined) {
    // https://www.postgresql.org/docs/18/storage-file-layout.html: the last line of postmaster.pid is its state.
    const lines = readNote(folder);
    if (Number(lines[0]) === postmaster.pid && lines[7]?.trim() === 'ready') return undefined;
    if (Date.now() > sayAt) {
      say('Postgres is recovering what was not yet in place when it last stopped; waiting for it.');
      sayAt = Date.now() + SAY_EVERY_MS;
    }
    await sleep(POLL_MS);
  }
  return ended;
}

async function signalUntilGone(pid: number, isGone: () => boolean): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', IMMEDIATE_STOP_MS],
    ['SIGKILL', IMMEDIATE_STOP_MS],
  ] as const) {
    const deadline = Date.now() + waitMs;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      throw new Refusal(
        `Postgres (process ${pid}) belongs to another user and could not be stopped.`,
        undefined,
        error,
      );
    }
    while (Date.now() < deadline) {
      if (isGone()) return;
      await sleep(POLL_MS);
    }
  }
}

function readNote(folder: string): string[] {
  const file = join(folder, 'postmaster.pid');
  try {
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  } catch {
    return [];
  }
}

function notedPid(folder: string): number | undefined {
  const pid = Number(readNote(folder)[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

// The command line names the data folder, because `launch` writes it there.
function isPostgresOf(pid: number, folder: string): boolean {
  try {
    const command =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return command.includes('postgres') && command.includes(` ${folder} `);
  } catch {
    return false;
  }
}
