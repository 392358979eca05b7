/**
 * Reading and preparing Bundles without holding up other requests: small ones here, in slices of time; large ones on
 * another thread.
 */
import { setImmediate } from 'node:timers/promises';
import { type Context, Fault } from '../../resources/index.ts';
import type { Call } from '../call.ts';
import type { Environment } from '../interaction.ts';
import { isFhirJson } from '../receive.ts';
import { type BundleText, readBundle } from './entries.ts';
import { type Preparation, type PreparedSet, type PrepareJob, prepareInTurn } from './prepare.ts';
import { runOnThread } from './threads.ts';

/** Longest stretch of work before other requests get a turn. */
const SLICE_MS = 15;

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
  return runOnThread(store.preparer, { task: 'read', text: body, base: context.base, limits: settings.limits });
}

/** Prepares the resources of a transaction. @throws Fault placed at the first entry that is wrong */
export async function prepareAll(
  jobs: readonly PrepareJob[],
  preparation: Preparation,
  { settings, store }: Environment,
): Promise<PreparedSet> {
  const size = jobs.reduce((sum, { text }) => sum + text.length, 0);
  if (size > settings.limits.inlineBundleBytes) {
    return runOnThread(store.preparer, { task: 'prepare', jobs, preparation });
  }
  const work = prepareInTurn(jobs, preparation, store.records);
  let started = performance.now();
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() - started > SLICE_MS) {
      await setImmediate();
      started = performance.now();
    }
  }
}
