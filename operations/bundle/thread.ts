/** Runs on the thread that threads.ts starts: takes tasks, sends replies. */
import { isMarkedAsUntransferable, parentPort, workerData } from 'node:worker_threads';
import { type JudgeOptions, judge, type Library, type Needs, openThreadShelf } from '../../profiles/index.ts';
import { Fault, type JsonLimits, parseJson } from '../../resources/index.ts';
import { openPreparer } from '../../store/index.ts';
import { lacks, ROUNDS_MAX } from '../judging.ts';
import { readSpans } from './entries.ts';
import { type PreparedSet, prepareInTurn } from './prepare.ts';
import type { JudgedText, Message, Reply, Task } from './threads.ts';

const preparer = openPreparer(workerData);
const shelf = openThreadShelf();
let generation: number | undefined;

/** Tasks that wait for what they lack, by id. */
const waiting = new Map<number, Work>();

/** A task in steps: what it lacks, nothing between two pieces of work, and in the end its result. */
type Work = Generator<Needs | undefined, unknown>;

parentPort!.on('message', (message: Message) => {
  const { id } = message;
  if ('task' in message) {
    const { task, custom, stamp } = message;
    if (custom.generation !== generation) preparer.use(custom);
    generation = custom.generation;
    if (stamp !== undefined) shelf.renew(stamp);
    goOn(id, workOn(task, stamp === undefined ? undefined : shelf));
    return;
  }
  const work = waiting.get(id);
  waiting.delete(id);
  if (!message.contents) return;
  shelf.take(message.contents);
  goOn(id, work!);
});

/** Works until the task is done or lacks something. */
function goOn(id: number, work: Work): void {
  const told = step(id, work);
  if ('needs' in told) waiting.set(id, work);
  parentPort!.postMessage(told, 'result' in told ? buffersOf(told.result) : []);
}

function step(id: number, work: Work): Reply {
  try {
    for (;;) {
      const { done, value } = work.next();
      if (done) return { id, result: value };
      if (value) return { id, needs: value as Needs };
    }
  } catch (error) {
    if (!(error instanceof Fault)) return { id, bug: error };
    return { id, fault: { kind: error.kind, text: error.message, findings: error.findings } };
  }
}

function* workOn(task: Task, library: Library | undefined): Work {
  if (task.task === 'read') return readSpans(task.text, task.base, task.limits);
  const judging = { ...task.judging, library };
  if (task.task === 'prepare') return yield* prepareInTurn(task.jobs, task.preparation, preparer, judging);
  return yield* judgeText(task.type, task.text, task.limits, judging);
}

function* judgeText(
  type: string,
  text: string,
  limits: JsonLimits,
  judging: JudgeOptions,
): Generator<Needs, JudgedText> {
  const parsed = parseJson(text, limits);
  let judgement = judge(type, parsed, judging);
  for (let round = 1; round <= ROUNDS_MAX && lacks(judgement.needs); round++) {
    yield judgement.needs;
    judgement = judge(type, parsed, judging);
  }
  const references = judgement.references.map(({ reference, path }) => ({ reference, path }));
  return { isValid: judgement.isValid, findings: judgement.findings, references };
}

/** What is handed over in place of being copied; small buffers share memory with others, which Node.js has marked. */
function buffersOf(result: unknown): ArrayBuffer[] {
  const statements = (result as Partial<PreparedSet>).encoded?.statements ?? [];
  const buffers = statements.flatMap(({ values }) => values.map(({ buffer }) => buffer));
  return buffers.filter((buffer) => !isMarkedAsUntransferable(buffer));
}
