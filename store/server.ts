/** What a Postgres is, before anything is done in it. */
import pg from 'pg';
import type { PgConnectionOptions } from './session.ts';

export interface PostgresServer {
  /** In words: `18.4`. */
  readonly version: string;
  readonly major: number;
  /** Connections that it allows at once. */
  readonly connectionsMax: number;
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
    const { rows } = await client.query<Record<'version' | 'number' | 'connections' | 'superuser', string>>(
      `select current_setting('server_version') version, current_setting('server_version_num') number,
         current_setting('max_connections') connections, current_setting('is_superuser') superuser`,
    );
    const { version, number, connections, superuser } = rows[0]!;
    return {
      version: version.split(' ')[0]!,
      major: Math.floor(Number(number) / 10_000),
      connectionsMax: Number(connections),
      isSuperuser: superuser === 'on',
    };
  } finally {
    await client.end().catch(() => {});
  }
}
