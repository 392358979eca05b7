/** Where the parts of an embedded Postgres lie: data files, socket, password, and the note that tells other commands. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Refusal } from '../refusal.ts';
import { type Account, canReach } from './account.ts';
import { SHARED_FOLDER } from './binaries.ts';

/** How to reach a database, in the words of the driver. */
export interface PostgresConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const CLUSTER = 'postgres';
const NOTE = 'postgres.json';
const PASSWORD = 'postgres.password';
/** What may stand in a data folder before the first start has made its records; `reports` are those of loads. */
const OWN_NAMES = /^(\..*|lost\+found|reports|socket|lock\.sock.*|postgres(\..*)?)$/;
const PORT = 5432;
/** The address of a Unix socket, its final zero included: 108 bytes on Linux, 104 on macOS. */
const SOCKET_PATH_BYTES_MAX = 103;
const TEMPORARY_PREFIX = 'vesta-socket-';

/**
 * Makes the data folder where there is none, and gives its real path.
 * Closed to other users; as root they may pass through it, because Postgres runs as one of them.
 */
export function openDataFolder(folder: string): string {
  const isRoot = process.getuid?.() === 0;
  try {
    makeFolder(folder, isRoot ? 0o711 : 0o700);
    requireOwn(folder);
    const { mode } = statSync(folder);
    if (isRoot && (mode & 0o001) === 0) chmodSync(folder, mode | 0o001);
    return realpathSync(folder);
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal(
      `The data folder ${folder} cannot be made or opened: ${(cause as Error).message}.`,
      'Set VESTA_DATA_DIR to a folder that you may write.',
      cause,
    );
  }
}

/** Where the data files are, or a link to where they were moved; nothing is looked up. */
export function clusterPath(data: string): string {
  return join(data, CLUSTER);
}

/** Where the data files are, or were moved to; the real path, which need not exist yet. */
export function clusterFolder(data: string): string {
  const path = clusterPath(data);
  const link = lstatSync(path, { throwIfNoEntry: false });
  if (!link?.isSymbolicLink()) return path;
  if (!existsSync(path)) {
    throw new Refusal(
      `${path} points to a folder that is not there.`,
      'Restore that folder, or remove the link to begin anew.',
    );
  }
  return realpathSync(path);
}

/**
 * Where a new cluster is to be made. Where the account cannot enter the data folder, because a folder above it is closed
 * (a clone in /root), it lies under /var/lib/vesta, and `link` puts a link in the data folder once it is complete.
 */
export function newClusterFolder(
  data: string,
  account: Account | undefined,
  say: (text: string) => void,
): { folder: string; link: () => void } {
  const path = join(data, CLUSTER);
  if (canReach(account, data)) return { folder: path, link: () => {} };
  mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 });
  const home = mkdtempSync(join(SHARED_FOLDER, 'data-'));
  chmodSync(home, 0o711);
  if (!canReach(account, home)) {
    throw new Refusal(
      `The user "${account?.name}", whom Postgres runs as, can enter neither ${data} nor ${home}.`,
      `Open the folders above ${data} (chmod o+x), or set VESTA_DATA_DIR to a folder that this user can enter.`,
    );
  }
  const folder = join(home, CLUSTER);
  say(`The user "${account?.name}", whom Postgres runs as, cannot enter ${data}; the records are kept in ${folder}.`);
  return { folder, link: () => symlinkSync(folder, path) };
}

/** A folder for the socket that only the account can enter, with a path that is short enough. Not for Windows. */
export function socketFolder(data: string, cluster: string, account: Account | undefined): string {
  clearTemporary(data);
  const beside = join(dirname(cluster), 'socket');
  const fits = Buffer.byteLength(join(beside, `.s.PGSQL.${PORT}`)) <= SOCKET_PATH_BYTES_MAX;
  // What a killed Postgres left in it would stop the next one; the lock of the data folder says that none runs.
  if (fits) rmSync(beside, { recursive: true, force: true });
  const folder = fits ? beside : mkdtempSync(join(tmpdir(), TEMPORARY_PREFIX));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  if (account) chownSync(folder, account.uid, account.gid);
  return folder;
}

/** The port: a name only on a Unix socket; on Windows a free one of the loopback. */
export async function choosePort(): Promise<number> {
  if (process.platform !== 'win32') return PORT;
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The owner's password, undefined where the file is missing. */
export function readPassword(data: string): string | undefined {
  const file = join(data, PASSWORD);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/** Writes a new random password, readable by us alone. */
export function makePassword(data: string): string {
  const password = randomBytes(32).toString('base64url');
  place(join(data, PASSWORD), `${password}\n`);
  return password;
}

/** Tells other commands how to reach the running Postgres; the password stays in its own file. */
export function writeNote(data: string, connection: PostgresConnection): void {
  const { password: _, ...told } = connection;
  place(join(data, NOTE), `${JSON.stringify({ ...told, server: process.pid })}\n`);
}

/** How to reach the Postgres that the process `server` started here; undefined while it has not. */
export function readNote(data: string, server: number | undefined): PostgresConnection | undefined {
  const file = join(data, NOTE);
  if (!existsSync(file)) return undefined;
  const { server: writer, ...told } = JSON.parse(readFileSync(file, 'utf8'));
  const password = readPassword(data);
  return password !== undefined && (server === undefined || server === writer) ? { ...told, password } : undefined;
}

/** Removes the note and what was put into the temporary folder. */
export function clearPlace(data: string): void {
  clearTemporary(data);
  rmSync(join(data, NOTE), { force: true });
}

/** A folder of somebody else is left alone: its mode would be changed, and a `socket` in it be replaced. */
function requireOwn(folder: string): void {
  const names = readdirSync(folder);
  if (names.includes(PASSWORD) || existsSync(join(folder, CLUSTER, 'PG_VERSION'))) return;
  const strange = names.find((name) => !OWN_NAMES.test(name));
  if (strange === undefined) return;
  throw new Refusal(
    `The data folder ${folder} holds something else (${strange}), and no records of Vesta.`,
    'Set VESTA_DATA_DIR to a folder of its own: one that is empty, or not there yet.',
  );
}

// Not `recursive`: where the system refuses new names in a folder that is there, as in /proc, Node.js tries for ever.
function makeFolder(folder: string, mode: number): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), mode);
  mkdirSync(folder, { mode });
}

function clearTemporary(data: string): void {
  const file = join(data, NOTE);
  if (!existsSync(file)) return;
  const { host } = JSON.parse(readFileSync(file, 'utf8')) as PostgresConnection;
  if (basename(host).startsWith(TEMPORARY_PREFIX)) rmSync(host, { recursive: true, force: true });
}

function place(path: string, text: string): void {
  const partial = `${path}.new`;
  writeFileSync(partial, text, { mode: 0o600 });
  renameSync(partial, path);
}
