/** The servers under measurement as processes: started, awaited, loaded by a driver of their own, stopped. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import memory from '../scripts/memory.json' with { type: 'json' };
import type { Layout } from './ceilings/tables.ts';
import type { Order, Told } from './driver/wire.ts';
import { type Cluster, startCluster } from './postgres.ts';

/** `constant` and `bare` are the ceilings. */
export type ServerName = 'constant' | 'bare' | 'vesta';

export interface Server {
  readonly name: ServerName;
  readonly pid: number;
  /** The load driver's process. */
  readonly driverPid: number;
  /** Milliseconds from the start of the process to the first readiness. */
  readonly startMs: number;
  readonly cluster: Cluster | undefined;
  /** `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** Sends an order to this server's driver; resolves with its answer, calls `onBegin` when the measured part begins. */
  drive(order: Order, onBegin?: () => void): Promise<Extract<Told, { kind: 'done' | 'end' }>>;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly layout: Layout;
  /** Flags for Node itself, before the script (the profile passes --cpu-prof). */
  readonly nodeFlags?: readonly string[];
  /** Settings of Postgres beside the common ones. */
  readonly postgres?: Record<string, string>;
  /** A cluster that runs already; it is stopped with the server. */
  readonly cluster?: Cluster;
}

const HERE = import.meta.dirname;
const VESTA_MAIN = join(HERE, '..', 'server', 'main.ts');
const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 20_000;

/** Whether there is a Vesta to measure in this checkout. */
export function vestaExists(): boolean {
  return existsSync(VESTA_MAIN);
}

/** Starts Postgres (but for `constant`), the server and its driver; throws with the server's last words if it dies. */
export async function startServer(name: ServerName, options: StartOptions): Promise<Server> {
  const cluster =
    name === 'constant'
      ? undefined
      : (options.cluster ?? (await startCluster(name, { settings: options.postgres ?? {} })));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), `vb-${name}-files-`));
  const { args, env, flags } = command(name, port, cluster?.url, folder, options.layout);
  const began = performance.now();
  const child = spawn(process.execPath, [...flags, ...(options.nodeFlags ?? []), ...args], {
    // An environment of its own: what the caller has set must not change what is measured.
    env: { PATH: dirname(process.execPath), HOME: folder, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const life = watch(child, name);
  const driver = fork(join(HERE, 'driver', 'main.ts'));
  const stop = async (): Promise<void> => {
    driver.disconnect();
    await end(child, life);
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await Promise.race([ready(origin), life.died]);
    const startMs = performance.now() - began;
    const drive = (order: Order, onBegin?: () => void) => Promise.race([ask(driver, order, onBegin), life.died]);
    await drive({ kind: 'open', origin, exact: name === 'vesta' });
    return { name, pid: child.pid!, driverPid: driver.pid!, startMs, cluster, origin, drive, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function command(
  name: ServerName,
  port: number,
  url: string | undefined,
  folder: string,
  layout: Layout,
): { args: string[]; env: Record<string, string>; flags: readonly string[] } {
  if (name !== 'vesta') {
    const database = url === undefined ? [] : ['--database', url];
    const args = ['--port', String(port), '--serve', name, '--layout', layout, ...database];
    return { args: [join(HERE, 'ceilings', 'main.ts'), ...args], env: {}, flags: [] };
  }
  const env = {
    VESTA_PORT: String(port),
    VESTA_DATA_DIR: folder,
    VESTA_DATABASE_URL: url!,
    VESTA_AUTH: 'open',
    VESTA_WORKERS: '1',
    VESTA_LOG: 'warn',
  };
  // As `npm start` does.
  return { args: [VESTA_MAIN], env: { ...memory.environment, ...env }, flags: memory.flags };
}

interface Life {
  /** Rejects when the process ends before it was asked to. */
  readonly died: Promise<never>;
  readonly ended: Promise<void>;
  asked: boolean;
}

function watch(child: ChildProcess, name: string): Life {
  let lastWords = '';
  const keep = (chunk: Buffer): void => {
    lastWords = (lastWords + chunk.toString()).slice(-3000);
  };
  child.stdout!.on('data', keep);
  child.stderr!.on('data', keep);
  const life = { asked: false } as { -readonly [key in keyof Life]: Life[key] };
  life.ended = new Promise((resolve) => child.once('exit', () => resolve()));
  life.died = new Promise((_, reject) => {
    child.once('exit', (code, signal) => {
      if (!life.asked)
        reject(new Error(`The server ${name} ended by itself (${signal ?? `exit code ${code}`}):\n${lastWords}`));
    });
  });
  life.died.catch(() => {});
  return life;
}

async function end(child: ChildProcess, life: Life): Promise<void> {
  life.asked = true;
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await Promise.race([life.ended, sleep(STOP_MS_MAX, undefined, { ref: false })]);
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await life.ended;
}

async function ready(origin: string): Promise<void> {
  const deadline = performance.now() + READY_MS_MAX;
  for (;;) {
    const status = await fetch(`${origin}/readyz`).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    if (performance.now() > deadline)
      throw new Error(`${origin}/readyz did not answer 200 within ${READY_MS_MAX / 1000} s (last: ${status}).`);
    await sleep(20);
  }
}

function ask(
  driver: ChildProcess,
  order: Order,
  onBegin?: () => void,
): Promise<Extract<Told, { kind: 'done' | 'end' }>> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      driver.off('message', hear);
      driver.off('exit', gone);
      act();
    };
    const hear = (told: Told): void => {
      if (told.kind === 'begin') onBegin?.();
      else if (told.kind === 'failed') settle(() => reject(new Error(told.message)));
      else settle(() => resolve(told));
    };
    const gone = (): void => settle(() => reject(new Error('The load driver ended by itself.')));
    driver.on('message', hear);
    driver.on('exit', gone);
    driver.send(order);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
