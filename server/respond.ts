/** Answers as HTTP: status, headers, body. https://hl7.org/fhir/R4/http.html#Status-Codes */
import type { Answer } from '../operations/index.ts';
import { Fault, toOutcome } from '../resources/index.ts';
import { HangUp } from './body.ts';
import { COMPRESS_FROM_BYTES, compress, encodingFor } from './compress.ts';
import { CORS_HEADERS } from './cors.ts';
import { type Journey, overdue } from './journey.ts';
import { CLIENT_GONE, type Observer, serverTiming } from './observe.ts';
import { indentJson } from './pretty.ts';

/** What answering needs to know of the door. */
export interface Responding {
  readonly observer: Observer;
  /** True while the server stops: each answer then ends its connection. */
  closing: boolean;
  /** A client that takes nothing of its answer for so long is cut off. */
  readonly idleMs: number;
}

/** An answer on its way out: the text of a resource, or content as it is. */
export interface Outgoing extends Omit<Answer, 'body'> {
  readonly body?: string | Buffer | undefined;
}

/**
 * Gives the answer of an interaction. A body that the client takes compressed, and that is worth it, is compressed.
 * The answer was handed to the connection when this returns, or when the promise that it returns resolves.
 */
export function respond(journey: Journey, answer: Outgoing, door: Responding): Promise<void> | undefined {
  if (typeof answer.body === 'object') {
    send(journey, answer, answer.body, undefined, door);
    return undefined;
  }
  const text = answer.body !== undefined && journey.format.pretty ? indentJson(answer.body) : answer.body;
  const encoding = mayCompress(text) ? encodingFor(header(journey, 'accept-encoding')) : undefined;
  const body = text === undefined || encoding === undefined ? text : compress(text, encoding);
  if (body instanceof Promise) return body.then((bytes) => send(journey, answer, bytes, encoding, door));
  send(journey, answer, body, encoding, door);
  return undefined;
}

/**
 * Gives what went wrong as an OperationOutcome: a Fault as it is, anything else as `internal`, after it was reported
 * whole under the id of the request. Nothing is sent to a client that has gone.
 */
export function refuse(journey: Journey, error: unknown, door: Responding): void {
  if (journey.answered) return;
  if (error instanceof HangUp || journey.ending === 'hang-up') {
    journey.answered = true;
    door.observer.finished(journey, CLIENT_GONE);
    return;
  }
  const fault = faultOf(error, journey, door);
  const outcome = JSON.stringify(toOutcome(fault.findings));
  const text = journey.format.pretty ? indentJson(outcome) : outcome;
  send(journey, { status: fault.status, headers: fault.headers }, text, undefined, door);
  if (!journey.request.complete) lingerOver(journey);
}

function faultOf(error: unknown, journey: Journey, door: Responding): Fault {
  if (error instanceof Fault) return error;
  if (journey.ending === 'deadline') return overdue();
  door.observer.bug(error, journey);
  return new Fault(
    'internal',
    `Something failed inside the server. It was logged under request ${journey.requestId}.`,
    {
      hint: 'Tell the id to those who run the server.',
    },
  );
}

function mayCompress(text: string | undefined): boolean {
  return text !== undefined && text.length >= COMPRESS_FROM_BYTES;
}

function send(
  journey: Journey,
  answer: Omit<Answer, 'body'>,
  body: string | Buffer | undefined,
  encoding: string | undefined,
  door: Responding,
): void {
  if (journey.answered) return;
  const { response } = journey;
  response.writeHead(answer.status, headersOf(journey, answer, body, encoding, door));
  journey.answered = true;
  response.end(body);
  // What did not fit the socket waits in memory for a client that may never read it.
  if ((response.socket?.writableLength ?? 0) > 0) response.setTimeout(door.idleMs);
  door.observer.finished(journey, answer.status);
}

/** Clients may keep answers only to ask whether they still hold: a record must never be seen as it was. */
const CACHE_CONTROL = 'private, no-cache';
const VARY = 'Accept, Accept-Encoding, Origin, Prefer';

/** Flat names and values, which Node writes without building an object. */
function headersOf(
  journey: Journey,
  answer: Omit<Answer, 'body'>,
  body: string | Buffer | undefined,
  encoding: string | undefined,
  door: Responding,
): string[] {
  const headers = [
    'Cache-Control',
    CACHE_CONTROL,
    'Vary',
    VARY,
    'X-Content-Type-Options',
    'nosniff',
    'X-Request-Id',
    journey.requestId,
    'Server-Timing',
    serverTiming(journey),
  ];
  if (body !== undefined) headers.push('Content-Type', journey.format.contentType);
  if (encoding !== undefined) headers.push('Content-Encoding', encoding);
  if (answer.status !== 204 && answer.status !== 304) headers.push('Content-Length', `${lengthOf(body)}`);
  if (answer.etag !== undefined) headers.push('ETag', answer.etag);
  if (answer.lastModified !== undefined) headers.push('Last-Modified', httpDate(answer.lastModified));
  if (answer.location !== undefined) headers.push('Location', `${journey.base}/${answer.location}`);
  if (journey.request.headers.origin !== undefined) headers.push(...CORS_HEADERS);
  if (door.closing || unsent(journey)) headers.push('Connection', 'close');
  if (answer.headers) for (const name in answer.headers) headers.push(name, answer.headers[name]!);
  return headers;
}

/** A body that waits for `100 Continue` may come or not after another answer: what follows on the connection is unsure. */
function unsent({ request }: Journey): boolean {
  return request.headers.expect !== undefined && !request.complete;
}

function lengthOf(body: string | Buffer | undefined): number {
  return body === undefined ? 0 : Buffer.byteLength(body);
}

let day = '';
let dayText = '';

/** `2026-11-21T10:11:12.345Z` → `Sat, 21 Nov 2026 10:11:12 GMT`. The day is kept: a Date for each read cost 4 % of it. */
function httpDate(instant: string): string {
  if (!instant.startsWith(day) || day === '') {
    day = instant.slice(0, 10);
    dayText = new Date(day).toUTCString().slice(0, 17);
  }
  return `${dayText}${instant.slice(11, 19)} GMT`;
}

function header(journey: Journey, name: string): string | undefined {
  const value = journey.request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

const LINGER_MS = 5_000;

/**
 * A client that is still sending would see its connection reset before it could read why. What it sends is thrown
 * away for a while (Node does that by itself once the answer is out); then the connection ends.
 */
function lingerOver({ request }: Journey): void {
  setTimeout(() => {
    if (!request.complete) request.destroy();
  }, LINGER_MS).unref();
}
