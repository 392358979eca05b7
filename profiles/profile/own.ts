/** R4's own types as the trees that profiles are derived from. */
import type { ElementDefinition } from 'fhir/r4.js';
import { hasType, ownStructure } from '../../resources/index.ts';
import { type ProfileNode, toTree } from './tree.ts';

/** Where R4's definitions stand: type names and names of its own profiles follow. */
export const ownBase = 'http://hl7.org/fhir/StructureDefinition/';

const trees = new Map<string, ProfileNode>();

/** The type of R4 that a canonical names, versions of R4 included; undefined for profiles and everybody else's. */
export function ownType(canonical: string): string | undefined {
  if (!canonical.startsWith(ownBase)) return undefined;
  const bar = canonical.indexOf('|');
  const name = canonical.slice(ownBase.length, bar < 0 ? undefined : bar);
  return hasType(name) && !name.includes('.') ? name : undefined;
}

/** The tree of a type of R4, backbone elements and all, datatypes unopened. @throws Error for a name that R4 does not have */
export function ownTree(type: string): ProfileNode {
  let tree = trees.get(type);
  if (!tree) {
    const structure = ownStructure(`${ownBase}${type}`);
    if (!structure) throw new Error(`FHIR R4 has no definition of ${type}.`);
    tree = toTree(type, (structure.snapshot?.element ?? []).map(withoutProse));
    trees.set(type, tree);
  }
  return tree;
}

/** Trees of R4's types are kept, so they hold rules only. */
function withoutProse({
  definition: _,
  short: __,
  isSummary: ___,
  base: ____,
  ...rules
}: ElementDefinition): ElementDefinition {
  return rules;
}
