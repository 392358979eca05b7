/**
 * One running copy for each data folder. The lock is a listening socket in the folder: the system itself lets go of it
 * when its holder dies, however it dies, and no process id is trusted, which another process may have by now.
 */
import { createHash } from 'node:crypto';
import { realpathSync, rmSync, statSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../refusal.ts';

export interface Holder {
  readonly pid?: number;
  /** The command, e.g. `npm start`. */
  readonly purpose?: string;
}

export interface FolderLock {
  release(): Promise<void>;
}

const LOCK_NAME = 'lock.sock';
/** A holder that is stopped or very busy does not answer; the lock is held all the same. */
const ANSWER_WAIT_MS = 1000;
const SETTLE_MS = 50;
/** A process that was just killed keeps its sockets for a moment, and says nothing on them. */
const DYING_MS = 2_000;

/**
 * Takes the lock of a data folder.
 * @throws Refusal where another process holds it, or the folder is not ours to write
 */
export async function lockFolder(folder: string, purpose: string): Promise<FolderLock> {
  const answer = JSON.stringify({ pid: process.pid, purpose });
  for (let attempt = 0; attempt < 3; attempt++) {
    const seen = identity(folder);
    const holder = await livingHolder(folder);
    if (holder) throw heldBy(folder, holder);
    clearLeftOver(folder, seen);
    const server = await listen(folder, answer);
    if (!server) continue;
    const own = identity(folder);
    // Two starts may clear the same left-over socket: the one whose socket was cleared away by the other gives up.
    if (seen !== undefined) await sleep(SETTLE_MS);
    if (own !== undefined && identity(folder) !== own) {
      // Not closed: closing would unlink the name, which is the other start's by now.
      server.unref();
      continue;
    }
    return { release: () => release(server, folder, own) };
  }
  throw heldBy(folder, (await folderHolder(folder)) ?? {});
}

/** Who holds the lock of a data folder; undefined where nobody does. */
export async function folderHolder(folder: string): Promise<Holder | undefined> {
  const socket = await connect(folder);
  if (!socket) return undefined;
  try {
    return JSON.parse(await readAll(socket)) as Holder;
  } catch {
    return {};
  } finally {
    socket.destroy();
  }
}

async function livingHolder(folder: string): Promise<Holder | undefined> {
  const deadline = Date.now() + DYING_MS;
  let holder = await folderHolder(folder);
  while (holder && holder.pid === undefined && Date.now() < deadline) {
    await sleep(SETTLE_MS);
    holder = await folderHolder(folder);
  }
  return holder;
}

function heldBy(folder: string, holder: Holder): Refusal {
  const who = holder.pid ? `process ${holder.pid}, ${holder.purpose}` : 'another process';
  return new Refusal(
    `The data folder ${folder} is in use by another Vesta (${who}).`,
    'Stop that one first, or give this one a folder of its own with VESTA_DATA_DIR.',
  );
}

/** Runs `use` with the address of the lock. */
function atLock<T>(folder: string, use: (address: string) => T): T {
  if (process.platform === 'win32') {
    const digest = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32);
    return use(`\\\\.\\pipe\\vesta-${digest}`);
  }
  // The address of a Unix socket holds about a hundred bytes, a path may be longer; binding and connecting happen
  // inside the call, so the working folder is another one for that long only.
  const before = process.cwd();
  process.chdir(folder);
  try {
    return use(LOCK_NAME);
  } finally {
    process.chdir(before);
  }
}

function connect(folder: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = atLock(folder, (address) => createConnection(address));
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      // A full queue of connections: somebody is there and does not answer.
      else if (error.code === 'EAGAIN') resolve(socket);
      else reject(notOurs(folder, error));
    });
  });
}

function listen(folder: string, answer: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(answer);
    });
    server.once('listening', () => resolve(server));
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(notOurs(folder, error));
    });
    // `exclusive`: in a cluster the lock belongs to this process and to no other.
    atLock(folder, (address) => server.listen({ path: address, exclusive: true }));
    server.unref();
  });
}

function readAll(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const done = () => resolve(text);
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    socket.once('end', done).once('close', done).once('error', done);
    socket.setTimeout(ANSWER_WAIT_MS, done);
  });
}

/** Removes the socket that was seen before it turned out to have no listener; one that came since is somebody's. */
function clearLeftOver(folder: string, seen: string | undefined): void {
  if (seen === undefined || identity(folder) !== seen) return;
  try {
    rmSync(join(folder, LOCK_NAME), { force: true });
  } catch (error) {
    throw notOurs(folder, error as NodeJS.ErrnoException);
  }
}

// A file system gives the number of a removed file to the next one: the time makes it unique.
function identity(folder: string): string | undefined {
  const found = statSync(join(folder, LOCK_NAME), { throwIfNoEntry: false, bigint: true });
  return found && `${found.ino}:${found.ctimeNs}`;
}

function release(server: Server, folder: string, own: string | undefined): Promise<void> {
  if (own !== undefined && identity(folder) === own) rmSync(join(folder, LOCK_NAME), { force: true });
  return new Promise((resolve) => server.close(() => resolve()));
}

function notOurs(folder: string, error: NodeJS.ErrnoException): Refusal {
  return new Refusal(
    `The data folder ${folder} cannot be used: ${error.message}.`,
    'Start Vesta as the user whom the folder belongs to, or set VESTA_DATA_DIR to a folder of your own.',
    error,
  );
}
