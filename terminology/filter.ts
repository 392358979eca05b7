/** Filters of a value set on the concepts of a code system in memory. https://hl7.org/fhir/R4/valueset-filter-operator.html */
import type { CodeSystemConcept } from 'fhir/r4.js';
import type { ConceptFilter } from '../store/index.ts';
import { type Hierarchy, isAbstract, isInactive, propertyValues } from './hierarchy.ts';
import { patternOf } from './pattern.ts';

/** The codes that a filter picks; undefined for an operator that is not known here. */
export function filtered(
  hierarchy: Hierarchy,
  { property, op, value }: ConceptFilter,
): ReadonlySet<string> | undefined {
  const { concepts } = hierarchy;
  const where = (test: (values: readonly string[]) => boolean) =>
    new Set([...concepts].filter(([, concept]) => test(valuesOf(hierarchy, concept, property))).map(([code]) => code));
  const list = value.split(',').map((one) => one.trim());
  switch (op as string) {
    case '=':
      return where((values) => values.includes(value));
    case 'in':
      return where((values) => values.some((one) => list.includes(one)));
    case 'not-in':
      return where((values) => !values.some((one) => list.includes(one)));
    case 'exists':
      return where((values) => values.length > 0 === (value === 'true'));
    case 'regex': {
      const matches = patternOf(value);
      return matches && where((values) => values.some((one) => one.length <= TEXT_MAX && matches(one)));
    }
    default:
      return isConcept(property) && concepts.has(value)
        ? related(hierarchy, op, value)
        : noneOr(property, op, concepts);
  }
}

/** Characters of a text that a regular expression is tried on. */
const TEXT_MAX = 300;

function related(hierarchy: Hierarchy, op: string, code: string): ReadonlySet<string> | undefined {
  const all: ReadonlySet<string> = new Set(hierarchy.concepts.keys());
  switch (op) {
    case 'is-a':
      return hierarchy.below(code);
    case 'descendent-of':
      return hierarchy.below(code).difference(new Set([code]));
    case 'is-not-a':
      return all.difference(hierarchy.below(code));
    case 'generalizes':
      return hierarchy.above(code);
    // The next two are of R5.
    case 'child-of':
      return hierarchy.children(code);
    case 'descendent-leaf':
      return new Set([...hierarchy.below(code)].filter((one) => one !== code && hierarchy.children(one).size === 0));
    default:
      return undefined;
  }
}

const RELATIONS: ReadonlySet<string> = new Set(['is-a', 'descendent-of', 'generalizes', 'child-of', 'descendent-leaf']);

/** A code that the system does not have is above and below nothing. */
function noneOr(property: string, op: string, concepts: ReadonlyMap<string, unknown>): ReadonlySet<string> | undefined {
  if (!isConcept(property)) return undefined;
  if (op === 'is-not-a') return new Set(concepts.keys());
  return RELATIONS.has(op) ? new Set() : undefined;
}

function isConcept(property: string): boolean {
  return property === 'concept' || property === 'code';
}

function valuesOf(hierarchy: Hierarchy, concept: CodeSystemConcept, property: string): string[] {
  switch (property) {
    case 'concept':
    case 'code':
      return [concept.code];
    case 'display':
      return concept.display === undefined ? [] : [concept.display];
    case 'definition':
      return concept.definition === undefined ? [] : [concept.definition];
    case 'parent':
      return [...hierarchy.parents(concept.code)];
    case 'child':
      return [...hierarchy.children(concept.code)];
    // Where nothing is said of these two, they are false.
    case 'inactive':
      return [String(isInactive(concept))];
    case 'notSelectable':
      return [String(isAbstract(concept))];
    default:
      return propertyValues(concept, property);
  }
}
