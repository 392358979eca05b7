/** Guides of the shared data, read whole, with their examples: what the server leaves out of them included. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { CodeSystem, StructureDefinition, ValueSet } from 'fhir/r4.js';
import type { Library } from '../../profiles/index.ts';
import { boundCodes, boundData, type HeldCodes, ownBoundCodes } from '../../terminology/bound.ts';
import { Shelf } from '../../terminology/shelf.ts';
import { sharedData } from './shared-data.ts';

export interface GuideFiles {
  readonly structures: readonly StructureDefinition[];
  readonly terminology: readonly (ValueSet | CodeSystem)[];
  /** Name of the file → the example as it was written. */
  readonly examples: ReadonlyMap<string, string>;
}

/** @param name of the file in `ig-packages`, without `.tgz` */
export function readGuide(name: string): GuideFiles {
  const examples = new Map<string, string>();
  const structures: StructureDefinition[] = [];
  const terminology: (ValueSet | CodeSystem)[] = [];
  for (const [path, text] of tarFiles(gunzipSync(readFileSync(sharedData(`ig-packages/${name}.tgz`))))) {
    const [, folder, file] = /^package\/(example\/)?([^/.][^/]*\.json)$/.exec(path) ?? [];
    if (file === undefined || file === 'package.json') continue;
    const resource = JSON.parse(text);
    if (resource.resourceType === undefined) continue;
    if (folder !== undefined) examples.set(file, text);
    else if (resource.resourceType === 'StructureDefinition') structures.push(resource);
    else if (['ValueSet', 'CodeSystem'].includes(resource.resourceType)) terminology.push(resource);
  }
  return { structures, terminology, examples };
}

/** A library of definitions, R4's own value sets among them; it says of everything else that there is none. */
export function libraryFrom(
  structures: readonly StructureDefinition[],
  terminology: readonly (ValueSet | CodeSystem)[] = [],
): Library {
  const byUrl = new Map<string, StructureDefinition>();
  for (const structure of structures.toReversed()) {
    byUrl.set(structure.url, structure).set(`${structure.url}|${structure.version}`, structure);
  }
  const shelf = new Shelf();
  for (const [i, resource] of terminology.entries()) {
    shelf.found.push({
      type: resource.resourceType,
      id: `t${i}`,
      version: 1,
      lastUpdated: '2026-01-01T00:00:00Z',
      resource,
    });
  }
  const sets = new Map<string, HeldCodes | null>();
  return {
    structure: (canonical) => byUrl.get(canonical) ?? byUrl.get(canonical.replace(/\|.*$/, '')) ?? null,
    valueSet: (canonical) => {
      let found = sets.get(canonical);
      if (found === undefined) {
        const valueSet = shelf.valueSet(canonical);
        found = valueSet ? boundCodes(boundData(canonical, valueSet, shelf)) : ownBoundCodes(canonical);
        sets.set(canonical, found);
      }
      return found;
    },
  };
}

/** Name and text of each file of a tar. */
function* tarFiles(tar: Buffer): Generator<readonly [name: string, text: string]> {
  for (let at = 0; at + 512 <= tar.length; ) {
    const field = (start: number, length: number) =>
      tar.toString('utf8', at + start, at + start + length).replace(/\0.*$/s, '');
    const name = field(0, 100);
    if (name === '') return;
    const size = Number.parseInt(field(124, 12).trim(), 8);
    const prefix = field(345, 155);
    if (/^[0\0]?$/.test(field(156, 1))) {
      yield [prefix === '' ? name : `${prefix}/${name}`, tar.toString('utf8', at + 512, at + 512 + size)];
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}
