/**
 * What can be seen from outside of what happens inside: one log line a request, counts and latencies, Server-Timing.
 * Never resource content, never the values of a query, never an id of a record.
 */
import pino, { type Logger } from 'pino';
import type { InteractionName } from '../operations/index.ts';
import { type Journey, milliseconds } from './journey.ts';
import type { Metrics } from './metrics.ts';

export type { Logger } from 'pino';

export interface Observer {
  /** The answer was given with this status; 499 where nobody waited for it. */
  finished(journey: Journey, status: number): void;
  /** Something failed that no caller could mend: the whole error, under the id that the caller was told. */
  bug(error: unknown, journey: Journey): void;
}

/** The status of a request whose client left before the answer: told in logs and metrics only. */
export const CLIENT_GONE = 499;

/**
 * The log, as lines of JSON on standard output. Lines of the same moment are written together; what is left is
 * written when the process ends.
 * @param level pino's: fatal, error, warn, info, debug, trace or silent
 * @param destination where lines go instead of standard output
 */
export function openLog(level: string, destination: pino.DestinationStream = standardOutput()): Logger {
  return pino({ level, base: null, timestamp: isoTime }, destination);
}

/** Counts each request and writes its line. */
export function openObserver(log: Logger, metrics: Metrics): Observer {
  const lines = log.isLevelEnabled('info');
  return {
    finished(journey, status) {
      const ms = performance.now() - journey.startedAt;
      const interaction = journey.target?.interaction ?? 'none';
      metrics.request(interaction, status, ms / 1000);
      if (!lines) return;
      const { requestId: id, trips, target, request } = journey;
      const route = target ? ROUTES[target.interaction] : 'none';
      log.info(
        { id, method: request.method, route, interaction, type: target?.type, status, ms: milliseconds(ms), trips },
        'request',
      );
    },
    bug(error, journey) {
      metrics.bug();
      log.error(
        { id: journey.requestId, interaction: journey.target?.interaction, err: error },
        'fault inside the server',
      );
    },
  };
}

/** Server-Timing of an answer: its stages, the whole, and the number of trips to the database. */
export function serverTiming(journey: Journey): string {
  const total = milliseconds(performance.now() - journey.startedAt);
  return `${journey.timing}total;dur=${total}, trips;desc="${journey.trips}"`;
}

/** The shape of each interaction's URL, which says what was asked without saying of whom. */
const ROUTES: Readonly<Record<InteractionName, string>> = {
  capabilities: 'metadata',
  read: '[type]/[id]',
  vread: '[type]/[id]/_history/[version]',
  create: '[type]',
  update: '[type]/[id]',
  patch: '[type]/[id]',
  delete: '[type]/[id]',
  'history-instance': '[type]/[id]/_history',
  'history-type': '[type]/_history',
  'history-system': '_history',
  'search-type': '[type]?',
  'search-system': '?',
  'search-compartment': '[compartment]/[id]/[type]?',
  transaction: '',
  batch: '',
  operation: '$',
};

function standardOutput(): pino.DestinationStream {
  // A write for each line would cost more than the line: they are gathered for at most half a second.
  return pino.destination({ dest: 1, sync: false, minLength: 16_000, periodicFlush: 500 });
}

let second = 0;
let secondText = '';

/** pino's own isoTime makes a Date for each line; here one for each second. */
function isoTime(): string {
  const now = Date.now();
  const ms = now % 1000;
  if (now - ms !== second) {
    second = now - ms;
    secondText = `,"time":"${new Date(second).toISOString().slice(0, 20)}`;
  }
  return `${secondText}${ms < 100 ? (ms < 10 ? '00' : '0') : ''}${ms}Z"`;
}
