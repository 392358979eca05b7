/**
 * One connection to Postgres, on which several statements travel in one trip.
 *
 * The driver waits for each statement's answer before it sends the next; here all statements of a call are sent
 * together and closed by a single Sync, so that they are one trip and, outside an explicit BEGIN, one transaction.
 * Statements are prepared once for each connection and found again by their text.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
import pg from 'pg';
import { bindMessage, hasLong, type WireValue } from './bind.ts';

export type Value =
  | string
  | number
  | bigint
  | boolean
  | Buffer
  | null
  | undefined
  | readonly (string | number | bigint)[];

/** SQL with `$1`… and what stands for them. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly Value[];
}

/** Columns in the order of the select list, in Postgres' text form. */
export type Row = readonly (string | null)[];

export type PgConnectionOptions = Pick<
  pg.ClientConfig,
  'host' | 'port' | 'user' | 'password' | 'database' | 'ssl' | 'connectionString'
>;

export interface SessionOptions {
  readonly connection: PgConnectionOptions;
  readonly applicationName: string;
  /** Server settings of this connection, e.g. `plan_cache_mode=force_generic_plan`. */
  readonly settings: readonly string[];
  /** Whether a call may be sent before the answer to the one before has come; its statements never need a cancel. */
  readonly pipelined: boolean;
  /** Prepared statements kept: Postgres holds what it made of each in memory, a quarter of a megabyte for a search. Default 400. */
  readonly preparedMax?: number;
  /** Called for whatever is told on a channel that the connection listens to. */
  readonly onNotification?: (channel: string, word: string) => void;
}

/** How long a connection may take to be made before the database counts as unavailable. */
const CONNECT_MS_MAX = 5_000;
const PREPARED_MAX = 400;

export class Session {
  readonly #client: pg.Client;
  /** Text → name, the least recently used first. */
  readonly #names = new Map<string, string>();
  #named = 0;
  /** Names sent to be parsed, in the order in which Postgres will tell that it did, and who sent them. */
  readonly #parsing: { name: string; sender: object }[] = [];
  readonly #preparedMax: number;
  #ended = false;
  /** Calls sent whose answer has not come. */
  inFlight = 0;
  /** The process id in Postgres, by which another connection can cancel what this one runs. */
  readonly pid: number;

  private constructor(client: pg.Client, preparedMax: number, onEnd: (session: Session) => void) {
    this.#client = client;
    this.#preparedMax = preparedMax;
    this.pid = (client as unknown as { processID: number }).processID;
    const end = () => {
      if (this.#ended) return;
      this.#ended = true;
      onEnd(this);
    };
    // Without a listener an idle connection that breaks would stop the process.
    client.on('error', end);
    client.on('end', end);
    const connection = (client as unknown as { connection: pg.Connection }).connection;
    connection.on('parseComplete', () => this.#parsing.shift());
  }

  /** Connects. `onEnd` is called once, when the connection is gone for whatever reason. */
  static async open(options: SessionOptions, onEnd: (session: Session) => void): Promise<Session> {
    const client = new pg.Client({
      ...options.connection,
      application_name: options.applicationName,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      keepAlive: true,
      options: options.settings.map((setting) => `-c ${setting}`).join(' '),
      ...({ pipeline: options.pipelined } as object),
    });
    client.on('error', () => {});
    const { onNotification } = options;
    if (onNotification) client.on('notification', ({ channel, payload = '' }) => onNotification(channel, payload));
    await client.connect();
    return new Session(client, options.preparedMax ?? PREPARED_MAX, onEnd);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Sends all statements in one trip.
   * @returns the rows of each, in order
   * @throws the error of the first that failed; those after it were not run, and outside an explicit BEGIN those
   *   before it were undone
   */
  run(statements: readonly Statement[]): Promise<Row[][]> {
    this.inFlight++;
    return new Promise<Row[][]>((resolve, reject) => {
      this.#client.query(new Pipeline(this, statements, resolve, reject));
    }).finally(() => {
      this.inFlight--;
    });
  }

  /** Ends a transaction that failed; a connection that cannot even do that is closed. */
  async rollback(): Promise<void> {
    try {
      await this.run([{ text: 'rollback' }]);
    } catch {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => {});
  }

  /** Writes one statement's messages. Called by the pipeline at the moment of sending. */
  send(connection: pg.Connection, { text, values = [] }: Statement, sender: object): void {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `s${++this.#named}`;
      if (this.#names.size >= this.#preparedMax) this.#forgetOldest(connection);
      connection.parse({ text, name, types: [] } as never, true);
      this.#parsing.push({ name, sender });
    } else {
      this.#names.delete(text);
    }
    this.#names.set(text, name);
    const wire = values.map(toWire);
    if (hasLong(wire)) for (const piece of bindMessage(name, wire)) connection.stream.write(piece);
    else connection.bind({ statement: name, values: wire } as never, true);
    connection.execute(undefined as never, true);
  }

  /** After a failure: what Postgres never parsed must be parsed at its next use. */
  forgetUnparsed(sender: object): void {
    while (this.#parsing[0]?.sender === sender) {
      const { name } = this.#parsing.shift()!;
      for (const [text, known] of this.#names) if (known === name) this.#names.delete(text);
    }
  }

  #forgetOldest(connection: pg.Connection): void {
    const [oldest] = this.#names;
    if (!oldest) return;
    this.#names.delete(oldest[0]);
    connection.close({ type: 'S', name: oldest[1] } as never, true);
  }
}

/**
 * What the driver submits and tells each message that Postgres answers. It is a Query because the driver lets nothing
 * else share a connection with calls that are still under way.
 */
class Pipeline extends pg.Query {
  readonly #session: Session;
  readonly #statements: readonly Statement[];
  readonly #resolve: (rows: Row[][]) => void;
  readonly #reject: (error: unknown) => void;
  readonly #results: Row[][] = [];
  #rows: Row[] = [];
  #failed = false;

  constructor(
    session: Session,
    statements: readonly Statement[],
    resolve: (rows: Row[][]) => void,
    reject: (error: unknown) => void,
  ) {
    super('');
    this.#session = session;
    this.#statements = statements;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  override submit = (connection: pg.Connection): Error | null => {
    const { stream } = connection as unknown as { stream: { cork(): void; uncork(): void } };
    stream.cork();
    try {
      for (const statement of this.#statements) this.#session.send(connection, statement, this);
      connection.sync();
    } finally {
      stream.uncork();
    }
    return null;
  };

  handleDataRow(message: { fields: Row }): void {
    this.#rows.push(message.fields);
  }

  handleCommandComplete(): void {
    this.#results.push(this.#rows);
    this.#rows = [];
  }

  handleError(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#session.forgetUnparsed(this);
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    if (!this.#failed) this.#resolve(this.#results);
  }

  handleRowDescription(): void {}
  handleEmptyQuery(): void {
    this.handleCommandComplete();
  }
}

function toWire(value: Value): WireValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value;
  if (Array.isArray(value)) return `{${value.map(toElement).join(',')}}`;
  return String(value);
}

function toElement(value: string | number | bigint): string {
  return typeof value === 'string' ? `"${value.replace(/["\\]/g, '\\$&')}"` : String(value);
}
