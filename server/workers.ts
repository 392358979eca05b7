/** Several processes behind one port. The primary keeps them alive; each of them opens the store and the door itself. */
import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PgConnectionOptions } from '../store/index.ts';
import { shareClusterMetrics } from './metrics.ts';
import { Refusal } from './refusal.ts';
import type { Serving } from './serve.ts';

/** What a worker is told when it is born. The connection holds a password: it travels here and not in the environment. */
export interface Birth {
  readonly kind: 'open';
  readonly connection: PgConnectionOptions;
  readonly postgresVersion: string;
}

type Order = Birth | { readonly kind: 'stop' };
type Word = { readonly kind: 'ready'; readonly base: string } | { readonly kind: 'refused'; readonly text: string };

export interface WorkersOptions {
  readonly count: number;
  readonly birth: Birth;
  /** How long a worker may take to stop before it is ended. */
  readonly stopMs: number;
  readonly say: (text: string) => void;
}

/** Waits before a worker that died is replaced: a fault that kills each one at once must not keep the machine busy. */
const REPLACE_WAITS_MS = [100, 500, 2_000, 10_000, 30_000];
/** A worker that lived so long died of something else than its start. */
const STEADY_MS = 60_000;
const ORPHAN_STOP_MS = 10_000;

/**
 * Starts the workers and replaces any that dies.
 * @throws Refusal where the first ones cannot serve, with the reason that a worker gave
 */
export async function startWorkers(options: WorkersOptions): Promise<Serving> {
  shareClusterMetrics();
  const state = { stopping: false, deaths: 0 };
  const keep = (worker: Worker, bornAt: number) => {
    worker.once('exit', async (code, signal) => {
      if (state.stopping) return;
      if (Date.now() - bornAt > STEADY_MS) state.deaths = 0;
      const waitMs = REPLACE_WAITS_MS[Math.min(state.deaths, REPLACE_WAITS_MS.length - 1)]!;
      state.deaths++;
      options.say(`A worker ended (${signal ?? `exit code ${code}`}); starting another in ${waitMs} ms.`);
      await sleep(waitMs);
      while (!state.stopping) {
        try {
          const next = await giveBirth(options.birth);
          keep(next.worker, Date.now());
          return;
        } catch (error) {
          options.say(`The new worker did not start: ${(error as Error).message}`);
          await sleep(REPLACE_WAITS_MS.at(-1));
        }
      }
    });
  };
  const close = async () => {
    state.stopping = true;
    await Promise.all(Object.values(cluster.workers ?? {}).map((worker) => stopWorker(worker!, options.stopMs)));
  };
  const births = await Promise.allSettled(Array.from({ length: options.count }, () => giveBirth(options.birth)));
  const failed = births.find((it) => it.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }
  const born = births.filter((it) => it.status === 'fulfilled').map((it) => it.value);
  for (const { worker } of born) keep(worker, Date.now());
  return { base: born[0]!.base, close };
}

/**
 * The life of one worker: serves what the primary tells it to, stops when it says so, or when it is gone.
 * Signals are the primary's business: Ctrl-C reaches every process of the terminal at once.
 */
export function beWorker(serve: (birth: Birth) => Promise<Serving>): void {
  let serving: Promise<Serving> | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  const stop = async () => {
    await (await serving?.catch(() => undefined))?.close();
    process.exit(0);
  };
  process.on('message', (order: Order) => {
    if (order.kind === 'stop') void stop();
    if (order.kind !== 'open') return;
    serving = serve(order);
    serving.then(
      ({ base }) => process.send!({ kind: 'ready', base } satisfies Word),
      (error: Error) => {
        const text = error instanceof Refusal ? error.message : (error.stack ?? error.message);
        process.send!({ kind: 'refused', text } satisfies Word, () => process.exit(1));
      },
    );
  });
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), ORPHAN_STOP_MS).unref();
    void stop();
  });
}

function giveBirth(birth: Birth): Promise<{ worker: Worker; base: string }> {
  const worker = cluster.fork();
  return new Promise((resolve, reject) => {
    const early = (code: number, signal: string) =>
      reject(new Refusal(`A worker ended before it was ready (${signal ?? `exit code ${code}`}).`));
    worker.once('online', () => worker.send(birth));
    worker.once('exit', early);
    worker.on('message', (word: Word) => {
      if (word.kind === 'refused') reject(new Refusal(word.text));
      if (word.kind !== 'ready') return;
      worker.off('exit', early);
      resolve({ worker, base: word.base });
    });
  });
}

async function stopWorker(worker: Worker, waitMs: number): Promise<void> {
  if (worker.isDead()) return;
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  if (worker.isConnected()) worker.send({ kind: 'stop' } satisfies Order);
  const timer = setTimeout(() => worker.process.kill('SIGKILL'), waitMs);
  await gone;
  clearTimeout(timer);
}
