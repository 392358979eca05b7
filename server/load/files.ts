/** The files that a load is given: found, opened, unpacked. */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Fault } from '../../resources/index.ts';

export interface SourceFile {
  readonly path: string;
  /** Bytes on disk, packed as they are. */
  readonly bytes: number;
  readonly kind: 'json' | 'ndjson';
  readonly packed: boolean;
}

const NAME = /\.(?:(json)|(ndjson|jsonl))(\.gz)?$/i;

/**
 * All files to load, folders searched through, in the order of their names.
 * A file that was named itself must be of a kind that can be loaded; others are passed over in folders.
 * @throws Error with a sentence for a path that is not there or cannot be loaded
 */
export async function findFiles(paths: readonly string[]): Promise<SourceFile[]> {
  const found = new Map<string, SourceFile>();
  for (const path of paths) await gather(resolve(path), true, found);
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The content of a file, unpacked, as a stream of bytes. */
export function openFile({ path, packed }: SourceFile): Readable {
  const raw = createReadStream(path, { highWaterMark: 1 << 18 });
  if (!packed) return raw;
  const unpacked = createGunzip({ chunkSize: 1 << 18 });
  raw.on('error', (error) => unpacked.destroy(error));
  return raw.pipe(unpacked);
}

/** The whole content as text. @throws Fault `too-large`, `invalid-request` where it is no UTF-8 or cannot be unpacked */
export async function readText(file: SourceFile, bytesMax: number): Promise<string> {
  // Bytes that grow in place and are let go of at once: what is left to the garbage collector, be it pieces of bytes or
  // of text, stood beside the text of a large Bundle until long after that was stored.
  const content = new ArrayBuffer(0, { maxByteLength: bytesMax });
  try {
    let length = 0;
    for await (const chunk of readable<Buffer>(openFile(file), file)) {
      if (length + chunk.length > bytesMax) throw new Fault('too-large', `The file is longer than ${bytesMax} bytes.`);
      content.resize(length + chunk.length);
      chunk.copy(new Uint8Array(content), length);
      length += chunk.length;
    }
    return decoded(Buffer.from(content));
  } finally {
    content.transferToFixedLength(0);
  }
}

/** The same pieces; what goes wrong while they are read is told as a fault of the file. */
export async function* readable<T>(pieces: AsyncIterable<T>, { path }: SourceFile): AsyncGenerator<T> {
  try {
    yield* pieces;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Fault('invalid-request', `${basename(path)} cannot be read: ${why}.`, { cause });
  }
}

async function gather(path: string, named: boolean, found: Map<string, SourceFile>): Promise<void> {
  const info = await stat(path).catch(() => undefined);
  if (!info) throw new Error(`${path} is not there.`);
  if (info.isDirectory()) {
    for (const name of (await readdir(path)).sort()) await gather(join(path, name), false, found);
    return;
  }
  const [, json, lines, packed] = NAME.exec(path) ?? [];
  if (json || lines)
    found.set(path, { path, bytes: info.size, kind: json ? 'json' : 'ndjson', packed: packed !== undefined });
  else if (named)
    throw new Error(`${path} cannot be loaded: it is none of .json, .ndjson, .jsonl (each also with .gz).`);
}

function decoded(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Fault('invalid-request', 'The file is not UTF-8 text.');
  return bytes.toString('utf8', bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0);
}
