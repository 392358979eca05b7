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

/** Folders that are told by name. */
const NAMED_MAX = 5;
const NAME = /\.(?:(json)|(ndjson|jsonl))(\.gz)?$/i;

/** What paths stand for. */
export interface Found {
  /** In the order of their names. */
  readonly files: readonly SourceFile[];
  /** Folders within those that were named, as seen from there, which were not entered. */
  readonly left: readonly string[];
}

/**
 * All files to load. A folder stands for the files in it, as with cp and grep; folders inside are entered where `deep`.
 * A file that was named itself must be of a kind that can be loaded; others are passed over in folders.
 * @throws Error with a sentence for a path that is not there or cannot be loaded, and for a folder of nothing but folders
 */
export async function findFiles(paths: readonly string[], deep = false): Promise<Found> {
  const named = new Set(paths.map((path) => resolve(path)));
  const files = new Map<string, SourceFile>();
  const left = new Map<string, string>();
  for (const path of named) {
    const info = await stat(path).catch(() => undefined);
    if (!info) throw new Error(`${path} is not there.`);
    if (info.isDirectory()) await gather(path);
    else if (!take(path, info.size))
      throw new Error(`${path} cannot be loaded: it is none of .json, .ndjson, .jsonl (each also with .gz).`);
  }
  for (const path of named) left.delete(path);
  return { files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)), left: [...left.values()] };

  async function gather(folder: string): Promise<void> {
    const inside: string[] = [];
    let isEmpty = true;
    for (const name of (await readdir(folder, { recursive: deep })).sort()) {
      // A link that leads nowhere is nothing to load.
      const info = await stat(join(folder, name)).catch(() => undefined);
      if (info?.isDirectory()) inside.push(name);
      else if (info && take(join(folder, name), info.size)) isEmpty = false;
    }
    if (deep) return;
    if (isEmpty && inside.length > 0)
      throw new Error(`In ${folder} itself is nothing to load. ${leftSentence(inside)}.`);
    for (const name of inside) left.set(join(folder, name), name);
  }

  function take(path: string, bytes: number): boolean {
    const [, json, lines, packed] = NAME.exec(path) ?? [];
    if (json || lines) files.set(path, { path, bytes, kind: json ? 'json' : 'ndjson', packed: packed !== undefined });
    return (json ?? lines) !== undefined;
  }
}

/** What is told of folders that were not entered: `1 folder inside was left: old/ (name it, or add --deep)`. */
export function leftSentence(left: readonly string[]): string {
  const one = left.length === 1;
  const names = left.slice(0, NAMED_MAX).map((name) => `${name}/`);
  const more = left.length > NAMED_MAX ? ` and ${left.length - NAMED_MAX} more` : '';
  const what = one ? '1 folder inside was left' : `${left.length} folders inside were left`;
  return `${what}: ${names.join(', ')}${more} (name ${one ? 'it' : 'them'}, or add --deep)`;
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

function decoded(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new Fault('invalid-request', 'The file is not UTF-8 text.');
  return bytes.toString('utf8', bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0);
}
