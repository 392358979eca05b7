/** One thread beside the event loop for Bundles that would hold it up. Started on first need, ended when long idle. */
import { Worker } from 'node:worker_threads';
import { Fault, type FaultKind, type Finding } from '../../resources/index.ts';
import type { PreparerData } from '../../store/index.ts';
import type { BundleLimits, BundleText } from './entries.ts';
import type { Preparation, PreparedSet, PrepareJob } from './prepare.ts';

export type Task =
  | { readonly task: 'read'; readonly text: string; readonly base: string; readonly limits: BundleLimits }
  | { readonly task: 'prepare'; readonly jobs: readonly PrepareJob[]; readonly preparation: Preparation };

/** A Fault as it travels between threads. */
export interface FaultMessage {
  readonly kind: FaultKind;
  readonly text: string;
  readonly findings: readonly Finding[];
}

export type Reply = { readonly id: number } & (
  | { readonly result: unknown }
  | { readonly fault: FaultMessage }
  | { readonly bug: unknown }
);

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, PromiseWithResolvers<any>>;
  idle: NodeJS.Timeout | undefined;
}

const IDLE_MS = 60_000;

let thread: Thread | undefined;
let lastId = 0;

export function runOnThread(data: PreparerData, task: Extract<Task, { task: 'read' }>): Promise<BundleText>;
export function runOnThread(data: PreparerData, task: Extract<Task, { task: 'prepare' }>): Promise<PreparedSet>;
/** Runs one task; tasks queue up behind each other. @throws Fault out of the task */
export function runOnThread(data: PreparerData, task: Task): Promise<unknown> {
  thread ??= start(data);
  const { worker, waiting } = thread;
  clearTimeout(thread.idle);
  const promise = Promise.withResolvers<unknown>();
  const id = ++lastId;
  waiting.set(id, promise);
  worker.postMessage({ id, task, custom: data.custom });
  return promise.promise;
}

/** Ends the thread; a running task is given up. */
export async function closeThreads(): Promise<void> {
  const ending = thread;
  thread = undefined;
  clearTimeout(ending?.idle);
  await ending?.worker.terminate();
}

function start(data: PreparerData): Thread {
  // A copy: what is a getter there is looked at once.
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: { ...data } });
  const started: Thread = { worker, waiting: new Map(), idle: undefined };
  worker.unref();
  worker.on('message', (reply: Reply) => {
    const promise = started.waiting.get(reply.id);
    started.waiting.delete(reply.id);
    if (started.waiting.size === 0) {
      started.idle = setTimeout(() => thread === started && void closeThreads(), IDLE_MS);
      started.idle.unref();
    }
    if ('result' in reply) promise?.resolve(reply.result);
    else promise?.reject('fault' in reply ? revive(reply.fault) : reply.bug);
  });
  worker.on('error', (error) => fail(started, error));
  worker.on('exit', () => fail(started, new Error('The thread for large Bundles ended.')));
  return started;
}

function fail(ended: Thread, error: unknown): void {
  if (thread === ended) thread = undefined;
  for (const promise of ended.waiting.values()) promise.reject(error);
  ended.waiting.clear();
}

function revive({ kind, text, findings }: FaultMessage): Fault {
  return new Fault(kind, text, { findings: [...findings] });
}
