/** `npm run load -- PATH…`: files into the records, beside a running server or without one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openOperations } from '../../operations/index.ts';
import { type Context, Fault, systemAccess } from '../../resources/index.ts';
import { openStore } from '../../store/index.ts';
import { type Config, ownBases, readConfig } from '../config.ts';
import { watchDisk } from '../disk.ts';
import { usePostgres } from '../postgres/index.ts';
import { Refusal } from '../refusal.ts';
import { software } from '../software.ts';
import { prepareDatabase } from '../start.ts';
import { openBar } from './bar.ts';
import { findFiles } from './files.ts';
import { type LoadReport, loadFiles } from './plan.ts';

const HELP = `npm run load -- PATH…           loads files or folders: .json, .ndjson, .jsonl, each also with .gz
npm run load -- PATH… --again   also files that were loaded before
`;

/** Connections that the store of this process may open. */
const CONNECTIONS = 20;

/** Refusals that are printed; all of them stand in the report. */
const SHOWN_MAX = 20;

/** The command with its arguments; gives the exit code: 1 where anything was refused. */
export async function main(args: readonly string[]): Promise<number> {
  const { paths, again } = readArguments(args);
  const config = readConfig();
  const files = await findFiles(paths).catch((error: Error) => {
    throw new Refusal(error.message);
  });
  if (files.length === 0) throw new Refusal('There is nothing to load there: no .json, .ndjson or .jsonl file.');
  const startedAt = Date.now();
  const report = await withStore(config, async (loader) => {
    const bar = openBar(files.length);
    try {
      const loading = { ...loader, stored: bar.stored };
      return await loadFiles(files, { store: loader.store, loading, again, progress: bar });
    } finally {
      bar.stop();
    }
  });
  tell(report, (Date.now() - startedAt) / 1000, config);
  return report.refusals.length > 0 ? 1 : 0;
}

function readArguments(args: readonly string[]): { paths: string[]; again: boolean } {
  const unknown = args.find((arg) => arg.startsWith('-') && arg !== '--again');
  if (unknown || args.length === 0) {
    throw new Refusal(unknown ? `npm run load does not know ${unknown}.` : 'Say what to load.', HELP.trimEnd());
  }
  return { paths: args.filter((arg) => !arg.startsWith('-')), again: args.includes('--again') };
}

/** Opens what a load needs, and closes it whatever happens. */
async function withStore<T>(config: Config, work: (loader: ReturnType<typeof loaderOf>) => Promise<T>): Promise<T> {
  const opened: (() => Promise<void>)[] = [];
  try {
    const postgres =
      config.databaseUrl === undefined
        ? await usePostgres({ folder: config.dataFolder, purpose: 'npm run load', connections: CONNECTIONS, say })
        : undefined;
    if (postgres) opened.push(postgres.close);
    const connection = postgres?.connection ?? { connectionString: config.databaseUrl };
    await prepareDatabase(connection, CONNECTIONS, say);
    const { deleteReferenced } = config.operations;
    const store = await openStore({
      connection,
      applicationName: 'vesta load',
      deleteReferenced,
      bases: ownBases(config.http),
    });
    opened.push(() => store.close());
    // Nobody else waits for this process, so that no Bundle is worth a thread, which would hold it twice in memory.
    const limits = { ...config.operations.limits, inlineBundleBytes: Number.POSITIVE_INFINITY };
    const { requireRoom, close } = await watchDisk({ ...config.disk, say });
    opened.push(async () => close());
    const settings = { software, ...config.operations, limits };
    const operations = await openOperations({ store, settings, requireRoom });
    opened.push(() => operations.close());
    const done = await work(loaderOf(config, store, operations));
    await store.analyze();
    return done;
  } finally {
    for (const shut of opened.reverse()) await shut();
  }
}

function loaderOf(
  config: Config,
  store: Awaited<ReturnType<typeof openStore>>,
  operations: Awaited<ReturnType<typeof openOperations>>,
) {
  const { limits, baseUrl, port } = config.http;
  const context: Context = {
    access: systemAccess('npm run load'),
    requestId: 'load',
    base: baseUrl ?? `http://localhost:${port}/fhir`,
    now: Date.now,
    signal: new AbortController().signal,
    observe: () => {},
  };
  return { store, operations, context: () => context, limits: { bodyBytes: limits.bodyBytes } };
}

function tell({ files, skipped, stored, refusals }: LoadReport, seconds: number, config: Config): void {
  const rate = Math.round(stored / Math.max(seconds, 0.001));
  const before = skipped > 0 ? ` ${skipped} of them were loaded before and left out (--again loads them too).` : '';
  say(`${stored} resources of ${files} files in ${seconds.toFixed(1)} s, ${rate}/s.${before}`);
  if (refusals.length === 0) return;
  for (const { path, where, reason } of refusals.slice(0, SHOWN_MAX))
    say(`  ${path}${where === '' ? '' : `, ${where}`}: ${reason}`);
  const folder = join(config.dataFolder, 'reports');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `load-${new Date().toISOString().replaceAll(':', '-')}.ndjson`);
  writeFileSync(file, refusals.map((refusal) => `${JSON.stringify(refusal)}\n`).join(''), { mode: 0o600 });
  const withRefusals = new Set(refusals.map(({ path }) => path)).size;
  say(`${refusals.length} refused, in ${withRefusals} of the files. All of them, with the reasons: ${file}`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

if (import.meta.main) {
  const code = await main(process.argv.slice(2)).catch((error: unknown) => {
    say(error instanceof Refusal || error instanceof Fault ? error.message : String((error as Error)?.stack ?? error));
    return 1;
  });
  process.exit(code);
}
