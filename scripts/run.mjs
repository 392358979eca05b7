/**
 * The one door behind `npm start`, `npm test`, `npm run load`, `npm run ig`, `npm run terminology`,
 * `npm run bench` and `npm run check`: prepares what is
 * missing, then runs the command on the pinned Node.js of the lock file. Plain JavaScript, because the machine's own
 * Node.js, 20 or newer, runs this file and does not read types.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { prepare } from './prepare.mjs';
import { binary, root, tryReadJson } from './project.mjs';

const [command = '', ...args] = process.argv.slice(2);

/** What each command runs, one step after the other. `linked`: it stops when this process is gone, however it went. */
const commands = {
  start: () => [{ script: join(root, 'server/main.ts'), args, linked: true }],
  load: () => [{ script: join(root, 'server/load/main.ts'), args, linked: true }],
  terminology: () => [{ script: join(root, 'server/terminology/main.ts'), args, linked: true }],
  ig: () => [{ script: join(root, 'server/ig/main.ts'), args, linked: true }],
  bench: () => [{ script: join(root, 'bench/main.ts'), args }],
  test: () => [{ script: binary('vitest', 'vitest'), args: ['run', ...args] }],
  check: () => [
    { title: 'Types', script: binary('typescript', 'tsc'), args: ['-p', root] },
    { title: 'Lint and format', script: binary('@biomejs/biome', 'biome'), args: ['check', root] },
    { title: 'Rules of the house', script: binary('vitest', 'vitest'), args: ['run', 'tests/house.test.ts'] },
  ],
};

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

if (!(command in commands)) {
  process.stderr.write(`There is no command "${command}". Commands are ${Object.keys(commands).join(', ')}.\n`);
  process.exit(2);
}

try {
  // These need nothing that only developers do; an image may leave it out.
  const node = await prepare({ development: !['start', 'load', 'ig', 'terminology'].includes(command) });
  let worst = 0;
  for (const step of commands[command]()) {
    if (step.title) process.stdout.write(`\n── ${step.title}\n`);
    const code = await run(node, step);
    if (step.title)
      process.stdout.write(code === 0 ? `── ${step.title}: nothing to mend\n` : `── ${step.title}: see above\n`);
    worst = Math.max(worst, code);
  }
  process.exitCode = worst;
} catch (error) {
  process.stderr.write(`${error instanceof Error && !error.sentence ? error.stack : error.message}\n`);
  process.exitCode = 1;
}

/** Runs a script on the pinned Node.js; signals that we get, it gets. Its exit code, or 128 and the signal's number. */
function run(node, { script, args, linked }) {
  const env = { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}` };
  // Types stripped and code compiled once: a second start with two workers took 0.85 s in place of 1.4.
  if (linked) env.NODE_COMPILE_CACHE ??= join(root, '.cache', 'compile');
  // How much memory Node.js takes before it looks for garbage, and in how many places it keeps what is free, cannot be
  // said any more when it runs.
  const memory = linked ? tryReadJson(join(root, 'scripts', 'memory.json')) : undefined;
  for (const [name, value] of Object.entries(memory?.environment ?? {})) env[name] ??= value;
  const child = spawn(node, [...(memory?.flags ?? []), script, ...args], {
    cwd: linked ? process.cwd() : root,
    env,
    stdio: linked ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
  });
  const forward = (signal) => child.kill(signal);
  for (const signal of FORWARDED) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      for (const name of FORWARDED) process.off(name, forward);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}
