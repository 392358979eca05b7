/** Runs on the thread that threads.ts starts: takes tasks, sends replies. */
import { isMarkedAsUntransferable, parentPort, workerData } from 'node:worker_threads';
import { Fault } from '../../resources/index.ts';
import { type CustomSet, openPreparer } from '../../store/index.ts';
import { readBundle } from './entries.ts';
import { type PreparedSet, prepareInTurn } from './prepare.ts';
import type { Reply, Task } from './threads.ts';

const preparer = openPreparer(workerData);
let generation: number | undefined;

parentPort!.on('message', ({ id, task, custom }: { id: number; task: Task; custom: CustomSet }) => {
  if (custom.generation !== generation) preparer.use(custom);
  generation = custom.generation;
  const told = reply(id, task);
  parentPort!.postMessage(told, 'result' in told ? buffersOf(told.result) : []);
});

function reply(id: number, task: Task): Reply {
  try {
    return { id, result: run(task) };
  } catch (error) {
    if (!(error instanceof Fault)) return { id, bug: error };
    return { id, fault: { kind: error.kind, text: error.message, findings: error.findings } };
  }
}

function run(task: Task): unknown {
  if (task.task === 'read') return readBundle(task.text, task.base, task.limits);
  const work = prepareInTurn(task.jobs, task.preparation, preparer);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** What is handed over in place of being copied; small buffers share memory with others, which Node.js has marked. */
function buffersOf(result: unknown): ArrayBuffer[] {
  const statements = (result as Partial<PreparedSet>).encoded?.statements ?? [];
  const buffers = statements.flatMap(({ values }) => values.map(({ buffer }) => buffer));
  return buffers.filter((buffer) => !isMarkedAsUntransferable(buffer));
}
