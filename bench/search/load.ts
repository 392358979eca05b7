/**
 * The database of the search benchmark: made once by Vesta's own write path and kept in `.cache`, under a name that
 * changes with what makes it, so that a second run starts at once.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Context, openAccess } from '../../resources/index.ts';
import { type Encoded, migrate, openStore, type Store } from '../../store/index.ts';
import { type Cluster, startCluster } from '../postgres.ts';
import { POPULATION_TYPES, type PopulationType, resourceOf, type Sizes, timeOf } from './population.ts';

/** Resources of one type that a thread makes and one transaction stores. */
export interface Piece {
  readonly type: PopulationType;
  readonly from: number;
  readonly to: number;
  /** Becomes the time of all of them. */
  readonly lastUpdated: number;
}

/** What a thread is given beside what every preparer is. */
export interface ThreadData {
  readonly sizes: Sizes;
  readonly preparer: Store['preparer'];
}

const PIECE = 1000;
const THREADS = 2;
const ROOT = join(import.meta.dirname, '..', '..');
const DONE = 'loaded';
// What is written twice fits the disk; a kept folder must not hold gigabytes of old log.
const DISK = { max_wal_size: '1GB', min_wal_size: '80MB' };
// What a crash leaves of a half loaded database is thrown away anyway.
const IN_A_HURRY = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '2GB',
  maintenance_work_mem: '256MB',
};

/** Starts the kept cluster of these sizes; makes and loads it before where there is none. */
export async function startLoaded(name: string, sizes: Sizes, tell: (line: string) => void): Promise<Cluster> {
  const folder = keptFolder(name, sizes);
  if (!existsSync(join(folder, DONE))) {
    rmSync(folder, { recursive: true, force: true });
    await load(name, folder, sizes, tell);
    writeFileSync(join(folder, DONE), new Date().toISOString());
  }
  return startCluster(`s${name[0]}`, { folder, settings: DISK });
}

/** The folder in which a population of these sizes is kept. */
export function keptFolder(name: string, sizes: Sizes): string {
  return join(ROOT, '.cache', `bench-search-${name}-${fingerprint(sizes)}`);
}

async function load(name: string, folder: string, sizes: Sizes, tell: (line: string) => void): Promise<void> {
  const began = performance.now();
  const cluster = await startCluster(`s${name[0]}`, { folder, settings: IN_A_HURRY });
  try {
    await cluster.query('alter system set autovacuum = off');
    const connection = { connectionString: cluster.url };
    await migrate(connection);
    // Nothing follows the log meanwhile: numbering it and its words would take half of the machine.
    const store = await openStore({ connection, applicationName: 'vesta bench', sequencer: false });
    try {
      await loadAll(store, sizes, tell);
    } finally {
      await store.close();
    }
    await cluster.query(
      'update log_state set horizon = (select base from epoch order by n desc limit 1) + pg_snapshot_xmax(pg_current_snapshot())::text::int8',
    );
    tell('vacuum and statistics');
    await cluster.query('vacuum analyze');
    await cluster.query('alter system reset autovacuum');
    const [{ bytes }] = await cluster.query(`select pg_size_pretty(pg_database_size('vesta')) as bytes`);
    tell(`loaded in ${Math.round((performance.now() - began) / 1000)} s, ${bytes}`);
  } finally {
    await cluster.stop();
  }
}

async function loadAll(store: Store, sizes: Sizes, tell: (line: string) => void): Promise<void> {
  const whole = POPULATION_TYPES.reduce((sum, type) => sum + sizes[type], 0);
  const workerData: ThreadData = { sizes, preparer: { ...store.preparer, custom: store.preparer.custom } };
  const threads = Array.from(
    { length: THREADS },
    () => new Worker(join(import.meta.dirname, 'thread.ts'), { workerData }),
  );
  let done = 0;
  let told = 0;
  const began = performance.now();
  try {
    const pieces = piecesOf(sizes);
    const work = async (thread: Worker): Promise<void> => {
      // One piece is made while the one before it is stored.
      let storing: Promise<unknown> = Promise.resolve();
      for (let piece = pieces.next(); !piece.done; piece = pieces.next()) {
        const made = await ask(thread, piece.value);
        await storing;
        const { from, to, type } = piece.value;
        storing = commit(store, made).then(() => {
          done += to - from;
          if (performance.now() - told < 5000) return;
          told = performance.now();
          const rate = Math.round((done * 1000) / (told - began));
          tell(
            `${Math.floor((100 * done) / whole)} %, ${type} ${to.toLocaleString('en-US')}, ${rate} resources a second`,
          );
        });
        storing.catch(() => {});
      }
      await storing;
    };
    await Promise.all(threads.map(work));
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function* piecesOf(sizes: Sizes): Generator<Piece, undefined> {
  for (const type of POPULATION_TYPES) {
    for (let from = 0; from < sizes[type]; from += PIECE) {
      const to = Math.min(from + PIECE, sizes[type]);
      yield { type, from, to, lastUpdated: timeOf(from, sizes[type]) };
    }
  }
}

function ask(thread: Worker, piece: Piece): Promise<Encoded> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(error);
    thread.once('error', fail);
    thread.once('message', (encoded: Encoded) => {
      thread.off('error', fail);
      resolve(encoded);
    });
    thread.postMessage(piece);
  });
}

async function commit(store: Store, encoded: Encoded): Promise<void> {
  const done = await store.records.commit(openAccess, { guards: [], writes: [], encoded }, context());
  if (done === 'stale') throw new Error('The search parameters changed while the population was loaded.');
}

function context(): Context {
  return {
    access: openAccess,
    requestId: 'bench',
    base: 'http://localhost:8080/fhir',
    now: Date.now,
    signal: new AbortController().signal,
    observe: () => {},
  };
}

/** Of all that decides what stands in the database: a sample of what is generated, the migrations, the hot columns. */
function fingerprint(sizes: Sizes): string {
  const hash = createHash('sha256').update(JSON.stringify(sizes));
  for (const type of POPULATION_TYPES) {
    for (let n = 0; n < SAMPLED; n++) {
      hash.update(resourceOf(type, Math.floor((n * sizes[type]) / SAMPLED), sizes).text);
    }
  }
  for (const folder of ['store/migrations', 'resources/types']) {
    for (const file of readdirSync(join(ROOT, folder)).sort()) hash.update(readFileSync(join(ROOT, folder, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

const SAMPLED = 40;
