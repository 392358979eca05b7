/** The benchmark: the ceilings and Vesta in turns on this machine. docs/benchmark.md tells how to read its tables. */
import { writeFileSync } from 'node:fs';
import { HELP, type Options, parseOptions } from './options.ts';
import { type Group, machine, report } from './report.ts';
import { calmest, DISTURBED_CORES, disturbance, measure, order, type Plan, type Run } from './run.ts';
import { benchSearch, parseSearchOptions, SEARCH_HELP } from './search/main.ts';
import { type Server, type ServerName, startServer, vestaExists } from './servers.ts';
import { benchTerminology, parseTerminologyOptions, TERMINOLOGY_HELP } from './terminology/main.ts';
import { benchValidate, parseValidateOptions, VALIDATE_HELP } from './validate/main.ts';

const started: Server[] = [];

try {
  const args = process.argv.slice(2);
  if (args.includes('--search')) await search(args);
  else if (args.includes('--validate')) validate(args);
  else if (args.includes('--terminology')) await terminology(args);
  else await throughput(args);
} catch (error) {
  process.stderr.write(`\nThe benchmark stopped: ${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await stopAll();
}

async function search(args: readonly string[]): Promise<void> {
  const options = parseSearchOptions(args);
  if (options === undefined) process.stdout.write(SEARCH_HELP);
  else await benchSearch(options);
}

function validate(args: readonly string[]): void {
  const options = parseValidateOptions(args);
  if (options === undefined) process.stdout.write(VALIDATE_HELP);
  else benchValidate(options);
}

async function terminology(args: readonly string[]): Promise<void> {
  const options = parseTerminologyOptions(args);
  if (options === undefined) process.stdout.write(TERMINOLOGY_HELP);
  else await benchTerminology(options);
}

async function throughput(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  if (options === undefined) process.stdout.write(HELP);
  else await bench(options);
}

async function bench(options: Options): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stopAll().then(() => process.exit(130)));
  const compare = options.compare === 'vesta' && !vestaExists() ? 'nothing' : options.compare;
  if (compare !== options.compare) tell('There is no server/main.ts here: the ceilings run alone.');
  const groups: Group[] = [];
  let postgres = 'not started';
  try {
    if (options.series.includes('constant')) groups.push(...(await constant(options)));
    const rest = options.series.filter((series) => series !== 'constant');
    if (rest.length === 0) return;
    const servers = [await start('bare', options)];
    if (compare !== 'nothing') servers.push(await start(compare, options));
    postgres = (await servers[0]!.cluster!.query('show server_version'))[0].server_version;
    for (const series of rest) groups.push(...(await pairs(options, series, servers)));
  } finally {
    // Also after a fault: what was measured until then stands.
    const text = `${machine(postgres)}\n\n${report(groups, compare === 'nothing' ? undefined : compare)}`;
    if (groups.length > 0) process.stdout.write(`\n${text.trimEnd()}\n`);
    if (options.json !== undefined)
      writeFileSync(options.json, `${JSON.stringify({ options, groups }, undefined, 2)}\n`);
  }
}

async function constant(options: Options): Promise<Group[]> {
  const server = await start('constant', options);
  const groups = await pairs(options, 'constant', [server]);
  started.splice(started.indexOf(server), 1);
  await server.stop();
  return groups;
}

async function pairs(options: Options, series: string, servers: readonly Server[]): Promise<Group[]> {
  for (const server of servers) await server.drive({ kind: 'prepare', series });
  const groups: Group[] = [];
  for (const clients of options.clients) {
    const plan = { series, clients, warmSeconds: options.warmSeconds, seconds: options.seconds };
    const taken: Run[][] = [];
    const tooFewCalm = (): boolean =>
      taken.filter((pair) => disturbance(pair) <= DISTURBED_CORES).length < options.pairs;
    const most = options.calm ? 2 * options.pairs : options.pairs;
    while (taken.length < options.pairs || (taken.length < most && tooFewCalm()))
      taken.push(await pairOf(plan, taken.length, servers));
    const kept = calmest(taken, options.pairs);
    const of = (server: Server | undefined): Run[] =>
      kept.flatMap((pair) => pair.filter((run) => run.pid === server?.pid));
    groups.push({ series, clients, ceiling: of(servers[0]), compared: of(servers[1]) });
  }
  return groups;
}

async function pairOf(plan: Plan, pair: number, servers: readonly Server[]): Promise<Run[]> {
  const runs: Run[] = [];
  for (const which of order(pair)) {
    const server = servers[which];
    if (server === undefined) continue;
    const run = await measure(server, plan, pair);
    runs.push(run);
    const others = run.othersCores === undefined ? '' : `, other jobs ${run.othersCores.toFixed(2)} cores`;
    const rate = Math.round(run.rate).toLocaleString('en-US');
    tell(`${plan.series}, ${plan.clients} clients, pair ${pair + 1}, ${server.name}: ${rate} per second${others}`);
  }
  return runs;
}

async function start(name: ServerName, options: Options): Promise<Server> {
  const server = await startServer(name, { layout: options.layout });
  started.push(server);
  tell(`${name} is ready after ${Math.round(server.startMs)} ms`);
  return server;
}

async function stopAll(): Promise<void> {
  await Promise.allSettled(started.splice(0).map((server) => server.stop()));
}

// Progress goes to stderr, so that the table alone can be sent into a file.
function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
