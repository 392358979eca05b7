/**
 * One request on its way: what the floors below know of it (Context), and what is told of it afterwards (log line,
 * metrics, Server-Timing). One watch looks after all of them, so that a fast request costs no timer and no listener.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Target } from '../operations/index.ts';
import { type Access, type Context, Fault, type Observation } from '../resources/index.ts';
import { HangUp } from './body.ts';
import { defaultFormat, type Format } from './format.ts';

/** Takes note of a fault of our own: nothing that a caller could mend. */
export type BugReport = (error: unknown, journey: Journey) => void;

/** Why a journey was told to stop. */
export type Ending = 'deadline' | 'hang-up';

export class Journey implements Context {
  readonly access: Access;
  /** The client's X-Request-Id where it is a usable one, else one of our own. */
  readonly requestId: string;
  readonly base: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly startedAt = performance.now();
  /** On the clock of performance.now(); set when the body has arrived. */
  deadlineAt = Number.POSITIVE_INFINITY;
  format: Format = defaultFormat;
  /** What was asked, as soon as it is understood. */
  target: Target | undefined;
  trips = 0;
  /** Stages in the words of Server-Timing. */
  timing = '';
  heldBytes = 0;
  answered = false;
  #ending: Ending | undefined;
  #abort: AbortController | undefined;
  readonly #report: BugReport;

  constructor(request: IncomingMessage, response: ServerResponse, base: string, access: Access, report: BugReport) {
    this.request = request;
    this.response = response;
    this.base = base;
    this.access = access;
    this.#report = report;
    this.requestId = usableId(request.headers['x-request-id']) ?? randomUUID();
  }

  now(): number {
    return Date.now();
  }

  /** Made when somebody asks for it: most reads are over before anybody does. */
  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.#ending) this.#abort.abort(reasonOf(this.#ending));
    }
    return this.#abort.signal;
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  observe(observation: Observation): void {
    if (observation.kind === 'trip') this.trips += 1;
    else if (observation.kind === 'stage') this.stage(observation.name, observation.ms);
    else this.#report(observation.error, this);
  }

  /** Adds a stage to Server-Timing. */
  stage(name: string, ms: number): void {
    this.timing += `${name};dur=${milliseconds(ms)}, `;
  }

  /** Tells everybody below to stop. */
  end(ending: Ending): void {
    if (this.#ending) return;
    this.#ending = ending;
    this.#abort?.abort(reasonOf(ending));
  }
}

/** Milliseconds with three decimals at most. */
export function milliseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** Looks after the requests under way. */
export interface Watch {
  readonly size: number;
  enter(journey: Journey): void;
  leave(journey: Journey): void;
  /** Resolves when nobody is under way any more. */
  idle(): Promise<void>;
  close(): void;
}

/**
 * Every `everyMs` each request under way is looked at: one whose client has gone, or whose deadline has passed, is
 * told to stop; one that does not stop within `graceMs` is given to `onOverdue`, which answers in its place.
 */
export function openWatch(options: { everyMs: number; graceMs: number; onOverdue: (journey: Journey) => void }): Watch {
  const under = new Set<Journey>();
  const waiting: (() => void)[] = [];
  const timer = setInterval(look, options.everyMs);
  timer.unref();

  function look(): void {
    const now = performance.now();
    for (const journey of under) {
      if (journey.request.socket.destroyed && !journey.answered) journey.end('hang-up');
      else if (now > journey.deadlineAt + options.graceMs && !journey.answered) options.onOverdue(journey);
      else if (now > journey.deadlineAt) journey.end('deadline');
    }
  }

  return {
    get size() {
      return under.size;
    },
    enter: (journey) => void under.add(journey),
    leave(journey) {
      under.delete(journey);
      if (under.size === 0 && waiting.length > 0) for (const resolve of waiting.splice(0)) resolve();
    },
    idle: () => (under.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close: () => clearInterval(timer),
  };
}

/** What is told where a request took too long. */
export function overdue(): Fault {
  return new Fault('timeout', 'The request took longer than it may, and was stopped.', {
    hint: 'Ask for less at once (narrower criteria, a smaller _count, a smaller Bundle), or try again when the server is less busy.',
    headers: { 'Retry-After': '10' },
  });
}

function reasonOf(ending: Ending): Error {
  return ending === 'deadline' ? overdue() : new HangUp('The client left before the answer.');
}

/** Letters, digits and a little punctuation, at most 128: anything else could break log lines or headers. */
function usableId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && /^[A-Za-z0-9._:@/+=~-]{1,128}$/.test(header) ? header : undefined;
}
