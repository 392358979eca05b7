/** R4's own types as the trees that profiles are derived from. */
import type { ElementDefinition, ElementDefinitionType } from 'fhir/r4.js';
import { type ElementDef, type ElementType, hasType, typeDef } from '../../resources/index.ts';
import type { ProfileNode } from './tree.ts';

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
    const def = { min: 0, max: '*', ...baseRules(type) };
    tree = { name: type, slice: undefined, element: undefined, def, children: childrenOf(type), slices: [] };
    trees.set(type, tree);
  }
  return tree;
}

function childrenOf(type: string): ProfileNode[] {
  return typeDef(type).elements.map((element) => ({
    name: element.name,
    slice: undefined,
    element,
    def: toDefinition(element),
    // What stands inside of an element that repeats another (`Questionnaire.item.item`) is opened when asked for.
    children: element.children === element.path ? childrenOf(element.path) : [],
    slices: [],
  }));
}

function toDefinition(element: ElementDef): Partial<ElementDefinition> {
  return {
    min: element.min,
    max: Number.isFinite(element.max) ? String(element.max) : '*',
    type: element.types.map(toType),
  };
}

function toType({ code, targets }: ElementType): ElementDefinitionType {
  return { code, ...(targets ? { targetProfile: targets.map((target) => `${ownBase}${target}`) } : {}) };
}

function baseRules(_type: string): Partial<ElementDefinition> {
  return {};
}
