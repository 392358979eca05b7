/** Profiles that are always at hand: this server's own, and those of R4. */
import { readdirSync, readFileSync } from 'node:fs';
import type { StructureDefinition } from 'fhir/r4.js';
import { ownStructure as r4Structure } from '../../resources/index.ts';
import { ownBase } from './own.ts';

/** Where the server's own profiles stand; no machine is meant by it, and nothing is fetched from there. */
export const serverBase = 'https://vesta.health/fhir/StructureDefinition/';

/** R4's profiles and extensions that were asked for. Read from disk, they are dropped when others are used more. */
const kept = new Map<string, StructureDefinition | null>();
const keptMax = 100;

/** A profile of R4 or of this server; undefined for everybody else's. */
export function ownStructure(canonical: string): StructureDefinition | undefined {
  if (canonical.startsWith(serverBase)) return serverStructures().get(plain(canonical));
  if (!canonical.startsWith(ownBase)) return undefined;
  let structure = kept.get(canonical);
  if (structure === undefined) {
    structure = r4Structure(canonical) ?? null;
    if (kept.size >= keptMax) kept.delete(kept.keys().next().value!);
    kept.set(canonical, structure);
  }
  return structure ?? undefined;
}

/** The canonical of the server's own profile of a type; undefined where it has none. */
export function serverProfile(type: string): string | undefined {
  byType ??= new Map([...serverStructures().values()].map((structure) => [structure.type, structure.url]));
  return byType.get(type);
}

/** The server's own profiles by canonical, as they stand in profiles/definitions. */
export function serverStructures(): ReadonlyMap<string, StructureDefinition> {
  own ??= read();
  return own;
}

let own: ReadonlyMap<string, StructureDefinition> | undefined;
let byType: ReadonlyMap<string, string> | undefined;

function read(): ReadonlyMap<string, StructureDefinition> {
  const folder = new URL('../definitions/', import.meta.url);
  const found = new Map<string, StructureDefinition>();
  for (const file of readdirSync(folder)) {
    const structure = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as StructureDefinition;
    if (`${structure.id}.json` !== file || structure.url !== `${serverBase}${structure.id}`) {
      throw new Error(`profiles/definitions/${file}: id and url must follow from the name of the file.`);
    }
    found.set(structure.url, structure);
  }
  return found;
}

function plain(canonical: string): string {
  return canonical.replace(/\|.*$/, '');
}
