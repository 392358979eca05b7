/** The embedded Postgres of a data folder: opened by one process, attached to by others. */
import { statfsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../refusal.ts';
import { postgresAccount } from './account.ts';
import { findBinaries, reachableBinaries } from './binaries.ts';
import { type ClusterInput, clusterExists, createCluster, resetPassword, updateCluster } from './cluster.ts';
import { folderHolder, lockFolder } from './lock.ts';
import {
  choosePort,
  clearPlace,
  clusterFolder,
  makePassword,
  newClusterFolder,
  openDataFolder,
  type PostgresConnection,
  readNote,
  readPassword,
  socketFolder,
  writeNote,
} from './place.ts';
import { endOrphan, type Postmaster, startPostmaster } from './postmaster.ts';
import { postgresSettings } from './settings.ts';

export interface PostgresOptions {
  /** The data folder (VESTA_DATA_DIR); made where there is none. */
  readonly folder: string;
  /** The command that opens it, told to whoever finds it in use: `npm start`. */
  readonly purpose: string;
  /** Tells a person what is being waited for. */
  readonly say: (text: string) => void;
  /** Connections that must be possible at once; there are at least 200. */
  readonly connections?: number;
  /** False only for the throw-away databases of tests: a crash may lose everything. */
  readonly durable?: boolean;
  /** Whether the role may make more databases: for tests, which use one for each file. */
  readonly mayCreateDatabases?: boolean;
}

export interface EmbeddedPostgres {
  readonly connection: PostgresConnection;
  /** Stops Postgres and lets go of the data folder; for one that was attached to, does nothing. */
  close(): Promise<void>;
}

const ROLE = 'vesta';
const DATABASE = 'vesta';
/** How long an attaching command waits for a server that is just starting. */
const ATTACH_WAIT_MS = 60_000;
/** Waits before an embedded Postgres that ended by itself is started again; the last one repeats. */
const RESTART_WAITS_MS = [100, 1_000, 5_000, 15_000];

/**
 * Starts the Postgres of this data folder, makes it first where there is none, and starts it again should it end by
 * itself. After a crash of anything it recovers what was committed.
 * @throws Refusal where the folder is in use or not ours, or Postgres cannot run here
 */
export async function openPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const data = openDataFolder(options.folder);
  const lock = await lockFolder(data, options.purpose);
  try {
    const { connection, start } = await prepare(data, options);
    let postmaster: Postmaster = await start();
    let closing = false;
    writeNote(data, connection);
    const keep = async (): Promise<void> => {
      while (!closing) {
        const words = await postmaster.ended;
        if (closing) return;
        options.say(`Postgres ended by itself (${words}); starting it again.`);
        postmaster = (await startAgain(start, options.say, () => closing)) ?? postmaster;
      }
    };
    const kept = keep();
    const close = async () => {
      closing = true;
      await postmaster.stop();
      await kept;
      await postmaster.stop();
      clearPlace(data);
      await lock.release();
    };
    return { connection, close };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * How to reach the Postgres of a data folder that another process keeps running; undefined where none does.
 * Whoever may read the password in the folder may attach.
 * @throws Refusal where the folder is in use and its Postgres cannot be reached, or the password not be read
 */
export async function attachPostgres(folder: string): Promise<PostgresConnection | undefined> {
  const data = openDataFolder(folder);
  const deadline = Date.now() + ATTACH_WAIT_MS;
  for (let holder = await folderHolder(data); holder; holder = await folderHolder(data)) {
    const connection = readable(data, () => readNote(data, holder?.pid));
    if (connection) return connection;
    if (Date.now() > deadline) {
      throw new Refusal(
        `The data folder ${data} is in use by process ${holder.pid}, whose Postgres is not ready.`,
        'See what that process waits for, or stop it.',
      );
    }
    await sleep(100);
  }
  return undefined;
}

/** Attaches where a process already keeps the Postgres of the folder running, else opens it: for commands such as load. */
export async function usePostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const connection = await attachPostgres(options.folder);
  return connection ? { connection, close: async () => {} } : openPostgres(options);
}

async function prepare(data: string, options: PostgresOptions) {
  const { say, connections = 0, durable = true, mayCreateDatabases = false } = options;
  const account = postgresAccount(clusterFolder(data));
  const binaries = reachableBinaries(findBinaries(), account);
  const isThere = clusterExists(clusterFolder(data), binaries);
  const { folder, link } = isThere
    ? { folder: clusterFolder(data), link: () => {} }
    : newClusterFolder(data, account, say);
  const known = readable(data, () => readPassword(data));
  const owner = { role: ROLE, database: DATABASE, password: known ?? makePassword(data) };
  const cluster: ClusterInput = { binaries, account, folder, owner, mayCreateDatabases, durable };
  if (isThere) {
    await endOrphan({ folder, say });
    if (known === undefined) await resetPassword(cluster);
    await updateCluster(cluster);
  } else {
    say('Preparing Postgres for the first time.');
    await createCluster(cluster);
    link();
  }
  const port = await choosePort();
  const socket = process.platform === 'win32' ? undefined : socketFolder(data, folder, account);
  const settings = postgresSettings({
    memoryBytes: process.constrainedMemory() > 0 ? Math.min(process.constrainedMemory(), totalmem()) : totalmem(),
    diskFreeBytes: freeBytes(folder),
    socketFolder: socket,
    port,
    connections,
    durable,
  });
  const { role: user, database, password } = owner;
  return {
    connection: { host: socket ?? '127.0.0.1', port, user, password, database },
    start: () => startPostmaster({ binaries, account, folder, settings, say }),
  };
}

async function startAgain(
  start: () => Promise<Postmaster>,
  say: (text: string) => void,
  isClosing: () => boolean,
): Promise<Postmaster | undefined> {
  for (let attempt = 0; !isClosing(); attempt++) {
    await sleep(RESTART_WAITS_MS[Math.min(attempt, RESTART_WAITS_MS.length - 1)]);
    if (isClosing()) return undefined;
    try {
      return await start();
    } catch (error) {
      say((error as Error).message);
    }
  }
  return undefined;
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function readable<T>(data: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Refusal(
      `What is needed to reach the Postgres of ${data} cannot be read: ${(cause as Error).message}.`,
      'Use the same user as the one who started Vesta there.',
      cause,
    );
  }
}
