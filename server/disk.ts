/**
 * The room on the disk of the embedded Postgres. Where its log of writes finds none, Postgres ends, and nothing can be
 * read either until there is some: so writes are refused before, while little is left.
 */
import { statfs } from 'node:fs/promises';
import { Fault } from '../resources/index.ts';

export interface Disk {
  /** @throws Fault `storage-full` while less is free than must be */
  requireRoom(): void;
  close(): void;
}

export interface DiskOptions {
  /** A folder on the disk; where it is not there, nothing is ever refused. */
  readonly folder: string;
  readonly freeBytesMin: number;
  /** Is called with a sentence when the room runs out, and when there is some again. */
  readonly say: (text: string) => void;
}

/** Often enough that what is written in between fits into what must be free. */
const LOOK_EVERY_MS = 250;
const MB = 1024 * 1024;

/** Looks at once and then again and again, until closed. */
export async function watchDisk({ folder, freeBytesMin, say }: DiskOptions): Promise<Disk> {
  let freeBytes = Number.POSITIVE_INFINITY;
  let isFull = false;
  const look = async () => {
    freeBytes = await freeBytesOf(folder);
    if (isFull === freeBytes < freeBytesMin) return;
    isFull = !isFull;
    say(
      isFull ? `${littleLeft(freeBytes)} Writes are refused until there is more.` : 'There is room on the disk again.',
    );
  };
  await look();
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  return {
    requireRoom() {
      if (!isFull) return;
      throw new Fault('storage-full', `${littleLeft(freeBytes)} This was not stored.`, {
        hint: 'Reading still works. Ask the operator to free space, then send it again.',
      });
    },
    close: () => clearInterval(timer),
  };
}

function littleLeft(freeBytes: number): string {
  return `The disk of the database is full: ${Math.floor(freeBytes / MB)} MB are left.`;
}

async function freeBytesOf(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
