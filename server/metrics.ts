/**
 * Counts and gauges in the words of Prometheus; with several workers the primary adds theirs together.
 * https://prometheus.io/docs/practices/naming/
 */
import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** How many connections a pool of the store has, and how many callers wait for one. */
export interface PoolGauge {
  readonly name: string;
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface Metrics {
  readonly contentType: string;
  /** Counts one answered request. */
  request(interaction: string, status: number, seconds: number): void;
  /** Counts one fault of our own. */
  bug(): void;
  /** The page for Prometheus: of all workers where there are several. */
  page(): Promise<string>;
}

/** What is looked at when Prometheus asks. */
export interface MetricSources {
  /** Requests under way. */
  inFlight(): number;
  pools(): readonly PoolGauge[];
}

/** Starts counting. */
export function openMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 });
  const requests = new Counter({
    name: 'vesta_requests_total',
    help: 'Requests of the FHIR API by interaction and HTTP status; 499 is a client that left.',
    labelNames: ['interaction', 'status'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'vesta_request_seconds',
    help: 'Time from the headers of a request to its answer.',
    labelNames: ['interaction'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 100, 300],
    registers: [registry],
  });
  const bugs = new Counter({ name: 'vesta_bugs_total', help: 'Faults inside the server.', registers: [registry] });
  gaugeInFlight(registry, sources);
  gaugePools(registry, sources);
  AggregatorRegistry.setRegistries([registry]);
  // Answers the primary when it gathers the figures of its workers.
  if (cluster.isWorker) new AggregatorRegistry();

  return {
    contentType: registry.contentType,
    request(interaction, status, duration) {
      requests.inc({ interaction, status });
      seconds.observe({ interaction }, duration);
    },
    bug: () => bugs.inc(),
    page: () => (cluster.isWorker ? pageOfAll() : registry.metrics()),
  };
}

/** In the primary of a cluster: answers workers that are asked for `/metrics` with the figures of all of them. */
export function shareClusterMetrics(): void {
  const gathered = new AggregatorRegistry();
  cluster.on('message', (worker: Worker, message: unknown) => {
    if (!isMessage(message, ASK)) return;
    gathered.clusterMetrics().then(
      (page) => worker.send({ kind: ANSWER, id: message.id, page }),
      (error: Error) => worker.send({ kind: ANSWER, id: message.id, failure: error.message }),
    );
  });
}

interface Message {
  readonly kind: string;
  readonly id: number;
  readonly page?: string;
  readonly failure?: string;
}

const ASK = 'vesta:metrics:ask';
const ANSWER = 'vesta:metrics:answer';
const WAIT_MS = 10_000;
let asked = 0;

function pageOfAll(): Promise<string> {
  asked += 1;
  const id = asked;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => settle(new Error('The primary did not answer with the figures of the workers.')),
      WAIT_MS,
    );
    process.on('message', listen);
    process.send!({ kind: ASK, id });

    function listen(message: unknown): void {
      if (isMessage(message, ANSWER) && message.id === id) settle(message.page ?? new Error(message.failure));
    }

    function settle(result: string | Error): void {
      clearTimeout(timer);
      process.off('message', listen);
      if (typeof result === 'string') resolve(result);
      else reject(result);
    }
  });
}

function isMessage(value: unknown, kind: string): value is Message {
  return typeof value === 'object' && value !== null && (value as Message).kind === kind;
}

function gaugeInFlight(registry: Registry, sources: MetricSources): void {
  new Gauge({
    name: 'vesta_requests_in_flight',
    help: 'Requests of the FHIR API under way.',
    registers: [registry],
    collect() {
      this.set(sources.inFlight());
    },
  });
}

function gaugePools(registry: Registry, sources: MetricSources): void {
  new Gauge({
    name: 'vesta_database_connections',
    help: 'Connections to Postgres by pool and state; waiting counts callers that wait for one.',
    labelNames: ['pool', 'state'],
    registers: [registry],
    collect() {
      for (const { name: pool, total, idle, waiting } of sources.pools()) {
        this.set({ pool, state: 'idle' }, idle);
        this.set({ pool, state: 'busy' }, total - idle);
        this.set({ pool, state: 'waiting' }, waiting);
      }
    },
  });
}
