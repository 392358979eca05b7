/** A door with operations that do what a test says, and raw connections to it. */
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Answer, type Operations, parseQuery, parseTarget, type Request } from '../../operations/index.ts';
import type { Context } from '../../resources/index.ts';
import { type Http, type HttpParts, type HttpSettings, startHttp } from '../../server/http.ts';
import { openLog } from '../../server/observe.ts';

/** What a test replaces. */
export interface DoorOptions {
  readonly perform?: (request: Request, context: Context) => Answer | Promise<Answer>;
  readonly limits?: Partial<HttpSettings['limits']>;
  readonly settings?: Partial<Omit<HttpSettings, 'limits'>>;
  readonly parts?: Partial<HttpParts>;
}

export interface TestDoor {
  readonly http: Http;
  readonly port: number;
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  /** The FHIR base. */
  readonly base: string;
  /** Lines of the log so far, parsed. */
  readonly lines: any[];
  /** What the operations were asked so far. */
  readonly asked: Request[];
}

export const patient = `{"resourceType":"Patient","id":"pat-1","meta":{"versionId":"3"},"name":[{"family":"Müller","given":["Anna"]}]}`;

export const patientAnswer: Answer = {
  status: 200,
  body: patient,
  etag: 'W/"3"',
  lastModified: '2026-03-09T07:05:02.123Z',
};

const LIMITS: HttpSettings['limits'] = {
  headerBytes: 48 * 1024,
  headersMs: 20_000,
  receiveMs: 300_000,
  keepAliveMs: 72_000,
  connections: 1_000,
  bodyBytes: 100_000,
  binaryBytes: 50_000,
  heldBodyBytes: 1_000_000,
  urlBytes: 32_768,
  requestMs: 30_000,
  transactionMs: 300_000,
  idleMs: 60_000,
  drainMs: 5_000,
};

/** Opens a door on a free port; it is closed when the test ends. */
export async function openTestDoor(options: DoorOptions = {}): Promise<TestDoor> {
  const lines: any[] = [];
  const asked: Request[] = [];
  const operations: Operations = {
    perform(request, context, told) {
      try {
        const target = parseTarget(request.method, request.path);
        const { headers, prefer } = request;
        told?.({ ...target, query: parseQuery(request.query), headers, prefer });
        asked.push(request);
        return Promise.resolve(options.perform ? options.perform(request, context) : patientAnswer);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    target: parseTarget,
    close: async () => {},
  };
  const settings: HttpSettings = {
    host: '127.0.0.1',
    port: 0,
    trustedProxies: [],
    ...options.settings,
    limits: { ...LIMITS, ...options.limits },
  };
  const http = await startHttp(settings, {
    operations,
    log: openLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) }),
    ready: async () => true,
    counts: async () => ({ Patient: 3, Observation: 12_345 }),
    software: { name: 'Vesta', version: '0.1.0' },
    runsOn: [['Node.js', '26.10.0']],
    open: true,
    ...options.parts,
  });
  onTestFinished(() => http.close());
  const { port } = http.addresses[0]!;
  const origin = `http://127.0.0.1:${port}`;
  return { http, port, origin, base: `${origin}/fhir`, lines, asked };
}

/** A connection that a test writes bytes to; what came back is in `text`. */
export interface Wire {
  readonly socket: Socket;
  readonly text: () => string;
  /** Resolves when what came back contains `part`. */
  until(part: string): Promise<void>;
  /** Resolves when the other side has ended the connection. */
  readonly ended: Promise<void>;
}

/** Connects to a port of this machine. */
export function openWire(port: number): Wire {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8');
  socket.on('error', () => {});
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  onTestFinished(() => void socket.destroy());
  return {
    socket,
    text: () => text,
    ended: new Promise((resolve) => socket.once('close', () => resolve())),
    until: (part) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (text.includes(part)) resolve();
        };
        socket.on('data', look);
        socket.once('close', () =>
          text.includes(part) ? resolve() : reject(new Error(`closed after ${JSON.stringify(text)}`)),
        );
        look();
      }),
  };
}

/** The first issue of an OperationOutcome answer, checked to be one. */
export async function issueOf(
  response: Response,
): Promise<{ code: string; kind: string; text: string; hint: string; expression?: string[] }> {
  const outcome = (await response.json()) as any;
  if (outcome.resourceType !== 'OperationOutcome') throw new Error(`no OperationOutcome: ${JSON.stringify(outcome)}`);
  const [issue] = outcome.issue;
  return {
    code: issue.code,
    kind: issue.details.coding[0].code,
    text: issue.details.text,
    hint: issue.diagnostics,
    expression: issue.expression,
  };
}
