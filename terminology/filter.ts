/** Filters of a value set on the concepts of a code system. https://hl7.org/fhir/R4/valueset-filter-operator.html */
import type { CodeSystemConcept, ValueSetComposeIncludeFilter } from 'fhir/r4.js';
import { type Hierarchy, propertyValues } from './hierarchy.ts';

/** The codes that a filter picks; undefined for an operator that is not known here. */
export function filtered(
  hierarchy: Hierarchy,
  { property, op, value }: ValueSetComposeIncludeFilter,
): ReadonlySet<string> | undefined {
  const { concepts } = hierarchy;
  const where = (test: (values: readonly string[]) => boolean) =>
    new Set([...concepts].filter(([, concept]) => test(valuesOf(hierarchy, concept, property))).map(([code]) => code));
  const list = value.split(',').map((one) => one.trim());
  switch (op) {
    case '=':
      return where((values) => values.includes(value));
    case 'in':
      return where((values) => values.some((one) => list.includes(one)));
    case 'not-in':
      return where((values) => !values.some((one) => list.includes(one)));
    case 'exists':
      return where((values) => values.length > 0 === (value === 'true'));
    default:
      return isConcept(property) && concepts.has(value)
        ? related(hierarchy, op, value)
        : noneOr(property, op, concepts);
  }
}

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
    default:
      return undefined;
  }
}

/** A code that the system does not have is above and below nothing. */
function noneOr(property: string, op: string, concepts: ReadonlyMap<string, unknown>): ReadonlySet<string> | undefined {
  if (!isConcept(property)) return undefined;
  if (op === 'is-not-a') return new Set(concepts.keys());
  return ['is-a', 'descendent-of', 'generalizes'].includes(op) ? new Set() : undefined;
}

function isConcept(property: string): boolean {
  return property === 'concept' || property === 'code';
}

function valuesOf(hierarchy: Hierarchy, concept: CodeSystemConcept, property: string): string[] {
  if (isConcept(property)) return [concept.code];
  if (property === 'parent') return [...hierarchy.parents(concept.code)];
  if (property === 'child') return [...hierarchy.children(concept.code)];
  return propertyValues(concept, property);
}
