/** One file's content → requests, carried out by the operations like those that come over HTTP. */
import { createInterface } from 'node:readline';
import type { OperationOutcome } from 'fhir/r4.js';
import { type Operations, submissionOf } from '../../operations/index.ts';
import { type Context, Fault } from '../../resources/index.ts';
import { openFile, readable, readText, type SourceFile } from './files.ts';

/** One thing that was not stored, and why. */
export interface Refusal {
  readonly path: string;
  /** `line 12`, `Bundle.entry[3]`, or '' for the whole file. */
  readonly where: string;
  readonly kind: string;
  readonly reason: string;
}

export interface FileResult {
  readonly stored: number;
  readonly refusals: readonly Refusal[];
  /** Refused only for a conditional reference whose target was not there: worth a second try. */
  readonly worthRetrying: boolean;
}

export interface Loading {
  readonly operations: Operations;
  context(): Context;
  readonly limits: { readonly bodyBytes: number };
  /** Told after each resource or Bundle, for the progress bar. */
  stored(resources: number): void;
}

/** Lines of one file that are under way at once, so that their writes share commits. */
const LINES_AT_ONCE = 64;

/** Loads one file whole. Never throws for what is wrong with the file; that becomes refusals. */
export async function submitFile(file: SourceFile, loading: Loading): Promise<FileResult> {
  return file.kind === 'ndjson' ? submitLines(file, loading) : submitDocument(file, loading);
}

async function submitDocument(file: SourceFile, loading: Loading): Promise<FileResult> {
  try {
    return await submitText(await readText(file, loading.limits.bodyBytes), file.path, '', loading);
  } catch (error) {
    if (isOutside(error)) throw error;
    return refused([refusalOf(error, file.path, '')]);
  }
}

async function submitLines(file: SourceFile, loading: Loading): Promise<FileResult> {
  const refusals: Refusal[] = [];
  let stored = 0;
  let worthRetrying = false;
  const underWay = new Set<Promise<void>>();
  let number = 0;
  const lines = createInterface({ input: openFile(file), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of readable(lines, file)) {
    number++;
    if (line.trim() === '') continue;
    const work: Promise<void> = submitText(line, file.path, `line ${number}`, loading).then((result) => {
      stored += result.stored;
      refusals.push(...result.refusals);
      worthRetrying ||= result.worthRetrying;
      underWay.delete(work);
    });
    underWay.add(work);
    if (underWay.size >= LINES_AT_ONCE) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  return { stored, refusals, worthRetrying };
}

/** One resource or Bundle. */
async function submitText(text: string, path: string, where: string, loading: Loading): Promise<FileResult> {
  try {
    if (text.length > loading.limits.bodyBytes)
      throw new Fault('too-large', `It is longer than ${loading.limits.bodyBytes} bytes.`);
    const request = submissionOf(text);
    const answer = await loading.operations.perform(request, loading.context());
    const result =
      request.path === '' ? readResponse(answer.body!, path, where) : { stored: 1, refusals: [], worthRetrying: false };
    loading.stored(result.stored);
    return result;
  } catch (error) {
    if (isOutside(error)) throw error;
    return refused([refusalOf(error, path, where)]);
  }
}

/** Counts the entries of a response Bundle; those of a batch may have been refused one by one. */
function readResponse(body: string, path: string, where: string): FileResult {
  const entries: { response: { status: string; outcome?: OperationOutcome } }[] = JSON.parse(body).entry ?? [];
  const refusals: Refusal[] = [];
  for (const [index, { response }] of entries.entries()) {
    if (Number.parseInt(response.status, 10) < 400) continue;
    const issue = response.outcome?.issue[0];
    const place = [where, `Bundle.entry[${index}]`].filter((part) => part !== '').join(', ');
    refusals.push({
      path,
      where: place,
      kind: issue?.details?.coding?.[0]?.code ?? response.status,
      reason: sentence(issue),
    });
  }
  const stored = entries.length - refusals.length;
  // What was stored of a batch would be stored again.
  return { stored, refusals, worthRetrying: stored === 0 && refused(refusals).worthRetrying };
}

function refused(refusals: readonly Refusal[]): FileResult {
  return { stored: 0, refusals, worthRetrying: refusals.some(({ kind }) => kind === 'missing-target') };
}

function refusalOf(error: unknown, path: string, where: string): Refusal {
  if (!(error instanceof Fault))
    return { path, where, kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
  const [first] = error.findings;
  const place = [where, first?.expression].filter((part) => part).join(', ');
  return {
    path,
    where: place,
    kind: error.kind,
    reason: [error.message, first?.hint].filter((part) => part).join(' '),
  };
}

/** What is no fault of the file ends the load: it would refuse every other file too. */
function isOutside(error: unknown): boolean {
  return !(error instanceof Fault) || OUTSIDE.has(error.kind);
}

const OUTSIDE: ReadonlySet<string> = new Set(['database-unavailable', 'storage-full', 'internal']);

function sentence(issue: OperationOutcome['issue'][number] | undefined): string {
  return [issue?.details?.text, issue?.diagnostics].filter((part) => part).join(' ');
}
