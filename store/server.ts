/** What a Postgres is, before anything is done in it. */
import pg from 'pg';
import type { PgConnectionOptions } from './session.ts';

export interface PostgresServer {
  /** In words: `18.4`. */
  readonly version: string;
  readonly major: number;
  /** Connections that it allows this role and database at once. */
  readonly connectionsMax: number;
  /** The character encoding of the database. Only in `UTF8` can it keep what FHIR allows. */
  readonly encoding: string;
  /** Whether it takes no writes: a replica, or a database set so. */
  readonly isReadOnly: boolean;
  /** Whether the role may make tables in the schema that is first on its search path. */
  readonly mayCreate: boolean;
  /** Whether letters beyond ASCII are letters to the trigram index, so that names in them are found by it. */
  readonly knowsLetters: boolean;
  /** Whether the role that connects may do everything, which Vesta neither needs nor wants. */
  readonly isSuperuser: boolean;
}

const CONNECT_MS_MAX = 10_000;

/** Asks a Postgres what it is. @throws the driver's error where it cannot be reached */
export async function postgresServer(connection: PgConnectionOptions): Promise<PostgresServer> {
  const client = new pg.Client({
    ...connection,
    application_name: 'vesta start',
    connectionTimeoutMillis: CONNECT_MS_MAX,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<Record<keyof PostgresServer | 'number', string>>(FACTS);
    const facts = rows[0]!;
    return {
      version: facts.version.split(' ')[0]!,
      major: Math.floor(Number(facts.number) / 10_000),
      connectionsMax: Number(facts.connectionsMax),
      encoding: facts.encoding,
      isReadOnly: facts.isReadOnly === 'on',
      mayCreate: facts.mayCreate === 'yes',
      knowsLetters: facts.knowsLetters === 'yes',
      isSuperuser: facts.isSuperuser === 'on',
    };
  } finally {
    await client.end().catch(() => {});
  }
}

// The server, the role and the database each may limit connections; -1 stands for no limit. pg_trgm knows letters by the
// character type of the database, whatever provider compares its texts.
const FACTS = `
  select current_setting('server_version') "version", current_setting('server_version_num') "number",
    (select min(n)::text from unnest(array[current_setting('max_connections')::int, r.rolconnlimit, d.datconnlimit]) n
     where n >= 0) "connectionsMax",
    current_setting('server_encoding') "encoding", current_setting('transaction_read_only') "isReadOnly",
    case when has_schema_privilege(current_schema(), 'create') then 'yes' end "mayCreate",
    case when d.datctype not in ('C', 'POSIX') then 'yes' end "knowsLetters",
    current_setting('is_superuser') "isSuperuser"
  from pg_roles r, pg_database d where r.rolname = current_user and d.datname = current_database()`;
