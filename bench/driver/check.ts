/** What an answer must hold. A fast wrong answer is worth nothing: the first one stops the benchmark. */
import type { Answer } from './line.ts';

/** An answer that was not what the request asks for; the message holds the request and the start of the answer. */
export class WrongAnswer extends Error {
  override name = 'WrongAnswer';
}

const SHOWN_CHARACTERS = 400;

/** Throws WrongAnswer with what was expected. */
export function wrong(request: string, expected: string, answer: Answer): never {
  const start = answer.body.slice(0, SHOWN_CHARACTERS);
  throw new WrongAnswer(`${request}: expected ${expected}, got ${answer.status}, ETag ${answer.etag}: ${start}`);
}

/** Checks status, id, version and type of an answer that is one resource. Cheap, so every answer is checked. */
export function checkVersion(
  request: string,
  answer: Answer,
  status: number,
  type: string,
  id: string,
  version: number,
): void {
  if (answer.status !== status) wrong(request, `status ${status}`, answer);
  if (answer.etag !== `W/"${version}"`) wrong(request, `ETag W/"${version}"`, answer);
  if (!has(answer.body, 'id', id)) wrong(request, `the id ${id}`, answer);
  if (!has(answer.body, 'versionId', String(version))) wrong(request, `versionId ${version}`, answer);
  if (!has(answer.body, 'resourceType', type)) wrong(request, `a ${type}`, answer);
}

/** The id that a create gave, from Location (`…/Patient/[id]/_history/1`). */
export function createdId(request: string, answer: Answer, type: string): string {
  if (answer.status !== 201) wrong(request, 'status 201', answer);
  const id = /([^/]+)\/([A-Za-z0-9\-.]{1,64})\/_history\/1$/.exec(answer.location ?? '');
  if (id === null || id[1] !== type) wrong(request, `a Location of the new ${type}`, answer);
  checkVersion(request, answer, 201, type, id[2]!, 1);
  return id[2]!;
}

/**
 * Compares what was sent with what came back, id and meta apart, in any order of members. `exact` also compares numbers
 * as they were written (5.40 is not 5.4), which the bare server does not promise.
 */
export function checkContent(request: string, sent: string, answer: Answer, exact: boolean): void {
  const expected = plain(sent, exact);
  const found = plain(answer.body, exact);
  if (expected !== found) wrong(request, `the content that was sent (${firstDifference(expected, found)})`, answer);
}

/** Checks an instance history of `count` versions, newest first. */
export function checkHistory(request: string, answer: Answer, id: string, count: number): void {
  if (answer.status !== 200) wrong(request, 'status 200', answer);
  const versions = [...answer.body.matchAll(/"versionId":\s?"(\d+)"/g)].map((match) => Number(match[1]));
  if (versions.length !== count || versions.some((version, n) => version !== count - n)) {
    wrong(request, `versions ${count} to 1, newest first (found ${versions.join(', ')})`, answer);
  }
  if (!has(answer.body, 'id', id)) wrong(request, `versions of ${id}`, answer);
}

/** Checks the answer to a transaction of `count` creates; returns the locations without their version. */
export function checkTransaction(request: string, answer: Answer, count: number): string[] {
  if (answer.status !== 200) wrong(request, 'status 200', answer);
  const bundle = JSON.parse(answer.body);
  if (bundle.type !== 'transaction-response') wrong(request, 'a transaction-response', answer);
  if (bundle.entry?.length !== count) wrong(request, `${count} entries, found ${bundle.entry?.length}`, answer);
  return bundle.entry.map((entry: { response?: { status?: string; location?: string } }, n: number) => {
    const location = /([A-Za-z]+\/[A-Za-z0-9\-.]{1,64})\/_history\/1$/.exec(entry.response?.location ?? '')?.[1];
    if (!entry.response?.status?.startsWith('201') || location === undefined) {
      wrong(request, `entry ${n} created, found ${JSON.stringify(entry.response)}`, answer);
    }
    return location;
  });
}

// With or without a space after the colon: Postgres writes one.
function has(body: string, member: string, value: string): boolean {
  return body.includes(`"${member}":"${value}"`) || body.includes(`"${member}": "${value}"`);
}

function plain(text: string, exact: boolean): string {
  const written = (_key: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' && exact ? `number ${context?.source}` : sorted(value);
  const { id: _id, meta: _meta, ...rest } = JSON.parse(text, written);
  return JSON.stringify(sorted(rest));
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function firstDifference(expected: string, found: string): string {
  let at = 0;
  while (at < expected.length && expected[at] === found[at]) at++;
  const part = (text: string): string => text.slice(Math.max(0, at - 30), at + 50);
  return `…${part(expected)}… became …${part(found)}…`;
}
