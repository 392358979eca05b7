/** A bounded set of connections with the same settings. */
import { type Context, Fault } from '../resources/index.ts';
import { type Row, Session, type SessionOptions, type Statement } from './session.ts';
import { isStalePlan, toFault, unreachable } from './sqlstate.ts';

/** What a call to the database needs to know of the request that it works for. */
export type Caller = Pick<Context, 'signal' | 'observe'>;

export interface LaneOptions extends SessionOptions {
  readonly sessionsMax: number;
  /** Callers that may wait for a connection; more are refused at once. */
  readonly waitingMax: number;
}

interface Waiter {
  give(session: Session): void;
  refuse(error: unknown): void;
}

export class Lane {
  readonly #options: LaneOptions;
  readonly #cancel: (pid: number) => Promise<void>;
  readonly #sessions = new Set<Session>();
  /** Nobody uses these; the last used is taken first, because its caches are warm. */
  readonly #idle: Session[] = [];
  readonly #waiters = new Set<Waiter>();
  #opening = 0;
  #first: Promise<Session> | undefined;
  #closed = false;

  /** @param cancel makes Postgres stop what the connection of that process id runs */
  constructor(options: LaneOptions, cancel: (pid: number) => Promise<void>) {
    this.#options = options;
    this.#cancel = cancel;
  }

  /** Connections that are in use, and that there are. */
  get load(): { readonly busy: number; readonly open: number; readonly waiting: number } {
    const busy = this.#options.pipelined
      ? [...this.#sessions].filter((session) => session.inFlight > 0).length
      : this.#sessions.size - this.#idle.length;
    return { busy, open: this.#sessions.size, waiting: this.#waiters.size };
  }

  /**
   * Runs the statements in one trip.
   * @returns the rows of each
   * @throws Fault database-unavailable, storage-full, timeout; any other error is a bug
   */
  run(statements: readonly Statement[], caller: Caller): Promise<Row[][]> {
    return this.#options.pipelined ? this.#share(statements, caller) : this.use(caller, (trip) => trip(statements));
  }

  /**
   * Lends one connection to `work`, which sends its trips by the function that it is given.
   * When the caller's signal aborts, Postgres is told to stop what runs. A transaction left open is rolled back.
   */
  async use<T>(caller: Caller, work: (trip: Trip) => Promise<T>): Promise<T> {
    const session = await this.#take(caller);
    const tracked = new Tracked(session, caller, this.#cancel);
    try {
      const result = await work(tracked.trip);
      await tracked.settle();
      this.#give(session);
      return result;
    } catch (error) {
      await tracked.settle();
      if (isStalePlan(error)) await session.close();
      else if (tracked.used && !session.ended) await session.rollback();
      this.#give(session);
      throw toFault(error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiters) waiter.refuse(closing());
    this.#waiters.clear();
    await Promise.all([...this.#sessions].map((session) => session.close()));
  }

  async #share(statements: readonly Statement[], caller: Caller): Promise<Row[][]> {
    caller.signal.throwIfAborted();
    if (this.#closed) throw closing();
    const session = this.#leastLoaded() ?? (await this.#openFirst());
    caller.observe({ kind: 'trip' });
    try {
      return await session.run(statements);
    } catch (error) {
      if (isStalePlan(error)) await session.close();
      throw toFault(error);
    }
  }

  /** The session that has the fewest calls in flight, unless another one should rather be opened. */
  #leastLoaded(): Session | undefined {
    let best: Session | undefined;
    for (const session of this.#sessions) {
      if (!best || session.inFlight < best.inFlight) best = session;
    }
    if (best && best.inFlight > 0 && this.#sessions.size + this.#opening < this.#options.sessionsMax) {
      // The caller need not wait for it: the connection serves those that come later.
      this.#open().catch(() => {});
    }
    return best;
  }

  /** All who come while there is no connection wait for the same one. */
  #openFirst(): Promise<Session> {
    this.#first ??= this.#open().finally(() => {
      this.#first = undefined;
    });
    return this.#first;
  }

  async #take(caller: Caller): Promise<Session> {
    caller.signal.throwIfAborted();
    if (this.#closed) throw closing();
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#sessions.size + this.#opening < this.#options.sessionsMax) return this.#open();
    return this.#wait(caller);
  }

  async #open(): Promise<Session> {
    this.#opening++;
    try {
      const session = await Session.open(this.#options, (ended) => this.#drop(ended));
      this.#sessions.add(session);
      if (this.#closed) await session.close();
      return session;
    } catch (error) {
      throw unreachable(error);
    } finally {
      this.#opening--;
    }
  }

  #wait(caller: Caller): Promise<Session> {
    if (this.#waiters.size >= this.#options.waitingMax) {
      throw new Fault('throttled', 'The server has more requests waiting for the database than it can hold.', {
        hint: 'Try again in a few seconds.',
        headers: { 'Retry-After': '2' },
      });
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiters.delete(waiter);
        caller.signal.removeEventListener('abort', abort);
      };
      const abort = () => {
        leave();
        reject(caller.signal.reason);
      };
      const waiter: Waiter = {
        give(session) {
          leave();
          resolve(session);
        },
        refuse(error) {
          leave();
          reject(error);
        },
      };
      this.#waiters.add(waiter);
      caller.signal.addEventListener('abort', abort);
    });
  }

  #give(session: Session): void {
    if (session.ended) return;
    const [waiter] = this.#waiters;
    if (waiter) waiter.give(session);
    else this.#idle.push(session);
  }

  /** A connection is gone: one that waits for it gets a new one, or hears that there is none to be had. */
  #drop(session: Session): void {
    this.#sessions.delete(session);
    const at = this.#idle.indexOf(session);
    if (at >= 0) this.#idle.splice(at, 1);
    const [waiter] = this.#waiters;
    if (!waiter || this.#closed) return;
    this.#waiters.delete(waiter);
    this.#open().then(waiter.give, waiter.refuse);
  }
}

/** Sends statements in one trip on the connection that was lent. */
export type Trip = (statements: readonly Statement[]) => Promise<Row[][]>;

/** A lent connection, watched: counts trips and cancels at the caller's deadline. */
class Tracked {
  readonly #session: Session;
  readonly #caller: Caller;
  readonly #cancel: (pid: number) => Promise<void>;
  #cancelling: Promise<void> | undefined;
  used = false;

  constructor(session: Session, caller: Caller, cancel: (pid: number) => Promise<void>) {
    this.#session = session;
    this.#caller = caller;
    this.#cancel = cancel;
  }

  readonly trip: Trip = async (statements) => {
    const { signal } = this.#caller;
    signal.throwIfAborted();
    this.used = true;
    this.#caller.observe({ kind: 'trip' });
    const abort = () => {
      this.#cancelling = this.#cancel(this.#session.pid).catch(() => this.#session.close());
    };
    signal.addEventListener('abort', abort);
    try {
      return await this.#session.run(statements);
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  };

  /** A cancel still under way would hit whatever runs on the connection next. */
  async settle(): Promise<void> {
    await this.#cancelling;
  }
}

function closing(): Fault {
  return new Fault('database-unavailable', 'The server is stopping.', { headers: { 'Retry-After': '5' } });
}
