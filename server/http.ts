/** The door to the network: Fastify, its limits, and one wildcard route under the FHIR base. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type HTTPMethods } from 'fastify';
import type { Operations } from '../operations/index.ts';
import { Fault } from '../resources/index.ts';
import { type Door, handle, handleFault } from './handle.ts';
import { addHealth } from './health.ts';
import { openWatch, overdue } from './journey.ts';
import { drain, type Listening, listen, makeServer, type ServerLimits } from './listen.ts';
import { openMetrics, type PoolGauge } from './metrics.ts';
import { type Logger, openObserver } from './observe.ts';
import { addPages, type PageParts } from './pages.ts';
import { FHIR_PATH, openAddresses } from './proxy.ts';
import { refuse } from './respond.ts';

/** What the door was configured to do; each row stands in `server/config.ts`. */
export interface HttpSettings {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** The public FHIR base where it differs, without a trailing slash. */
  readonly baseUrl?: string;
  readonly trustedProxies: readonly string[];
  /** Who sends it may read `/metrics` from another machine. */
  readonly metricsToken?: string;
  readonly limits: ServerLimits & {
    readonly bodyBytes: number;
    /** The most content that a Binary can hold. */
    readonly binaryBytes: number;
    /** Memory that the bodies of all requests under way share. */
    readonly heldBodyBytes: number;
    readonly urlBytes: number;
    readonly requestMs: number;
    readonly transactionMs: number;
    /** How long a client may take nothing of its answer. */
    readonly idleMs: number;
    /** How long a stop waits for requests under way. */
    readonly drainMs: number;
  };
}

/** What the door leads to. */
export interface HttpParts extends PageParts {
  readonly operations: Operations;
  readonly log: Logger;
  /** Whether the database was reached and is migrated; may reject. */
  ready(): Promise<boolean>;
  /** Connections of the store, for `/metrics`. */
  pools?(): readonly PoolGauge[];
}

export interface Http {
  /** The FHIR base as it is printed at the start: `http://localhost:8080/fhir`. */
  readonly base: string;
  /** Host and port of each socket that listens. */
  readonly addresses: Listening['addresses'];
  /** Stops accepting, lets requests under way finish (at most `drainMs`), ends all connections. */
  close(): Promise<void>;
}

/**
 * Opens the door: listens, and carries out what is asked.
 * A loopback host means 127.0.0.1 and ::1 both, so that every spelling of loopback is answered.
 * @throws Refusal with a sentence where the port cannot be had or a setting makes no sense
 */
export async function startHttp(settings: HttpSettings, parts: HttpParts): Promise<Http> {
  // Known only when the port is; nothing reads it before.
  const printed = { base: '' };
  const door = openDoor(settings, parts, printed);
  const app = fastify({
    logger: false,
    serverFactory: (handler) => makeServer(settings.limits, handler),
    exposeHeadRoutes: true,
    // Answered as usual while the server stops: the answer itself ends the connection.
    return503OnClosing: false,
    // Paths are read by the grammar of operations, and must reach it whole.
    routerOptions: { maxParamLength: settings.limits.headerBytes, querystringParser: () => NO_QUERY },
    frameworkErrors: (_error, request, reply) => pass(request, reply, dispatch),
  });
  const prefixes = [...new Set([FHIR_PATH, pathOf(settings.baseUrl)])];

  function dispatch(request: IncomingMessage, response: ServerResponse): void {
    const url = originForm(request.url!);
    for (const prefix of prefixes) {
      const next = url.charCodeAt(prefix.length);
      if ((next === SLASH || next === QUESTION_MARK || url.length === prefix.length) && url.startsWith(prefix)) {
        handle(door, request, response, url.slice(prefix.length));
        return;
      }
    }
    handleFault(door, request, response, nothingHere(request, door));
  }

  addRoutes(app, prefixes, dispatch);
  const refuseFault = (request: FastifyRequest, reply: FastifyReply, fault: unknown) =>
    pass(request, reply, (raw, response) => handleFault(door, raw, response, fault));
  app.setErrorHandler((error, request, reply) => refuseFault(request, reply, error));
  const { metrics, addresses } = door;
  addHealth(app, { ready: parts.ready, metrics, addresses, metricsToken: settings.metricsToken, refuse: refuseFault });
  addPages(app, {
    ...parts,
    baseOf: addresses.baseOf,
    prefix: pathOf(settings.baseUrl).replace(/\/[^/]*$/, ''),
    refuse: refuseFault,
  });
  const listening = await listen(app, settings);
  printed.base = `http://${printedHost(settings.host)}:${listening.port}${FHIR_PATH}`;

  return {
    base: settings.baseUrl ?? printed.base,
    addresses: listening.addresses,
    async close() {
      door.closing = true;
      await drain(app, listening, door.watch.idle, settings.limits.drainMs);
      door.watch.close();
    },
  };
}

