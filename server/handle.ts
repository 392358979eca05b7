/** How a request travels, on one screen. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Answer,
  type Operations,
  parseQuery,
  type Query,
  type Request,
  type Target,
} from '../operations/index.ts';
import { Fault, openAccess, toOutcome } from '../resources/index.ts';
import { contentAnswer, contentBytesMax, contentTooLarge, mayBeContent, takesContent, toBinary } from './binary.ts';
import { type BodyLimit, type BodyRoom, bodyTooLarge, decodeBody, hasBody, holdRoom, receiveBody } from './body.ts';
import { isPreflight, PREFLIGHT_HEADERS } from './cors.ts';
import { mayAskFormat, negotiate, parsePrefer, requireBodyType } from './format.ts';
import { Journey, type Watch } from './journey.ts';
import type { Addresses } from './proxy.ts';
import { type Outgoing, type Responding, refuse, respond } from './respond.ts';

/** What every request is carried out with. */
export interface Door extends Responding {
  readonly operations: Operations;
  readonly addresses: Addresses;
  readonly watch: Watch;
  readonly room: BodyRoom;
  readonly limits: {
    readonly bodyBytes: number;
    /** The most content that a Binary can hold. */
    readonly binaryBytes: number;
    readonly urlBytes: number;
    readonly requestMs: number;
    readonly transactionMs: number;
  };
}

/** Carries out one request of the FHIR API and answers it, whatever happens. `path` follows the base. */
export async function handle(
  door: Door,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const journey = begin(door, request, response);
  try {
    const answer = await perform(door, journey, path);
    const responding = respond(journey, answer, door);
    if (responding) await responding;
  } catch (error) {
    refuse(journey, error, door);
  } finally {
    end(door, journey);
  }
}

/** Answers a request that is none of the FHIR API's in its words all the same. */
export function handleFault(door: Door, request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const journey = begin(door, request, response);
  refuse(journey, error, door);
  end(door, journey);
}

function begin(door: Door, request: IncomingMessage, response: ServerResponse): Journey {
  const journey = new Journey(request, response, door.addresses.baseOf(request), openAccess, door.observer.bug);
  door.watch.enter(journey);
  return journey;
}

function end(door: Door, journey: Journey): void {
  door.watch.leave(journey);
  door.room.held -= journey.heldBytes;
}

async function perform(door: Door, journey: Journey, rawPath: string): Promise<Outgoing> {
  const { request } = journey;
  const { headers } = request;
  const method = request.method!;
  if (request.url!.length > door.limits.urlBytes) return urlTooLong(door.limits.urlBytes);
  const at = rawPath.indexOf('?');
  const path = decodePath(at < 0 ? rawPath : rawPath.slice(0, at));
  const query = at < 0 ? '' : rawPath.slice(at + 1);
  if (method === 'OPTIONS') return options(door, request, path);

  const asked = mayAskFormat(query) ? parseQuery(query) : undefined;
  const asIs = READS.has(method) && mayBeContent(path) && !asksResource(query);
  // Of what type content is, is known when it is read.
  journey.format = negotiate(asIs ? undefined : headers.accept, asked);
  const { body, mediaType } = WITHOUT_BODY.has(method) ? NO_BODY : await receive(door, journey, path, query);
  const startedAt = performance.now();
  journey.deadlineAt = startedAt + deadlineMs(door, journey);
  const sent: Request = {
    method,
    path,
    query,
    headers: callHeaders(headers),
    prefer: preferOf(headers),
    body,
    mediaType,
  };
  const answer = await door.operations.perform(sent, journey, (call) => {
    journey.target = call;
  });
  journey.stage('perform', performance.now() - startedAt);
  return asIs && answer.status === 200 ? dressed(journey, answer, asked) : answer;
}

/** The content of a Binary as what it is, or its resource where that is wanted. */
function dressed(journey: Journey, answer: Answer, asked: Query | undefined): Outgoing {
  const { accept } = journey.request.headers;
  const content = contentAnswer(answer, accept);
  journey.format = content ? { contentType: content.contentType, pretty: false } : negotiate(accept, asked);
  return content ?? answer;
}

