/** Installs the packages of the lock file, exactly, and shows how far it is. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, Sentence, tryReadJson } from './project.mjs';

const LINE_EVERY_MS = 10_000;

/**
 * Whether node_modules holds what the lock file names. Packages of other platforms may be missing, and those for
 * development where they are not needed.
 */
export function isInstalled({ development }) {
  const wanted = tryReadJson(join(root, 'package-lock.json'))?.packages;
  const there = tryReadJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!wanted || !there) return false;
  for (const [path, { version, optional, dev, devOptional }] of Object.entries(wanted)) {
    if (path === '') continue;
    const found = there[path];
    if (!found && (optional || (!development && (dev || devOptional)))) continue;
    if (found?.version !== version || !existsSync(join(root, path))) return false;
  }
  return true;
}

/**
 * Runs `npm ci`. Install scripts of packages stay off: none is needed, because the links of Postgres are made here.
 * @throws Sentence where npm fails
 */
export async function install() {
  const lock = tryReadJson(join(root, 'package-lock.json'));
  if (!lock) throw new Sentence('package-lock.json is missing or broken: get it back from git.');
  const total = new Set(Object.keys(lock.packages).map(topLevel)).size - 1;
  process.stderr.write('Installing the packages of package-lock.json (once; about half a gigabyte on disk).\n');
  const progress = showProgress(total);
  const code = await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--progress=false']);
  progress.stop();
  if (code === 0) return;
  throw new Sentence(
    `npm could not install the packages (exit code ${code}); what it says stands above.\n` +
      'Vesta needs the npm registry for this, once. Behind a proxy set npm\'s "proxy" and "https-proxy".',
  );
}

function npm(args) {
  // `npm start` tells where npm itself is; started without it, npm lies beside Node.js or on the PATH.
  const beside = join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const cli = [process.env.npm_execpath, beside].find((it) => it?.endsWith('.js') && existsSync(it));
  const [program, first] = cli ? [process.execPath, [cli]] : ['npm', []];
  const child = spawn(program, [...first, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: !cli && process.platform === 'win32',
  });
  const forward = (signal) => child.kill(signal);
  process.once('SIGINT', forward).once('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new Sentence(error.code === 'ENOENT' ? 'npm was not found; it comes with Node.js.' : error.message)),
    );
    child.once('close', (code, signal) => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(code ?? signal);
    });
  });
}

function showProgress(total) {
  const begun = Date.now();
  const live = process.stderr.isTTY;
  const tell = () => {
    const seconds = Math.round((Date.now() - begun) / 1000);
    const line = `Waiting for npm: ${Math.min(countInstalled(), total)} of at most ${total} packages in place, ${seconds} s`;
    process.stderr.write(live ? `\r${line}\u001b[K` : `${line}\n`);
  };
  const timer = setInterval(tell, live ? 500 : LINE_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      process.stderr.write(live ? '\r\u001b[K' : '');
    },
  };
}

function countInstalled() {
  try {
    const folder = join(root, 'node_modules');
    const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
    return names.reduce((sum, name) => sum + (name.startsWith('@') ? readdirSync(join(folder, name)).length : 1), 0);
  } catch {
    return 0;
  }
}

// `node_modules/a/node_modules/b` lies inside `a`, where nobody counts it.
function topLevel(path) {
  return path.split('/node_modules/')[0];
}
