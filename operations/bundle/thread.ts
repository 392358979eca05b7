/** Runs on the thread that threads.ts starts: takes tasks, sends replies. */
import { parentPort, workerData } from 'node:worker_threads';
import { Fault } from '../../resources/index.ts';
import { openPreparer } from '../../store/index.ts';
import { readBundle } from './entries.ts';
import { prepareEntry } from './prepare.ts';
import type { Reply, Task } from './threads.ts';

const preparer = openPreparer(workerData);

parentPort!.on('message', ({ id, task }: { id: number; task: Task }) => {
  parentPort!.postMessage(reply(id, task));
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
  return task.jobs.map((job) => prepareEntry(job, task.links, preparer, task.limits));
}
