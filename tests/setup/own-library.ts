import type { StructureDefinition } from 'fhir/r4.js';
import type { Library } from '../../profiles/index.ts';
import { ownBoundCodes } from '../../terminology/index.ts';

/** A library that holds R4's own value sets and these definitions, and says of everything else that there is none. */
export function ownLibrary(structures: readonly StructureDefinition[] = []): Library {
  const byUrl = new Map(structures.map((structure) => [structure.url, structure]));
  return {
    structure: (canonical) => byUrl.get(canonical.replace(/\|.*$/, '')) ?? null,
    valueSet: (canonical) => ownBoundCodes(canonical),
  };
}
