/** Sockets: made with limits, opened on every spelling of loopback, and drained at the end. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { answerConnectionFault } from './connection-fault.ts';
import { Refusal } from './refusal.ts';

export interface ServerLimits {
  /** The request line and all headers together. */
  readonly headerBytes: number;
  /** How long the headers of a request may take to arrive. */
  readonly headersMs: number;
  /** How long a whole request may take to arrive. */
  readonly receiveMs: number;
  /** How long a connection is kept that nobody uses. */
  readonly keepAliveMs: number;
  readonly connections: number;
}

export interface Listening {
  readonly port: number;
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  /** The second server where there is one: Fastify closes its own by itself. */
  readonly second: Server | undefined;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that knows its limits and answers what is no HTTP. */
export function makeServer(limits: ServerLimits, handler: Handler): Server {
  const options = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.receiveMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(5_000, limits.headersMs),
  };
  const server = createServer(options, handler);
  server.maxConnections = limits.connections;
  server.on('clientError', answerConnectionFault);
  // The word to go on is given by whoever reads the body, so that a refusal spares the client the sending.
  server.on('checkContinue', handler);
  const open = new Set<Socket>();
  sockets.set(server, open);
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return server;
}

/**
 * Listens on host and port; where the host is loopback, on 127.0.0.1 and on ::1 (left out where the machine has no
 * IPv6). @throws Refusal where the port is taken or may not be used
 */
export async function listen(
  app: FastifyInstance,
  { host, port, limits }: { readonly host: string; readonly port: number; readonly limits: ServerLimits },
): Promise<Listening> {
  const hosts = LOOPBACK.includes(host) ? ['127.0.0.1', '::1'] : [host];
  await app.listen({ host: hosts[0]!, port }).catch((error) => {
    throw refusal(error, hosts[0]!, port);
  });
  const taken = (app.server.address() as AddressInfo).port;
  const first = { host: hosts[0]!, port: taken };
  if (hosts[1] === undefined) return { port: taken, addresses: [first], second: undefined };
  const second = makeServer(limits, app.routing);
  try {
    await opened(second, hosts[1], taken);
    return { port: taken, addresses: [first, { host: hosts[1], port: taken }], second };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')
      return { port: taken, addresses: [first], second: undefined };
    await app.close();
    throw refusal(error as NodeJS.ErrnoException, hosts[1], taken);
  }
}

/**
 * Ends in order: nothing new is accepted, requests under way get `waitMs` to finish and to be sent, then every
 * connection is ended.
 * @param idle resolves when no request is under way
 */
export async function drain(
  app: FastifyInstance,
  { second }: Listening,
  idle: () => Promise<void>,
  waitMs: number,
): Promise<void> {
  const until = performance.now() + waitMs;
  const secondClosed = second && new Promise<void>((resolve) => second.close(() => resolve()));
  second?.closeIdleConnections();
  const closed = app.close();
  await Promise.race([idle(), sleep(waitMs, undefined, { ref: false })]);
  while (performance.now() < until && (isSending(app.server) || isSending(second))) await sleep(20);
  app.server.closeAllConnections();
  second?.closeAllConnections();
  await Promise.all([closed, secondClosed]);
}

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '::1'];
/** Node ends connections by server, but does not tell which ones still have something to send. */
const sockets = new WeakMap<Server, Set<Socket>>();

function isSending(server: Server | undefined): boolean {
  if (!server) return false;
  return [...(sockets.get(server) ?? [])].some((socket) => socket.writableLength > 0);
}

function opened(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, ipv6Only: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function refusal(error: NodeJS.ErrnoException, host: string, port: number): Refusal {
  const where = `Port ${port} of ${host}`;
  if (error.code === 'EADDRINUSE') {
    return new Refusal(
      `${where} is used by another program.`,
      'Stop it, or choose another port with VESTA_PORT.',
      error,
    );
  }
  if (error.code === 'EACCES') {
    return new Refusal(`${where} may not be used by this user.`, 'Choose a port above 1023 with VESTA_PORT.', error);
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new Refusal(`${host} is not an address of this machine.`, 'Correct VESTA_HOST.', error);
  }
  return new Refusal(`${where} cannot be opened (${error.message}).`, undefined, error);
}
