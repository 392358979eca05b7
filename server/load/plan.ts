/** A load as a whole: what was loaded before is left out, waves one after the other, a second try at the end. */
import type { Store } from '../../store/index.ts';
import type { SourceFile } from './files.ts';
import { inWaves, type Survey, survey } from './order.ts';
import { type FileResult, type Loading, type Refusal, submitFile } from './submit.ts';

export interface LoadReport {
  readonly files: number;
  /** Left out, since they were loaded before. */
  readonly skipped: number;
  readonly stored: number;
  readonly refusals: readonly Refusal[];
}

/** What is told while a load goes on. */
export interface Progress {
  /** A file was looked through; they are all looked through before the first is loaded. */
  surveyed(file: SourceFile): void;
  /** Bytes on disk that are to be loaded. */
  planned(bytes: number): void;
  finished(file: SourceFile): void;
}

export interface LoadOptions {
  readonly store: Store;
  readonly loading: Loading;
  /** Also files that were loaded before. */
  readonly again: boolean;
  readonly progress: Progress;
}

/** Files under way at once: one is parsed while Postgres writes the other. */
const FILES_AT_ONCE = 2;
/** A file longer than this on disk is loaded alone, so that memory follows the largest one and not their sum. */
const SMALL_BYTES = 512 * 1024;

/** Loads the files. @throws Fault only for what is no fault of a file, such as a database that is gone */
export async function loadFiles(files: readonly SourceFile[], options: LoadOptions): Promise<LoadReport> {
  const surveys = await surveyAll(files, options.progress);
  const known = options.again
    ? new Set<string>()
    : await options.store.ledger.known(surveys.map(hexOf), options.loading.context());
  const wanted = surveys.filter((one) => !known.has(hexOf(one)));
  options.progress.planned(wanted.reduce((sum, { file }) => sum + file.bytes, 0));
  const results = new Map<Survey, FileResult>();
  for (const wave of inWaves(wanted)) await loadWave(wave, options, results);
  // What was missing may have come with a file that was loaded later.
  for (const [one, result] of results) if (result.worthRetrying) results.set(one, await loadOne(one, options));
  return {
    files: files.length,
    skipped: surveys.length - wanted.length,
    stored: sum([...results.values()].map(({ stored }) => stored)),
    refusals: [...results.values()].flatMap(({ refusals }) => refusals),
  };
}

async function surveyAll(files: readonly SourceFile[], progress: Progress): Promise<Survey[]> {
  const surveys: Survey[] = [];
  for (const file of files) {
    surveys.push(await survey(file));
    progress.surveyed(file);
  }
  return surveys;
}

async function loadWave(
  wave: readonly Survey[],
  options: LoadOptions,
  results: Map<Survey, FileResult>,
): Promise<void> {
  const small = wave.filter(({ file }) => file.bytes <= SMALL_BYTES);
  let next = 0;
  const workers = Array.from({ length: Math.min(FILES_AT_ONCE, small.length) }, async () => {
    for (let one = small[next++]; one; one = small[next++]) await load(one);
  });
  await Promise.all(workers);
  for (const one of wave) if (one.file.bytes > SMALL_BYTES) await load(one);

  async function load(one: Survey): Promise<void> {
    results.set(one, await loadOne(one, options));
    options.progress.finished(one.file);
  }
}

async function loadOne(one: Survey, { store, loading }: LoadOptions): Promise<FileResult> {
  const result = await submitFile(one.file, loading);
  // Only what is in the database to the last resource counts as loaded.
  if (result.refusals.length === 0) {
    await store.ledger.note({ hash: hexOf(one), path: one.file.path, resources: result.stored }, loading.context());
  }
  return result;
}

function hexOf({ hash }: Survey): string {
  return hash.toString('hex');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
