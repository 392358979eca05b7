/** `npm run load -- PATH…`: files into the records, beside a running server or without one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { type Operations, openOperations } from '../../operations/index.ts';
import { Fault } from '../../resources/index.ts';
import { type Beside, beside } from '../beside.ts';
import { type Config, readConfig } from '../config.ts';
import { Refusal } from '../refusal.ts';
import { software } from '../software.ts';
import { openBar } from './bar.ts';
import { type Found, findFiles, leftSentence } from './files.ts';
import { type LoadReport, loadFiles } from './plan.ts';

const HELP = `npm run load -- PATH…           loads files: .json, .ndjson, .jsonl, each also with .gz; of a folder the files in it
npm run load -- PATH… --deep    also what is in the folders inside
npm run load -- PATH… --again   also files that were loaded before
npm run load -- --help          prints this

It ends with 0 where everything was stored, with 1 where anything was refused, and with 2 where it does not know what
to load.
`;

/** The exit code where nothing was tried, since what was asked cannot be done. */
const MISUSED = 2;

/** Refusals that are printed; all of them stand in the report. */
const SHOWN_MAX = 20;

/** The command with its arguments; gives the exit code: 1 where anything was refused, 2 where there is nothing to try. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const asked = await readArguments(args).catch((error: Error) => {
    say(error.message);
    return undefined;
  });
  if (!asked) return MISUSED;
  const { files, left, again } = asked;
  const config = readConfig();
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
  if (left.length > 0) say(`${leftSentence(left)}.`);
  return report.refusals.length > 0 ? 1 : 0;
}

/** @throws Error with a sentence where they make no sense, or there is nothing to load */
async function readArguments(args: readonly string[]): Promise<Found & { readonly again: boolean }> {
  const unknown = args.find((arg) => arg.startsWith('-') && !OPTIONS.includes(arg));
  if (unknown) throw new Error(`npm run load does not know ${unknown}.\n${HELP.trimEnd()}`);
  const paths = args.filter((arg) => !arg.startsWith('-'));
  if (paths.length === 0) throw new Error(`Say what to load.\n${HELP.trimEnd()}`);
  const found = await findFiles(paths, args.includes('--deep'));
  if (found.files.length === 0) throw new Error('There is nothing to load there: no .json, .ndjson or .jsonl file.');
  return { ...found, again: args.includes('--again') };
}

const OPTIONS = ['--again', '--deep'];

/** Opens what a load needs, and closes it whatever happens. */
function withStore<T>(config: Config, work: (loader: ReturnType<typeof loaderOf>) => Promise<T>): Promise<T> {
  return beside(config, 'npm run load', say, async (parts) => {
    const { store, requireRoom } = parts;
    // Nobody else waits for this process, so that no Bundle is worth a thread, which would hold it twice in memory.
    const limits = { ...config.operations.limits, inlineBundleBytes: Number.POSITIVE_INFINITY };
    const settings = { software, ...config.operations, limits };
    const operations = await openOperations({ store, settings, requireRoom });
    try {
      const done = await work(loaderOf(config, parts, operations));
      await store.analyze();
      return done;
    } finally {
      await operations.close();
    }
  });
}

function loaderOf(config: Config, { store, context }: Beside, operations: Operations) {
  const { bodyBytes } = config.http.limits;
  return { store, operations, context: () => context, limits: { bodyBytes } };
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
  // Most of what a file leaves behind is garbage: left alone, V8 lets as much pass again before it looks.
  setFlagsFromString('--heap-growing-percent=60');
  const code = await main(process.argv.slice(2)).catch((error: unknown) => {
    say(error instanceof Refusal || error instanceof Fault ? error.message : String((error as Error)?.stack ?? error));
    return 1;
  });
  process.exit(code);
}
