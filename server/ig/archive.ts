/**
 * FHIR packages as they lie on the disk: `.tgz` files, or folders of what was in one. They are read into memory and never
 * unpacked to the disk, so that no name in one can lead anywhere.
 * https://confluence.hl7.org/display/FHIR/NPM+Package+Specification
 */
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { Refusal } from '../refusal.ts';

/** Limits of one package, so that a small file cannot fill the memory. */
export interface ArchiveLimits {
  /** Bytes of all of it, unpacked. */
  readonly bytes: number;
  /** Entries of any kind. */
  readonly files: number;
}

/** Name of the file within `package/` → its text: those that a package is made of, examples and other folders left out. */
export type PackageFiles = ReadonlyMap<string, string>;

const MANIFEST = 'package.json';
/** A file that may be a definition, or the manifest. npm lets the folder have any name; FHIR's is `package`. */
const WANTED = /^(?:\.\/)*package\/([^/\\]+\.json)$/;

/**
 * @param path a `.tgz`, or a folder with `package/package.json` or `package.json`
 * @throws Refusal that names the file and says what is wrong with it
 */
export async function readPackage(path: string, limits: ArchiveLimits): Promise<PackageFiles> {
  const info = await stat(path);
  const files = info.isDirectory() ? await readFolder(path, limits) : await readArchive(path, limits, () => false);
  if (!files.has(MANIFEST))
    throw new Refusal(`${basename(path)} is no FHIR package: there is no package/package.json in it.`);
  return files;
}

/** The text of `package.json` alone; undefined where there is none. @throws Refusal as `readPackage` does */
export async function readManifest(path: string, limits: ArchiveLimits): Promise<string | undefined> {
  const info = await stat(path);
  if (info.isDirectory()) return readFile(join(await packageFolder(path), MANIFEST), 'utf8').catch(() => undefined);
  return (await readArchive(path, limits, (name) => name === MANIFEST)).get(MANIFEST);
}

/** @param isEnough whether nothing more is wanted when there is a file of this name */
async function readArchive(
  path: string,
  limits: ArchiveLimits,
  isEnough: (name: string) => boolean,
): Promise<PackageFiles> {
  const files = new Map<string, string>();
  const entries = extract();
  // Its errors come out of the entries as well, where they are waited for.
  const reading = pipeline(createReadStream(path), createGunzip(), meter(path, limits), entries).catch(() => {});
  let count = 0;
  try {
    for await (const entry of entries) {
      if (++count > limits.files) throw tooLarge(path, `more than ${limits.files} files`, 'VESTA_LIMIT_GUIDE_FILES');
      const name = entry.header.type === 'file' ? WANTED.exec(entry.header.name)?.[1] : undefined;
      if (name === undefined || name.startsWith('.')) {
        entry.resume();
        continue;
      }
      if (files.has(name)) throw new Refusal(`${basename(path)} holds package/${name} twice.`);
      files.set(name, await textOf(entry as AsyncIterable<Buffer>, `${basename(path)}: package/${name}`));
      if (isEnough(name)) break;
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      `${basename(path)} cannot be unpacked: ${why}.`,
      'It should be a .tgz as FHIR publishes them. Get it once more.',
      error,
    );
  } finally {
    entries.destroy();
    await reading;
  }
  return files;
}

/** Lets through what the limit allows. */
function meter(path: string, { bytes }: ArchiveLimits): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > bytes) done(tooLarge(path, `more than ${bytes} bytes, unpacked`, 'VESTA_LIMIT_GUIDE_BYTES'));
      else done(null, chunk);
    },
  });
}

async function textOf(entry: AsyncIterable<Buffer>, where: string): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const pieces: string[] = [];
  const decoded = (chunk?: Buffer) => {
    try {
      pieces.push(decoder.decode(chunk, { stream: chunk !== undefined }));
    } catch (cause) {
      throw new Refusal(`${where} is not UTF-8 text.`, undefined, cause);
    }
  };
  for await (const chunk of entry) decoded(chunk);
  decoded();
  return pieces.join('');
}

async function readFolder(path: string, limits: ArchiveLimits): Promise<PackageFiles> {
  const folder = await packageFolder(path);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json') && !name.startsWith('.'));
  if (names.length > limits.files) throw tooLarge(path, `more than ${limits.files} files`, 'VESTA_LIMIT_GUIDE_FILES');
  const files = new Map<string, string>();
  let bytes = 0;
  for (const name of names.sort()) {
    const text = await readFile(join(folder, name), 'utf8');
    bytes += text.length;
    if (bytes > limits.bytes) throw tooLarge(path, `more than ${limits.bytes} bytes`, 'VESTA_LIMIT_GUIDE_BYTES');
    files.set(name, text.replace(/^\uFEFF/, ''));
  }
  return files;
}

async function packageFolder(path: string): Promise<string> {
  const inside = join(path, 'package');
  const found = await stat(join(inside, MANIFEST)).catch(() => undefined);
  return found ? inside : path;
}

function tooLarge(path: string, why: string, setting: string): Refusal {
  return new Refusal(`${basename(path)} holds ${why}.`, `${setting} says how much a package may hold.`);
}