const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
const NO_QUERY = Object.freeze({});

type Dispatch = (request: IncomingMessage, response: ServerResponse) => void;
type OpenDoor = Door & { readonly metrics: ReturnType<typeof openMetrics> };

function openDoor(settings: HttpSettings, parts: HttpParts, printed: { base: string }): OpenDoor {
  const { limits, baseUrl, trustedProxies } = settings;
  const metrics = openMetrics({ inFlight: () => door.watch.size, pools: () => parts.pools?.() ?? [] });
  const door: OpenDoor = {
    operations: parts.operations,
    observer: openObserver(parts.log, metrics),
    addresses: openAddresses({ baseUrl, trustedProxies, printedBase: () => printed.base }),
    watch: openWatch({ everyMs: 250, graceMs: 2_000, onOverdue: (journey) => refuse(journey, overdue(), door) }),
    room: { bytesMax: limits.heldBodyBytes, held: 0 },
    limits,
    closing: false,
    idleMs: limits.idleMs,
    metrics,
  };
  return door;
}

/** One route for everything under the base, whatever the method: operations decide what there is. */
function addRoutes(app: FastifyInstance, prefixes: readonly string[], dispatch: Dispatch): void {
  // Bodies are read by `body.ts`, after the URL was understood: to Fastify no method has one.
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const) {
    app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  }
  const method: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];
  const handler = (request: FastifyRequest, reply: FastifyReply) => pass(request, reply, dispatch);
  for (const prefix of prefixes) {
    app.route({ method, url: prefix, handler, exposeHeadRoute: false });
    app.route({ method, url: `${prefix}/*`, handler, exposeHeadRoute: false });
  }
  app.setNotFoundHandler(handler);
}

/** Leaves Fastify's own way of answering, which costs more than the answer to a read. */
function pass(request: FastifyRequest, reply: FastifyReply, dispatch: Dispatch): void {
  reply.hijack();
  dispatch(request.raw, reply.raw);
}

/** Proxies may send the whole URL as the target of a request. RFC 9112, 3.2.2 */
function originForm(url: string): string {
  return url.charCodeAt(0) === SLASH ? url : url.replace(/^https?:\/\/[^/?]*/i, '');
}

function nothingHere(request: IncomingMessage, door: Door): Fault {
  return new Fault(
    'unknown-route',
    `There is nothing at ${JSON.stringify(request.url!.slice(0, 80))} for ${request.method}.`,
    {
      hint: `The FHIR base is ${door.addresses.baseOf(request)}.`,
    },
  );
}

/** The path of the public base; a proxy may pass it on as it is, or cut it. */
function pathOf(baseUrl: string | undefined): string {
  return baseUrl === undefined ? FHIR_PATH : new URL(baseUrl).pathname.replace(/\/+$/, '');
}

function printedHost(host: string): string {
  if (host === '127.0.0.1' || host === '::1') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
