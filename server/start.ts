/** The start in its order, and the stop in the reverse: settings, database, schema, then what answers. */
import { migrate, type PgConnectionOptions, type PostgresServer, postgresServer } from '../store/index.ts';
import type { Config } from './config.ts';
import { openPostgres } from './postgres/index.ts';
import { Refusal } from './refusal.ts';
import { type Serving, serve } from './serve.ts';
import { startWorkers } from './workers.ts';

/** The oldest Postgres whose features the tables and statements keep to. */
const OLDEST_POSTGRES = 15;
/** What a worker needs beyond draining its requests to let go of the database. */
const CLOSE_MS = 5_000;
/** Connections that the store of one process opens at most, and those of loads, backups and people beside it. */
const CONNECTIONS_EACH = 22;
const CONNECTIONS_BESIDE = 40;

/**
 * Starts Vesta whole.
 * @param say tells a person what a long start waits for
 * @throws Refusal with a sentence where it cannot start; nothing is left running then
 */
export async function start(config: Config, say: (text: string) => void): Promise<Serving> {
  const postgres =
    config.databaseUrl === undefined
      ? await openPostgres({ folder: config.dataFolder, purpose: 'npm start', connections: connectionsOf(config), say })
      : undefined;
  const connection: PgConnectionOptions = postgres?.connection ?? { connectionString: config.databaseUrl };
  try {
    const version = await prepareDatabase(connection, connectionsOf(config), say);
    const serving = await answer(config, connection, version, say);
    const close = async () => {
      await serving.close();
      await postgres?.close();
    };
    return { base: serving.base, close };
  } catch (error) {
    await postgres?.close();
    throw error;
  }
}

/**
 * Brings the database to the schema of this program.
 * @param connections how many may be needed at once; where there are fewer, that is told: requests would fail under load
 * @returns the version of Postgres in words
 * @throws Refusal where it cannot be reached, is too old, or cannot keep what is to be stored
 */
export async function prepareDatabase(
  connection: PgConnectionOptions,
  connections: number,
  say: (text: string) => void,
): Promise<string> {
  const server = await postgresServer(connection).catch((cause: Error) => {
    throw new Refusal(
      `Postgres cannot be reached: ${cause.message}.`,
      'See whether it runs, and what VESTA_DATABASE_URL says.',
      cause,
    );
  });
  refuseUnfit(server);
  for (const word of cautions(server, connections)) say(word);
  await migrate(connection, (name) => say(`Bringing the database up to date: ${name}`)).catch(refuse);
  return server.version;
}

function refuseUnfit({ major, version, encoding, isReadOnly, mayCreate }: PostgresServer): void {
  if (major < OLDEST_POSTGRES) {
    throw new Refusal(`The database is Postgres ${version}; Vesta needs ${OLDEST_POSTGRES} or newer.`);
  }
  if (encoding !== 'UTF8') {
    throw new Refusal(
      `The database keeps its texts in ${encoding}, which cannot hold every character of a FHIR resource.`,
      "Make one in UTF8: CREATE DATABASE vesta ENCODING 'UTF8' TEMPLATE template0, owned by Vesta's role.",
    );
  }
  if (isReadOnly) {
    throw new Refusal(
      'The database takes no writes: it is a replica, or was set to read only.',
      'Let VESTA_DATABASE_URL name the primary.',
    );
  }
  if (!mayCreate) {
    throw new Refusal(
      "Vesta's role may not make tables in the database.",
      'Let it own the database: ALTER DATABASE vesta OWNER TO that_role. Its search_path must name a schema that is there.',
    );
  }
}

function cautions({ isSuperuser, connectionsMax, knowsLetters }: PostgresServer, connections: number): string[] {
  const words: string[] = [];
  if (isSuperuser)
    words.push('The database role is a superuser. Give Vesta a role of its own that is none and owns the database.');
  if (!knowsLetters) {
    words.push(
      'The database has the character type C: searches for names in letters beyond a to z find the same, but slowly. ' +
        "Make it with LC_CTYPE 'C.UTF-8'.",
    );
  }
  if (connectionsMax < connections) {
    words.push(
      `The database allows ${connectionsMax} connections and ${connections} may be needed: ` +
        'raise max_connections (or the limit of the role or database), or start fewer workers (VESTA_WORKERS).',
    );
  }
  return words;
}

/** What the store says in a sentence goes to the person who starts; what Postgres threw at it is a bug, told whole. */
function refuse(error: Error): never {
  if ('code' in error) throw error;
  throw new Refusal(error.message, undefined, error);
}

function connectionsOf({ workers }: Config): number {
  return workers * CONNECTIONS_EACH + CONNECTIONS_BESIDE;
}

async function answer(
  config: Config,
  connection: PgConnectionOptions,
  postgresVersion: string,
  say: (text: string) => void,
): Promise<Serving> {
  if (config.workers === 1) return serve(config, connection, postgresVersion);
  const birth = { kind: 'open', connection, postgresVersion } as const;
  return startWorkers({ count: config.workers, birth, stopMs: config.http.limits.drainMs + CLOSE_MS, say });
}
