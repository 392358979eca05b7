/** Packages into the store, one after the other, and what is to be told of each. */
import { basename } from 'node:path';
import { type Context, Fault } from '../../resources/index.ts';
import type { Added, Guide, MemberName, Store } from '../../store/index.ts';
import { Refusal } from '../refusal.ts';
import { type ArchiveLimits, type PackageFiles, readPackage } from './archive.ts';
import { type FoundPackage, findPackages, missingOf } from './find.ts';
import { OWN_PACKAGE, ownPackage } from './own.ts';
import { type Package, toPackage } from './package.ts';
import { toSource } from './source.ts';

/** Names told of a long list. */
const TOLD_MAX = 5;

/**
 * Installs the packages at these paths and those beside them that they depend on. One that is refused leaves nothing
 * behind and does not keep the others.
 * @param say is given each line that a person is to read
 * @returns how many were refused
 * @throws Refusal for a path that leads to no package
 */
export async function addPackages(
  paths: readonly string[],
  { store, context, limits }: { readonly store: Store; readonly context: Context; readonly limits: ArchiveLimits },
  say: (text: string) => void,
): Promise<number> {
  const outside = paths.filter((path) => path !== OWN_PACKAGE);
  const { packages, refused } = await findPackages(outside, limits, await store.guides.list(context));
  const refusals: Error[] = [...refused];
  const sources: { readonly where: string; files(): PackageFiles | Promise<PackageFiles> }[] = packages.map(
    ({ path }) => ({ where: basename(path), files: () => readPackage(path, limits) }),
  );
  if (outside.length < paths.length) sources.push({ where: OWN_PACKAGE, files: ownPackage });
  let writes = 0;
  for (const { where, files } of sources) {
    const startedAt = Date.now();
    try {
      const content = toPackage(await files(), where);
      const added = await store.guides.add(toSource(content, where), context);
      writes += added.written + added.deleted;
      for (const line of told(content, added, (Date.now() - startedAt) / 1000)) say(line);
    } catch (error) {
      if (!isAbout(error)) throw error;
      refusals.push(error);
    }
  }
  for (const line of missingLines(packages, await store.guides.list(context))) say(line);
  for (const { message } of refusals) say(`Not installed: ${message}`);
  if (writes > 0) await settle(store, context, say);
  return refusals.length;
}

/** Lines about one package. Pure. */
export function told({ manifest, definitions, leftOut }: Package, added: Added, seconds: number): string[] {
  const name = `${manifest.name}@${manifest.version}`;
  const lines: string[] = [];
  if (added.did === 'nothing') lines.push(`${name} is installed already, just so: nothing was written.`);
  else {
    const what = added.did === 'installed' ? 'installed' : 'replaced by other content of the same version';
    lines.push(
      `${name} ${what}: ${kindsOf(definitions)}; ${added.written} written${added.deleted > 0 ? `, ${added.deleted} deleted` : ''} in ${seconds.toFixed(1)} s.`,
    );
    if (leftOut.size > 0) {
      const kinds = [...leftOut].map(([type, count]) => `${count} ${type}`).join(', ');
      lines.push(`  Left out: ${kinds}: R4 has no canonical for these.`);
    }
    if (added.shared > 0) lines.push(`  ${added.shared} came with another guide just so: both have them.`);
    if (added.unpinned > 0) {
      lines.push(
        `  ${added.unpinned} are not what their canonical means without a version, since another version is pinned: npm run ig -- pin ${name}`,
      );
    }
  }
  if (added.changed.length > 0) {
    lines.push(`  ${added.changed.length} were changed or deleted since, and stay so: ${listed(added.changed)}.`);
  }
  for (const one of added.there.slice(0, TOLD_MAX)) {
    const of = one.of ? `as ${one.of} has it` : 'stored by somebody';
    lines.push(`  ${one.url}|${one.version ?? ''} is there with other content, ${of}: ${one.type}/${one.id} stays.`);
  }
  if (added.there.length > TOLD_MAX) lines.push(`  … and ${added.there.length - TOLD_MAX} more of these.`);
  return lines;
}

/** The first of them, and how many more there are. */
export function listed(names: readonly MemberName[]): string {
  const first = names.slice(0, TOLD_MAX).map(({ type, id }) => `${type}/${id}`);
  return [first.join(', '), ...(names.length > TOLD_MAX ? [`and ${names.length - TOLD_MAX} more`] : [])].join(' ');
}

/** Waits until what can be searched by can be. A running server may do that work. */
export async function settle(store: Store, context: Context, say: (text: string) => void): Promise<void> {
  await store.parameters.refresh();
  const building = store.parameters.states().filter(({ state }) => state === 'building');
  if (building.length === 0) return;
  const codes = building.map(({ type, definition }) => `${type}.${definition.code}`);
  const some = codes.length > TOLD_MAX ? `${codes.slice(0, TOLD_MAX).join(', ')} …` : codes.join(', ');
  say(`Indexing ${codes.length} search parameters: ${some}`);
  await store.parameters.settled(context.signal);
}

/** What the packages that are installed now depend on and is not there. */
function missingLines(packages: readonly FoundPackage[], installed: readonly Guide[]): string[] {
  return packages.flatMap(({ manifest }) => {
    const { name, version } = manifest;
    if (!installed.some((one) => one.name === name && one.version === version)) return [];
    return missingOf(manifest, installed).map(
      (missing) => `${name}@${version} depends on ${missing}, which is not here.`,
    );
  });
}

function kindsOf(definitions: Package['definitions']): string {
  const counts = new Map<string, number>();
  for (const { type } of definitions) counts.set(type, (counts.get(type) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return `${definitions.length} definitions (${sorted.map(([type, count]) => `${count} ${type}`).join(', ')})`;
}

/** Whether it says something of the package; anything else is a bug or a database that is away. */
function isAbout(error: unknown): error is Error {
  if (error instanceof Refusal) return true;
  return error instanceof Fault && error.kind !== 'database-unavailable' && error.kind !== 'storage-full';
}