/** The body, once it is clear that the address takes one of its type: nobody should send 100 MB to a wrong address. */
async function receive(
  door: Door,
  journey: Journey,
  path: string,
  query: string,
): Promise<Pick<Request, 'body' | 'mediaType'>> {
  const { request } = journey;
  const method = request.method!;
  journey.target = door.operations.target(method, path);
  if (!hasBody(request)) return NO_BODY;
  if (takesContent(journey.target)) return receiveBinary(door, journey, journey.target);
  const mediaType = requireBodyType(request.headers['content-type'], journey.target.interaction, method);
  const limit = { bytesMax: door.limits.bodyBytes, tooLarge: bodyTooLarge };
  const body = decodeBody(await receiveBytes(door, journey, limit));
  if (mediaType === FORM && mayAskFormat(body)) {
    journey.format = negotiate(request.headers.accept, [...parseQuery(query), ...parseQuery(body)]);
  }
  return { body, mediaType };
}

/** Content of a Binary, or a Binary. */
async function receiveBinary(
  door: Door,
  journey: Journey,
  target: Target,
): Promise<Pick<Request, 'body' | 'mediaType'>> {
  const { headers, method } = journey.request;
  const { bodyBytes, binaryBytes } = door.limits;
  const bytesMax = contentBytesMax(headers, door.limits);
  const tooLarge = bytesMax < bodyBytes ? contentTooLarge : bodyTooLarge;
  return toBinary(await receiveBytes(door, journey, { bytesMax, tooLarge }), target, method!, headers, binaryBytes);
}

async function receiveBytes(door: Door, journey: Journey, limit: BodyLimit): Promise<Buffer> {
  const bytes = await receiveBody(journey.request, journey.response, limit, (more) => {
    holdRoom(door.room, more);
    journey.heldBytes += more;
  });
  journey.stage('receive', performance.now() - journey.startedAt);
  return bytes;
}

/** Whether the query asks for a resource, or for parts that only a resource has. */
function asksResource(query: string): boolean {
  return query !== '' && parseQuery(query).some(([name]) => ['_format', '_summary', '_elements'].includes(name));
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const FORM = 'application/x-www-form-urlencoded';
const NO_BODY = Object.freeze({ body: undefined, mediaType: undefined });
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE']);
const NO_PRECONDITIONS: Request['headers'] = Object.freeze({});

function deadlineMs({ limits }: Door, { target }: Journey): number {
  return target?.interaction === 'transaction' ? limits.transactionMs : limits.requestMs;
}

function callHeaders(headers: IncomingMessage['headers']): Request['headers'] {
  const ifMatch = headers['if-match'];
  const ifNoneMatch = headers['if-none-match'];
  const ifModifiedSince = headers['if-modified-since'];
  const ifNoneExist = headers['if-none-exist'] as string | undefined;
  const provenance = headers['x-provenance'] as string | undefined;
  const acceptLanguage = headers['accept-language'];
  if ((ifMatch ?? ifNoneMatch ?? ifModifiedSince ?? ifNoneExist ?? provenance ?? acceptLanguage) === undefined) {
    return NO_PRECONDITIONS;
  }
  const sent = { ifMatch, ifNoneMatch, ifModifiedSince, ifNoneExist, acceptLanguage };
  return { ...sent, provenance: provenance && inUtf8(provenance) };
}

/** Node gives the bytes of a header as Latin-1; clients that do not write \u00e9 for é send UTF-8. */
function inUtf8(header: string): string {
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : header;
}

function preferOf(headers: IncomingMessage['headers']): Request['prefer'] {
  return parsePrefer(headers.prefer as string | undefined);
}

/** Percent-decoding by segment, so that an encoded slash stays part of its segment. */
function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return path
      .split('/')
      .map((segment) => decodeURIComponent(segment).replaceAll('/', '%2F'))
      .join('/');
  } catch (cause) {
    throw new Fault('invalid-request', 'The path of the URL is not percent-encoded UTF-8.', {
      hint: 'Write % itself as %25.',
      cause,
    });
  }
}

/** What can be done here: for a browser before the real request, or for anybody who asks. RFC 9110, 9.3.7 */
function options({ operations }: Door, request: IncomingMessage, path: string): Answer {
  if (isPreflight(request.method, request.headers)) return { status: 204, headers: PREFLIGHT_HEADERS };
  try {
    operations.target('OPTIONS', path);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'method-not-allowed') throw error;
    return { status: 204, headers: { Allow: `${error.headers.Allow}, OPTIONS` } };
  }
  return { status: 204 };
}

function urlTooLong(bytesMax: number): Answer {
  const text = `The URL is longer than ${bytesMax} bytes.`;
  const hint = 'Search by POST to [type]/_search, with the parameters in the body as a form.';
  return { status: 414, body: JSON.stringify(toOutcome([{ kind: 'too-large', text, hint }])) };
}
