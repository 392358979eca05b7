/** The store for a command that works beside a running server, or without one. */
import { type Context, systemAccess } from '../resources/index.ts';
import { openStore, type Store } from '../store/index.ts';
import { type Config, ownBases } from './config.ts';
import { watchDisk } from './disk.ts';
import { usePostgres } from './postgres/index.ts';
import { prepareDatabase } from './start.ts';

/** Connections that the store of such a command may open. */
const CONNECTIONS = 20;

export interface Beside {
  readonly store: Store;
  /** For everything that the command does. */
  readonly context: Context;
  /** Raises the Fault for which nothing can be written at this moment. */
  readonly requireRoom: () => void;
}

/**
 * Opens what the command needs, and closes it whatever happens.
 * @param purpose the command, told to whoever finds the data folder in use
 * @throws Refusal where the database cannot be used
 */
export async function beside<T>(
  config: Config,
  purpose: string,
  say: (text: string) => void,
  work: (parts: Beside) => Promise<T>,
): Promise<T> {
  const opened: (() => Promise<void>)[] = [];
  try {
    const postgres =
      config.databaseUrl === undefined
        ? await usePostgres({ folder: config.dataFolder, purpose, connections: CONNECTIONS, say })
        : undefined;
    if (postgres) opened.push(postgres.close);
    const connection = postgres?.connection ?? { connectionString: config.databaseUrl };
    await prepareDatabase(connection, CONNECTIONS, say);
    const store = await openStore({
      connection,
      applicationName: `vesta ${purpose.replace('npm run ', '')}`,
      deleteReferenced: config.operations.deleteReferenced,
      bases: ownBases(config.http),
    });
    opened.push(() => store.close());
    const { requireRoom, close } = await watchDisk({ ...config.disk, say });
    opened.push(async () => close());
    return await work({ store, context: contextOf(config, purpose), requireRoom });
  } finally {
    for (const shut of opened.reverse()) await shut();
  }
}

function contextOf(config: Config, purpose: string): Context {
  const { baseUrl, port } = config.http;
  return {
    access: systemAccess(purpose),
    requestId: purpose.replace('npm run ', ''),
    base: baseUrl ?? `http://localhost:${port}/fhir`,
    now: Date.now,
    signal: new AbortController().signal,
    observe: () => {},
  };
}
