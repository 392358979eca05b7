/** What answers requests, in one process: the store, the verbs on it, the door before them. */

import { type Operations, openOperations } from '../operations/index.ts';
import { systemAccess } from '../resources/index.ts';
import { openStore, type PgConnectionOptions } from '../store/index.ts';
import { type Config, ownBases } from './config.ts';
import { watchDisk } from './disk.ts';
import { startHttp } from './http.ts';
import { openLog } from './observe.ts';
import { openOutside } from './outside-terminology.ts';
import { software } from './software.ts';

export interface Serving {
  /** The FHIR base as it is printed. */
  readonly base: string;
  /** Drains the requests under way, then lets go of everything, in reverse order of the start. */
  close(): Promise<void>;
}

/**
 * Opens floor after floor, each with its part of the settings. The database must be migrated.
 * @param connection how to reach the database · @param postgresVersion told on the start page
 * @throws Refusal where the port cannot be had · Fault `database-unavailable`
 */
export async function serve(
  config: Config,
  connection: PgConnectionOptions,
  postgresVersion: string,
): Promise<Serving> {
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const shut of opened.splice(0).reverse()) await shut();
  };
  try {
    const log = openLog(config.log);
    const store = await openStore({
      connection,
      applicationName: 'vesta',
      deleteReferenced: config.operations.deleteReferenced,
      bases: ownBases(config.http),
      searchMs: config.searchMs,
      wordsWaitMs: config.wordsWaitMs,
    });
    opened.push(() => store.close());
    const disk = await watchDisk({ ...config.disk, say: (text) => log.warn(text) });
    opened.push(async () => disk.close());
    const { requireRoom } = disk;
    const outside = config.terminology && openOutside(config.terminology);
    if (outside) opened.push(() => outside.close());
    const settings = { software, ...config.operations };
    const operations = await openOperations({ store, settings, requireRoom, ...(outside && { outside }) });
    opened.push(() => operations.close());
    const http = await startHttp(config.http, {
      operations,
      log,
      software,
      open: config.open,
      runsOn: [
        ['Node.js', process.versions.node],
        ['PostgreSQL', postgresVersion],
      ],
      ready: () => store.ready(),
      counts: () => store.counts(),
      pools: () => store.pools(),
    });
    opened.push(() => http.close());
    const warming = setTimeout(() => warm(operations, http.base), WARM_AFTER_MS).unref();
    opened.push(async () => clearTimeout(warming));
    return { base: http.base, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** After the start, which must be quick, and after the first requests that waited for it. */
const WARM_AFTER_MS = 1_000;

/** The metadata take a tenth of a second to build, once: nobody's request should wait for that. */
async function warm(operations: Operations, base: string): Promise<void> {
  const request = { method: 'GET', path: 'metadata', query: '', headers: {}, prefer: {} };
  const { signal } = new AbortController();
  const access = systemAccess('start');
  const context = { access, requestId: 'start', base, now: Date.now, signal, observe: () => {} };
  await operations.perform(request, context).catch(() => {});
}
