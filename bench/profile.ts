/**
 * Where the microseconds of one series go: in the server by V8's sampling profiler, in Postgres by pg_stat_statements.
 *   node bench/profile.ts --series create --clients 32 --seconds 8 [--server bare] [--keep FILE]
 * docs/benchmark.md tells how to read what it prints.
 */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { byStage, type CpuProfile, IDLE, selfTimes } from './cpu-profile.ts';
import { SERIES } from './driver/series.ts';
import { type Server, type ServerName, startServer } from './servers.ts';
import { usageOf } from './usage.ts';

const FUNCTIONS_SHOWN = 40;
const STATEMENTS_SHOWN = 12;
const SQL_SHOWN = 90;

interface Options {
  readonly series: string;
  readonly clients: number;
  readonly seconds: number;
  readonly server: ServerName;
  readonly keep: string | undefined;
}

/** What was counted between begin and end of the measured run. */
interface Measured {
  readonly items: number;
  readonly rate: number;
  readonly from: number;
  readonly to: number;
  readonly serverMicros: number;
  readonly postgresMicros: number;
  readonly statements: readonly Statement[];
}

interface Statement {
  readonly query: string;
  readonly calls: string;
  readonly rows: string;
  readonly execution: number;
  readonly planning: number;
}

try {
  await profile(parse(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`The profile stopped: ${(error as Error).message}\n`);
  process.exitCode = 1;
}

function parse(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      series: { type: 'string', default: 'create' },
      clients: { type: 'string', default: '32' },
      seconds: { type: 'string', default: '8' },
      server: { type: 'string', default: 'vesta' },
      keep: { type: 'string' },
    },
  });
  if (SERIES[values.series] === undefined)
    throw new Error(`There is no series ${values.series}. There are: ${Object.keys(SERIES).join(', ')}.`);
  if (values.server !== 'vesta' && values.server !== 'bare') throw new Error('--server takes vesta or bare.');
  return {
    ...values,
    server: values.server,
    keep: values.keep,
    clients: Number(values.clients),
    seconds: Number(values.seconds),
  };
}

async function profile(options: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'vb-profile-'));
  try {
    const server = await startServer(options.server, {
      layout: 'once',
      nodeFlags: ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=200'],
      postgres: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track_planning': 'on' },
    });
    let measured: Measured;
    try {
      measured = await run(server, options);
    } finally {
      // The profile is written when the process ends.
      await server.stop();
    }
    const file = largest(folder);
    if (options.keep !== undefined) copyFileSync(file, options.keep);
    print(options, measured, JSON.parse(readFileSync(file, 'utf8')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(server: Server, options: Options): Promise<Measured> {
  const { cluster } = server;
  if (cluster === undefined) throw new Error('Only a server with a database can be profiled.');
  await cluster.query('create extension if not exists pg_stat_statements');
  await server.drive({ kind: 'prepare', series: options.series });
  await cluster.query('select pg_stat_statements_reset()');
  let from = 0;
  let before: [number, number] = [0, 0];
  const used = (): [number, number] => [usageOf(server.pid)?.cpuMicros ?? 0, usageOf(cluster.pid)?.cpuMicros ?? 0];
  const run = {
    kind: 'run',
    series: options.series,
    clients: options.clients,
    warmMs: 3000,
    runMs: options.seconds * 1000,
  } as const;
  const told = await server.drive(run, () => {
    from = monotonicMicros();
    before = used();
  });
  const to = monotonicMicros();
  const after = used();
  if (told.kind !== 'end') throw new Error('The load driver answered out of turn.');
  const statements = await cluster.query(
    `select query, calls, rows, mean_exec_time * 1000 as execution, total_plan_time * 1000 / calls as planning from pg_stat_statements
     where calls > 10 order by total_exec_time + total_plan_time desc limit ${STATEMENTS_SHOWN}`,
  );
  const { items, ms } = told;
  return {
    items,
    rate: (items * 1000) / ms,
    from,
    to,
    serverMicros: after[0] - before[0],
    postgresMicros: after[1] - before[1],
    statements,
  };
}

function print(options: Options, measured: Measured, cpu: CpuProfile): void {
  const { items } = measured;
  const shares = selfTimes(cpu, measured.from, measured.to);
  const busy = shares.filter((share) => share.stage !== IDLE);
  const each = (micros: number): string => (micros / items).toFixed(2).padStart(8);
  const lines = [
    `${options.server}, ${options.series}, ${options.clients} clients: ${Math.round(measured.rate)} per second under the profiler`,
    `CPU per item by the system's count: server ${each(measured.serverMicros).trim()} µs, Postgres ${each(measured.postgresMicros).trim()} µs`,
    '',
    'µs per item, by stage (main thread, self time; “native code” holds system calls)',
    ...byStage(busy).map(({ stage, micros }) => `${each(micros)}  ${stage}`),
    '',
    'µs per item, by function',
    ...busy.slice(0, FUNCTIONS_SHOWN).map(({ name, stage, micros }) => `${each(micros)}  ${name}  [${stage}]`),
    '',
    'Postgres, by statement (µs per call; warm-up included)',
    '   calls     rows  execute     plan  statement',
    ...measured.statements.map(statementLine),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function statementLine(statement: Statement): string {
  const cells = [statement.calls, statement.rows, statement.execution.toFixed(0), statement.planning.toFixed(0)];
  return `${cells.map((cell) => String(cell).padStart(8)).join(' ')}  ${statement.query.replace(/\s+/g, ' ').slice(0, SQL_SHOWN)}`;
}

function largest(folder: string): string {
  const files = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  const sized = files.map((name) => ({ path: join(folder, name), bytes: statSync(join(folder, name)).size }));
  const first = sized.sort((a, b) => b.bytes - a.bytes)[0];
  if (first === undefined)
    throw new Error('The server left no profile: it has to end by itself on SIGTERM for Node to write one.');
  return first.path;
}

function monotonicMicros(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
