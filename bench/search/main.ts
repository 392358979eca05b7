/** `npm run bench -- --search`: every shape of search on a small population and on one ten times as large. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { machine } from '../report.ts';
import { type Server, startServer } from '../servers.ts';
import { openKnown } from './known.ts';
import { startLoaded } from './load.ts';
import { type Measured, measure, openWay } from './measure.ts';
import { FULL, type Sizes, SMALL } from './population.ts';
import { searchReport } from './report.ts';
import { shapesOf } from './shapes.ts';

export const SEARCH_HELP = `npm run bench -- --search [options]

  --small          only the small population, a tenth of the full one
  --full           only the full one
  --shape TEXT     only the shapes whose name holds this text
  --json FILE      writes every figure there
  --help
`;

export interface SearchOptions {
  readonly sizes: readonly ('small' | 'full')[];
  readonly shape: string;
  readonly json: string | undefined;
}

/** Arguments → options; undefined when help was asked for. */
export function parseSearchOptions(args: readonly string[]): SearchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      search: { type: 'boolean' },
      small: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      shape: { type: 'string', default: '' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const { small, full, shape, json } = values;
  return { sizes: small === full ? ['small', 'full'] : [small ? 'small' : 'full'], shape, json };
}

/** Loads what is not loaded yet, measures, and prints the table. A wrong answer is told, and fails the run in the end. */
export async function benchSearch({ sizes, shape, json }: SearchOptions): Promise<void> {
  const measured: Partial<Record<'small' | 'full', Measured[]>> = {};
  let postgres = 'not started';
  try {
    for (const size of sizes) {
      const of = size === 'small' ? SMALL : FULL;
      postgres = await withServer(size, of, async (server) => {
        const list: Measured[] = [];
        measured[size] = list;
        await measureAll(server, of, shape, list);
      });
    }
  } finally {
    process.stdout.write(`\n${machine(postgres)}\n\n${searchReport(measured).trimEnd()}\n`);
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(measured, undefined, 2)}\n`);
  }
}

async function withServer(size: string, sizes: Sizes, work: (server: Server) => Promise<void>): Promise<string> {
  const cluster = await startLoaded(size, sizes, tell);
  const server = await startServer('vesta', { layout: 'once', cluster });
  const stop = (): void => void server.stop().then(() => process.exit(130));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const [{ server_version }] = await cluster.query('show server_version');
    // The first run after a load or a migration finds pages that were never read.
    await cluster.query('vacuum analyze');
    await work(server);
    return server_version;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await server.stop();
  }
}

async function measureAll(server: Server, sizes: Sizes, wanted: string, list: Measured[]): Promise<void> {
  const client = new pg.Client({ connectionString: server.cluster!.url });
  await client.connect();
  await client.query(`set timezone = 'UTC'; set jit = off`);
  const way = openWay(server.origin, client);
  try {
    for (const shape of await shapesOf(await openKnown(client), sizes)) {
      if (!`${shape.name} ${shape.value}`.includes(wanted)) continue;
      const one = await measure(shape, way).catch((error: Error) => {
        // The others are still worth knowing; the run fails all the same.
        process.exitCode = 1;
        tell(`Wrong: ${error.message}`);
      });
      if (!one) continue;
      list.push(one);
      tell(`${one.name} (${one.value}): ${one.one.p50.toFixed(2)} ms, by hand ${one.hand.p50.toFixed(2)} ms`);
    }
  } finally {
    await way.close();
    await client.end();
  }
}

// Progress goes to stderr, so that the table alone can be sent into a file.
function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
