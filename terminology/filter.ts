/**
 * Filters of a value set on single concepts, wherever these are kept; store/terminology/condition.ts says the same in SQL, and
 * a test holds the two together. https://hl7.org/fhir/R4/valueset-filter-operator.html
 */
import type { CodeSystemConcept } from 'fhir/r4.js';
import { CONCEPT_OPERATORS, type ConceptFilter } from '../store/index.ts';
import { type Hierarchy, isAbstract, isInactive, propertyValues } from './hierarchy.ts';
import { patternOf } from './pattern.ts';

/** How concepts of a system stand to each other. */
export interface Places {
  find(code: string): CodeSystemConcept | undefined;
  parents(code: string): ReadonlySet<string>;
  children(code: string): ReadonlySet<string>;
  /** Whether the first is the second, or is above it. */
  subsumes(above: string, code: string): boolean;
  isLeaf(code: string): boolean;
}

/** Whether concepts can be picked by such a filter. */
export function isOffered({ property, op, value }: ConceptFilter): boolean {
  if (op === 'regex') return patternOf(value) !== undefined;
  return VALUE_OPERATORS.has(op) || (isConcept(property) && CONCEPT_OPERATORS.has(op));
}

/** Whether a concept is among those that an offered filter picks. */
export function picks({ property, op, value }: ConceptFilter, concept: CodeSystemConcept, places: Places): boolean {
  if (!VALUE_OPERATORS.has(op)) return isRelated(op as string, concept.code, value, places);
  if (property === 'child' && op !== 'regex' && op !== 'exists') {
    const isParent = (op === '=' ? [value] : listOf(value)).some((child) => places.parents(child).has(concept.code));
    return op === 'not-in' ? !isParent : isParent;
  }
  const values = valuesOf(concept, property, places);
  switch (op) {
    case '=':
      return values.includes(value);
    case 'in':
      return values.some((one) => listOf(value).includes(one));
    case 'not-in':
      return !values.some((one) => listOf(value).includes(one));
    case 'exists':
      return values.length > 0 === (value === 'true');
    default: {
      const matches = patternOf(value)!;
      return values.some((one) => one.length <= TEXT_MAX && matches(one));
    }
  }
}

/** The codes that a filter picks of a hierarchy in memory; undefined for one that is not offered. */
export function filtered(hierarchy: Hierarchy, filter: ConceptFilter): ReadonlySet<string> | undefined {
  if (!isOffered(filter)) return undefined;
  const places = placesOf(hierarchy);
  return new Set([...hierarchy.concepts.values()].filter((one) => picks(filter, one, places)).map(({ code }) => code));
}

const VALUE_OPERATORS: ReadonlySet<string> = new Set(['=', 'in', 'not-in', 'exists', 'regex']);

/** Characters of a text that a regular expression is tried on. */
const TEXT_MAX = 300;

function placesOf(hierarchy: Hierarchy): Places {
  const above = new Map<string, ReadonlySet<string>>();
  return {
    find: (code) => hierarchy.concepts.get(code),
    parents: hierarchy.parents,
    children: hierarchy.children,
    subsumes(one, code) {
      const all = above.get(code) ?? hierarchy.above(code);
      above.set(code, all);
      return all.has(one);
    },
    isLeaf: (code) => hierarchy.children(code).size === 0,
  };
}

/** A code that the system does not have is above and below nothing. */
function isRelated(op: string, code: string, value: string, places: Places): boolean {
  const target = places.find(value)?.code;
  if (target === undefined) return op === 'is-not-a';
  switch (op) {
    case 'is-a':
      return places.subsumes(target, code);
    case 'descendent-of':
      return code !== target && places.subsumes(target, code);
    case 'is-not-a':
      return !places.subsumes(target, code);
    case 'generalizes':
      return places.subsumes(code, target);
    // The next two are of R5.
    case 'child-of':
      return places.parents(code).has(target);
    default:
      return code !== target && places.isLeaf(code) && places.subsumes(target, code);
  }
}

function isConcept(property: string): boolean {
  return property === 'concept' || property === 'code';
}

function valuesOf(concept: CodeSystemConcept, property: string, places: Places): string[] {
  switch (property) {
    case 'concept':
    case 'code':
      return [concept.code];
    case 'display':
      return concept.display === undefined ? [] : [concept.display];
    case 'definition':
      return concept.definition === undefined ? [] : [concept.definition];
    case 'parent':
      return [...places.parents(concept.code)];
    case 'child':
      return [...places.children(concept.code)];
    // Where nothing is said of these two, they are false.
    case 'inactive':
      return [String(isInactive(concept))];
    case 'notSelectable':
      return [String(isAbstract(concept))];
    default:
      return propertyValues(concept, property);
  }
}

function listOf(value: string): string[] {
  return value.split(',').map((one) => one.trim());
}
