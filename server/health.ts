/** What those who run the server ask: is the process alive, is it ready, and its figures. */
import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '../resources/index.ts';
import type { Metrics } from './metrics.ts';
import type { Addresses } from './proxy.ts';

export interface HealthParts {
  /** Whether the database was reached and is migrated; may reject. */
  ready(): Promise<boolean>;
  readonly metrics: Metrics;
  readonly addresses: Addresses;
  /** Content of VESTA_METRICS_TOKEN_FILE: who sends it may read the figures from elsewhere. */
  readonly metricsToken: string | undefined;
  /** Answers a fault as an OperationOutcome. */
  refuse(request: FastifyRequest, reply: FastifyReply, fault: Fault): void;
}

/** How long a database may take before it counts as not reached. */
const READY_WAIT_MS = 2_000;

/** Adds `/healthz`, `/readyz` and `/metrics`. */
export function addHealth(app: FastifyInstance, parts: HealthParts): void {
  app.get('/healthz', (_request, reply) => {
    reply.header('Cache-Control', 'no-store').send({ status: 'ok' });
  });

  app.get('/readyz', async (_request, reply) => {
    const ready = await within(READY_WAIT_MS, parts.ready);
    if (!ready) reply.code(503).header('Retry-After', '2');
    return reply.header('Cache-Control', 'no-store').send({ status: ready ? 'ready' : 'not ready' });
  });

  app.get('/metrics', async (request, reply) => {
    if (!mayReadMetrics(request, parts)) {
      const hint =
        'Ask from this machine, or set VESTA_METRICS_TOKEN_FILE and send the token as Authorization: Bearer.';
      parts.refuse(
        request,
        reply,
        new Fault('forbidden', 'The figures of this server are not given to everybody.', { hint }),
      );
      return reply;
    }
    const page = await parts.metrics.page();
    return reply.header('Cache-Control', 'no-store').type(parts.metrics.contentType).send(page);
  });
}

function mayReadMetrics(request: FastifyRequest, { addresses, metricsToken }: HealthParts): boolean {
  if (metricsToken !== undefined && metricsToken !== '') {
    const sent = Buffer.from(request.headers.authorization ?? '');
    const wanted = Buffer.from(`Bearer ${metricsToken}`);
    if (sent.length === wanted.length && timingSafeEqual(sent, wanted)) return true;
  }
  return addresses.isLocal(request.raw);
}

async function within(waitMs: number, ask: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, waitMs, false);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch {
    // Not reached: the reason stands in the log of the store, and is nobody's business here.
    return false;
  } finally {
    clearTimeout(timer);
  }
}
