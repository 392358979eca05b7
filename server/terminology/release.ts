/** What a publisher gave: a folder, a zip file or a single file, read as a stream and never unpacked to the disk. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { Refusal } from '../refusal.ts';
import { broken } from './broken.ts';
import { type Encoding, type Line, linesOf } from './lines.ts';
import { type Layout, type Row, rowsOf } from './table.ts';

export interface ReleaseFile {
  /** With its folders, separated by slashes. */
  readonly path: string;
  /** Without folders. */
  readonly name: string;
  /** Bytes, unpacked. */
  readonly bytes: number;
  chunks(): AsyncIterable<Buffer>;
}

export interface Release {
  /** Of the folder or file that was named. */
  readonly name: string;
  readonly files: readonly ReleaseFile[];
  /** The files whose names match, in the order of their paths. */
  matching(pattern: RegExp): ReleaseFile[];
  /** @throws Refusal where there is none, with `what` it would be */
  one(pattern: RegExp, what: string): ReleaseFile;
  lines(file: ReleaseFile, encoding?: Encoding): AsyncGenerator<readonly Line[]>;
  rows(file: ReleaseFile, layout: Layout, encoding?: Encoding): AsyncGenerator<readonly Row[]>;
  close(): Promise<void>;
}

/** Files of one release; what has more is some other folder. */
const FILES_MAX = 20_000;
const CHUNK_BYTES = 256 * 1024;

/**
 * @param read is told how many bytes were read
 * @throws Refusal for what is not there or is no zip file
 */
export async function openRelease(path: string, read: (bytes: number) => void = () => {}): Promise<Release> {
  const info = await stat(path).catch(() => undefined);
  if (!info) throw new Refusal(`${path} is not there.`);
  const { files, close } = info.isDirectory()
    ? { files: await filesIn(path), close: async () => {} }
    : /\.zip$/i.test(path)
      ? await filesInZip(path)
      : { files: [fileAt(path, basename(path), info.size)], close: async () => {} };
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const counted = async function* (file: ReleaseFile) {
    for await (const chunk of file.chunks()) {
      read(chunk.length);
      yield chunk;
    }
  };
  const release: Release = {
    name: basename(path),
    files,
    matching: (pattern) => files.filter(({ name }) => pattern.test(name)),
    one(pattern, what) {
      const [found] = release.matching(pattern);
      if (found) return found;
      const some = files.slice(0, 5).map(({ path: each }) => each);
      throw new Refusal(
        `There is no ${what} in ${basename(path)}.`,
        some.length === 0 ? 'It is empty.' : `There are: ${some.join(', ')}${files.length > 5 ? ' …' : ''}`,
      );
    },
    lines: (file, encoding) => linesOf(file.path, counted(file), encoding),
    rows: (file, layout, encoding) => rowsOf(file.path, linesOf(file.path, counted(file), encoding), layout),
    close,
  };
  return release;
}

function fileAt(place: string, path: string, bytes: number): ReleaseFile {
  return {
    path,
    name: basename(path),
    bytes,
    chunks: () => createReadStream(place, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>,
  };
}

async function filesIn(folder: string): Promise<ReleaseFile[]> {
  const files: ReleaseFile[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue;
    const place = join(entry.parentPath, entry.name);
    files.push(fileAt(place, relative(folder, place).split(sep).join('/'), (await stat(place)).size));
    if (files.length > FILES_MAX) throw new Refusal(`${folder} holds more than ${FILES_MAX} files.`);
  }
  return files;
}

async function filesInZip(path: string): Promise<{ files: ReleaseFile[]; close: () => Promise<void> }> {
  const unreadable = (cause: unknown) =>
    broken(basename(path), 0, `it cannot be unpacked: ${(cause as Error).message}`, 'Get it once more.', cause);
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path, { autoClose: false });
    const files: ReleaseFile[] = [];
    for await (const entry of zip.eachEntry()) {
      const name = basename(entry.fileName);
      if (entry.fileName.endsWith('/') || name.startsWith('.') || entry.fileName.startsWith('__MACOSX')) continue;
      files.push({ path: entry.fileName, name, bytes: entry.uncompressedSize, chunks: () => unpacked(zip!, entry) });
      if (files.length > FILES_MAX) throw new Error(`it holds more than ${FILES_MAX} files`);
    }
    return { files, close: async () => zip!.close() };
  } catch (error) {
    zip?.close();
    throw unreadable(error);
  }

  async function* unpacked(of: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of await of.openReadStreamPromise(entry)) yield chunk as Buffer;
    } catch (error) {
      throw error instanceof Refusal ? error : unreadable(error);
    }
  }
}
