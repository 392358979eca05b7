/** `npm start`: starts the server, says where it is, stops it when asked to. */
import cluster from 'node:cluster';
import { setFlagsFromString } from 'node:v8';
import { Fault } from '../resources/index.ts';
import { type Config, readConfig } from './config.ts';
import { Refusal } from './refusal.ts';
import { type Serving, serve } from './serve.ts';
import { settingsPage } from './settings.ts';
import { software } from './software.ts';
import { start } from './start.ts';
import { beWorker } from './workers.ts';

const HELP = `npm start                 starts Vesta; Ctrl-C stops it
npm start -- --settings   prints every setting of the environment with its default
npm start -- --help       prints this
`;

/** npm, the terminal and the bootstrap all pass a Ctrl-C on: what arrives so soon is the same one. */
const SAME_SIGNAL_MS = 1_000;

/** What the start tells when everything answers. Pure. */
export function banner(base: string, config: Pick<Config, 'open'>): string {
  const site = base.replace(/fhir$/, '');
  const lines = [
    `${software.name} ${software.version} is running.`,
    '',
    `  FHIR base     ${base}`,
    `  Start page    ${site}`,
    '  Sample data   npm run load -- PATH   (files or folders; Synthea makes good ones)',
    '  Stop          Ctrl-C',
  ];
  if (config.open) {
    lines.push(
      '',
      '  Nobody is asked to sign in (VESTA_AUTH=open): whoever can use this machine can read and change every record.',
    );
    if (!/^https?:\/\/(localhost|127\.|\[::1\])/.test(base)) {
      lines.push('  The base is a public address: whatever forwards it here must let in only who may see everything.');
    }
  }
  return `\n${lines.join('\n')}\n\n`;
}

/** The command with its arguments; gives the exit code when it has ended. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--settings')) return print(settingsPage());
  if (args.includes('--help')) return print(HELP);
  if (args.length > 0) throw new Refusal(`npm start does not know ${JSON.stringify(args[0])}.`, HELP.trimEnd());
  const stop = untilStopped();
  const config = readConfig();
  const serving = await Promise.race([start(config, say), stop.asked.then(() => undefined)]);
  // Stopped while it was starting: what was begun ends with this process, and Postgres notices that by itself.
  if (!serving) return 0;
  process.stdout.write(banner(serving.base, config));
  await stop.asked;
  await stopServing(serving, stop.again);
  return 0;
}

async function stopServing(serving: Serving, again: Promise<void>): Promise<void> {
  say('Stopping: requests under way are answered first. Ctrl-C once more does not wait for them.');
  const impatient = again.then(() => say('Not waiting any longer; what was committed is safe.'));
  await Promise.race([serving.close(), impatient]);
  say('Stopped.');
}

/** Two promises: the first wish to stop, and a second one that comes later. */
function untilStopped(): { asked: Promise<void>; again: Promise<void> } {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let askedAt: number | undefined;
  const ask = () => {
    askedAt ??= Date.now();
    first.resolve();
    if (Date.now() - askedAt > SAME_SIGNAL_MS) second.resolve();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  // The bootstrap that started this one is gone, however it went: nothing is to be left running.
  process.once('disconnect', ask);
  process.channel?.unref();
  return { asked: first.promise, again: second.promise };
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

if (import.meta.main) {
  // What is remembered of written versions grows old before it is dropped: left alone, V8 lets twice the memory pass
  // before it looks. Measured: at 100 some 300 MB under creates, at 40 some 255, and a large transaction a fifth dearer.
  setFlagsFromString('--heap-growing-percent=60');
  // Whoever reads our words may leave (`npm start | head`); the server does not end for that.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  if (cluster.isWorker) beWorker((birth) => serve(readConfig(), birth.connection, birth.postgresVersion));
  else {
    const code = await main(process.argv.slice(2)).catch((error: unknown) => {
      say(
        error instanceof Refusal || error instanceof Fault ? error.message : String((error as Error)?.stack ?? error),
      );
      return 1;
    });
    process.exit(code);
  }
}
