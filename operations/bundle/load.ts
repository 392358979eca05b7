/**
 * Reading and preparing Bundles without holding up other requests: small ones here, in slices of time; large ones on
 * another thread.
 */
import { type Context, Fault } from '../../resources/index.ts';
import type { Call } from '../call.ts';
import type { Environment } from '../interaction.ts';
import { isFhirJson, isLong } from '../receive.ts';
import { type BundleText, cutOut, readBundle } from './entries.ts';
import { type Preparation, type PreparedSet, type PrepareJob, prepareInTurn } from './prepare.ts';
import { runOnThread, suppliedBy } from './threads.ts';
import { openTurns } from './turns.ts';

/** The Bundle in the body of a call, read on another thread where it is long. @throws Fault as readBundle does */
export async function receiveBundle(
  { body, mediaType }: Call,
  { settings, store }: Environment,
  context: Context,
): Promise<BundleText> {
  if (!isFhirJson(mediaType)) {
    throw new Fault('unsupported-media-type', `A Bundle cannot be read from ${mediaType}.`, {
      hint: 'Send it as application/fhir+json.',
    });
  }
  if (!body?.trim()) throw new Fault('invalid-request', 'A Bundle is expected in the body, which is empty.');
  if (body.length <= settings.limits.inlineBundleBytes) return readBundle(body, context.base, settings.limits);
  const { limits } = settings;
  return cutOut(await runOnThread(store.preparer, { task: 'read', text: body, base: context.base, limits }), body);
}

/** Prepares the resources of a transaction. @throws Fault placed at the first entry that is wrong */
export async function prepareAll(
  jobs: readonly PrepareJob[],
  preparation: Preparation,
  environment: Environment,
  context: Context,
): Promise<PreparedSet> {
  const { settings, store, judging, shelf } = environment;
  const size = jobs.reduce((sum, { text }) => sum + text.length, 0);
  // A single one that is long would be one long stretch of work.
  if (size > settings.limits.inlineBundleBytes || jobs.some(({ text }) => isLong(text, environment))) {
    const { library: _, ...plain } = judging;
    const task = { task: 'prepare', jobs, preparation, judging: plain } as const;
    return runOnThread(store.preparer, task, shelf && suppliedBy(shelf, context));
  }
  const work = prepareInTurn(jobs, preparation, store.records, judging);
  const turn = openTurns();
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    const waiting = value ? shelf!.fill(value, context) : turn();
    if (waiting) await waiting;
  }
}
