/** Profiles that are always at hand: this server's own, and those of R4. */
import type { StructureDefinition } from 'fhir/r4.js';

/** A profile of R4 or of this server; undefined for everybody else's. */
export function ownStructure(_canonical: string): StructureDefinition | undefined {
  return undefined;
}

/** The canonical of the server's own profile of a type; undefined where it has none. */
export function serverProfile(_type: string): string | undefined {
  return undefined;
}
