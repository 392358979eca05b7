import {
  Agent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { afterAll } from 'vitest';
import { readConfig } from '../../server/config.ts';
import type { PostgresConnection } from '../../server/postgres/index.ts';
import { serve } from '../../server/serve.ts';
import { testDatabase } from './database.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body parsed; undefined where there is none. Numbers lose their digits: look at `text` for those. */
  readonly json: any;
}

export interface Ask {
  readonly headers?: Record<string, string>;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
}

export interface TestServer {
  /** The FHIR base: `http://127.0.0.1:49152/fhir`. */
  readonly base: string;
  /** Its database, for tests of what happens when something else is done to it. */
  readonly connection: PostgresConnection;
  /** `path` is relative to the base, or a whole address such as a link of a Bundle. */
  request(method: string, path: string, ask?: Ask): Promise<Reply>;
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Reply>;
  put(path: string, body: unknown, headers?: Record<string, string>): Promise<Reply>;
  patch(path: string, body: unknown, mediaType: string, headers?: Record<string, string>): Promise<Reply>;
  delete(path: string, headers?: Record<string, string>): Promise<Reply>;
}

/**
 * Vesta with everything it has, on a database and a port of its own, for this test file alone.
 * Call it at the top of the file: `const server = await testServer();`
 * @param settings names and values as they would stand in the environment
 */
export async function testServer(settings: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const connection = await testDatabase();
  const config = readConfig({ VESTA_PORT: '0', VESTA_LOG: 'error', ...settings });
  const serving = await serve(config, connection, 'of this test run');
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  afterAll(async () => {
    agent.destroy();
    await serving.close();
  });
  return { base: serving.base, connection, ...clientOf(serving.base, agent) };
}

function clientOf(base: string, agent: Agent): Omit<TestServer, 'base' | 'connection'> {
  // A name would have to be looked up for each socket.
  const { port } = new URL(base);
  const request = (method: string, path: string, ask: Ask = {}): Promise<Reply> => {
    const url = new URL(
      /^https?:/.test(path) ? path : path.startsWith('/') ? path : `${base}${path === '' ? '' : '/'}${path}`,
      base,
    );
    const body = ask.body === undefined || typeof ask.body === 'string' ? ask.body : JSON.stringify(ask.body);
    const headers: Record<string, string> = { host: url.host, ...lowerCase(ask.headers) };
    if (body !== undefined) {
      headers['content-type'] ??= 'application/fhir+json';
      headers['content-length'] ??= String(Buffer.byteLength(body));
    }
    return send({ host: '127.0.0.1', port, agent, method, path: `${url.pathname}${url.search}`, headers }, body);
  };
  return {
    request,
    get: (path, headers) => request('GET', path, { headers }),
    post: (path, body, headers) => request('POST', path, { body, headers }),
    put: (path, body, headers) => request('PUT', path, { body, headers }),
    patch: (path, body, mediaType, headers) =>
      request('PATCH', path, { body, headers: { ...headers, 'content-type': mediaType } }),
    delete: (path, headers) => request('DELETE', path, { headers }),
  };
}

function send(options: RequestOptions, body: string | undefined): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(options, (response) => {
      read(response).then(resolve, reject);
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

async function read(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const isJson =
    /json/.test(response.headers['content-type'] ?? '') &&
    text !== '' &&
    response.headers['content-encoding'] === undefined;
  return { status: response.statusCode!, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

function lowerCase(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
