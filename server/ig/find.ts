/** Which packages are to be added, in which order: what they depend on comes first, where it lies beside them. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fitting } from '../../store/index.ts';
import { Refusal } from '../refusal.ts';
import { type ArchiveLimits, readManifest } from './archive.ts';
import { type Manifest, toManifest } from './package.ts';

/** A package that lies somewhere. */
export interface FoundPackage {
  readonly path: string;
  readonly manifest: Manifest;
}

/** What was found, in the order in which it is to be added, and what could not be looked into. */
export interface FoundPackages {
  readonly packages: readonly FoundPackage[];
  readonly refused: readonly Refusal[];
}

const ARCHIVE = /\.(?:tgz|tar\.gz)$/i;

/**
 * The packages at these paths: a `.tgz` itself, a package that was unpacked, or all packages in a folder. Those that a
 * named one depends on are taken from the same folder.
 * @param installed names and versions that are there already, which need not be added for others
 * @throws Refusal for a path that is not there or holds no package
 */
export async function findPackages(
  paths: readonly string[],
  limits: ArchiveLimits,
  installed: readonly Pick<Manifest, 'name' | 'version'>[],
): Promise<FoundPackages> {
  const refused: Refusal[] = [];
  const look = (path: string) => lookAt(path, limits).catch((error) => void refused.push(asRefusal(error)));
  const named: FoundPackage[] = [];
  const beside = new Map<string, FoundPackage>();
  for (const path of paths.map((one) => resolve(one))) {
    const inside = await placesIn(path);
    for (const one of inside ?? [path]) {
      const found = await look(one);
      if (found) named.push(found);
    }
    if (inside !== undefined) continue;
    // What is broken there, and nobody asked for, is nobody's business.
    for (const one of (await placesIn(dirname(path))) ?? []) {
      const found = one === path ? undefined : await lookAt(one, limits).catch(() => undefined);
      if (found) beside.set(one, found);
    }
  }
  const all = [...named, ...[...beside.values()].filter(({ path }) => !named.some((one) => one.path === path))];
  return { packages: inOrder(named, all, installed), refused };
}

/** Those that a package depends on, by name and version as it says them, and are not among these. */
export function missingOf(
  { depends }: Pick<Manifest, 'depends'>,
  there: readonly Pick<Manifest, 'name' | 'version'>[],
): string[] {
  return Object.entries(depends)
    .filter(([name, asked]) => neededOf(name, asked, there) === undefined)
    .map(([name, asked]) => `${name}@${asked}`);
}

/** The named ones and what they need of the others, each after what it needs. Pure. */
export function inOrder(
  named: readonly FoundPackage[],
  all: readonly FoundPackage[],
  installed: readonly Pick<Manifest, 'name' | 'version'>[],
): FoundPackage[] {
  const ordered: FoundPackage[] = [];
  const seen = new Set<FoundPackage>();
  const visit = (one: FoundPackage) => {
    if (seen.has(one)) return;
    seen.add(one);
    for (const [name, asked] of Object.entries(one.manifest.depends)) {
      const wanted = neededOf(
        name,
        asked,
        all.map(({ manifest }) => manifest),
      );
      const needed = all.find(({ manifest }) => manifest === wanted);
      const isThere = needed && installed.some((other) => isSame(other, needed.manifest)) && !named.includes(needed);
      if (needed && !isThere) visit(needed);
    }
    if (!ordered.some(({ manifest }) => isSame(manifest, one.manifest))) ordered.push(one);
  };
  const sorted = named.toSorted((a, b) => compare(a.manifest, b.manifest));
  for (const one of sorted) visit(one);
  return ordered;
}

/** The packages in a folder; undefined for what is a package itself. @throws Refusal */
async function placesIn(path: string): Promise<string[] | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (!info) throw new Refusal(`${path} is not there.`);
  if (!info.isDirectory()) return undefined;
  const names = (await readdir(path)).sort();
  if (names.includes('package.json') || names.includes('package')) return undefined;
  const places = names.filter((name) => ARCHIVE.test(name)).map((name) => join(path, name));
  // As other tools keep them: NAME#VERSION/package/package.json.
  for (const name of names) {
    const inside = await stat(join(path, name, 'package', 'package.json')).catch(() => undefined);
    if (inside?.isFile()) places.push(join(path, name));
  }
  if (places.length === 0)
    throw new Refusal(`There is no FHIR package in ${path}: no .tgz and no package/package.json.`);
  return places;
}

async function lookAt(path: string, limits: ArchiveLimits): Promise<FoundPackage> {
  const text = await readManifest(path, limits);
  if (text === undefined) {
    throw new Refusal(`${basename(path)} is no FHIR package: there is no package/package.json in it.`);
  }
  return { path, manifest: toManifest(text, basename(path)) };
}

function neededOf<P extends Pick<Manifest, 'name' | 'version'>>(
  name: string,
  asked: string,
  there: readonly P[],
): P | undefined {
  const same = there.filter((one) => one.name === name);
  const version = fitting(
    same.map((one) => one.version),
    asked,
  );
  return same.find((one) => one.version === version);
}

function isSame(a: Pick<Manifest, 'name' | 'version'>, b: Pick<Manifest, 'name' | 'version'>): boolean {
  return a.name === b.name && a.version === b.version;
}

/** Lower versions of one package first: they stay pinned. */
function compare(a: Manifest, b: Manifest): number {
  return a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en', { numeric: true });
}

function asRefusal(error: unknown): Refusal {
  return error instanceof Refusal ? error : new Refusal(String((error as Error)?.message ?? error), undefined, error);
}
