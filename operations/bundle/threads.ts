/** One thread beside the event loop for Bundles that would hold it up. Started on first need, ended when long idle. */
import { Worker } from 'node:worker_threads';
import type { JudgeOptions, Needs, Shelf, ShelfContents } from '../../profiles/index.ts';
import { type Context, Fault, type FaultKind, type Finding, type JsonLimits } from '../../resources/index.ts';
import type { PreparerData } from '../../store/index.ts';
import type { BundleLimits, BundleSpans } from './entries.ts';
import type { Preparation, PreparedSet, PrepareJob } from './prepare.ts';

export type Task =
  | { readonly task: 'read'; readonly text: string; readonly base: string; readonly limits: BundleLimits }
  | {
      readonly task: 'prepare';
      readonly jobs: readonly PrepareJob[];
      readonly preparation: Preparation;
      readonly judging: PlainJudging;
    }
  | {
      readonly task: 'judge';
      readonly type: string;
      readonly text: string;
      readonly limits: JsonLimits;
      readonly judging: PlainJudging;
    };

/** How to judge, but for the library: a thread has one of its own. */
export type PlainJudging = Omit<JudgeOptions, 'library'>;

/** A Judgement as it travels. */
export interface JudgedText {
  readonly isValid: boolean;
  readonly findings: readonly Finding[];
  readonly references: readonly { readonly reference: string; readonly path: string }[];
}

/** Where a thread gets what it lacks to judge. */
export interface Supply {
  /** `stamp` of the shelf: a thread that had something of it before may have it no longer. */
  readonly stamp: string;
  fetch(needs: Needs): Promise<ShelfContents>;
}

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
  | { readonly needs: Needs }
);

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
  idle: NodeJS.Timeout | undefined;
}

interface Waiting extends PromiseWithResolvers<any> {
  readonly supply: Supply | undefined;
}

const IDLE_MS = 60_000;

let thread: Thread | undefined;
let lastId = 0;

export function runOnThread(data: PreparerData, task: Extract<Task, { task: 'read' }>): Promise<BundleSpans>;
export function runOnThread(
  data: PreparerData,
  task: Extract<Task, { task: 'prepare' }>,
  supply?: Supply,
): Promise<PreparedSet>;
export function runOnThread(
  data: PreparerData,
  task: Extract<Task, { task: 'judge' }>,
  supply?: Supply,
): Promise<JudgedText>;
/**
 * Runs one task; tasks queue up behind each other, but for those that wait for what they lack.
 * @param supply without it what is lacking is not checked
 * @throws Fault out of the task or the supply
 */
export function runOnThread(data: PreparerData, task: Task, supply?: Supply): Promise<unknown> {
  thread ??= start(data);
  const { worker, waiting } = thread;
  clearTimeout(thread.idle);
  const promise = Promise.withResolvers<unknown>();
  const id = ++lastId;
  waiting.set(id, { ...promise, supply });
  worker.postMessage({ id, task, custom: data.custom, stamp: supply?.stamp } satisfies TaskMessage);
  return promise.promise;
}

/** What the thread lacks comes from the shelf of this one. */
export function suppliedBy(shelf: Shelf, context: Context): Supply {
  return {
    stamp: shelf.stamp,
    async fetch(needs) {
      await shelf.fill(needs, context);
      return shelf.contents(needs);
    },
  };
}

/** What a thread is told: a task, what a task lacked, or that nobody waits for it any more. */
export type Message = TaskMessage | { readonly id: number; readonly contents: ShelfContents | undefined };

interface TaskMessage {
  readonly id: number;
  readonly task: Task;
  readonly custom: PreparerData['custom'];
  /** Of the shelf that supplies it; undefined where none does. */
  readonly stamp: string | undefined;
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
    if ('needs' in reply) {
      supplyTo(started, reply.id, promise!, reply.needs);
      return;
    }
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

function supplyTo({ worker, waiting }: Thread, id: number, promise: Waiting, needs: Needs): void {
  promise.supply!.fetch(needs).then(
    (contents) => worker.postMessage({ id, contents } satisfies Message),
    (error) => {
      waiting.delete(id);
      promise.reject(error);
      worker.postMessage({ id, contents: undefined } satisfies Message);
    },
  );
}

function fail(ended: Thread, error: unknown): void {
  if (thread === ended) thread = undefined;
  for (const promise of ended.waiting.values()) promise.reject(error);
  ended.waiting.clear();
}

function revive({ kind, text, findings }: FaultMessage): Fault {
  return new Fault(kind, text, { findings: [...findings] });
}
