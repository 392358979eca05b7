/**
 * The concepts of a code system and which subsume which: by nesting, and by the properties that stand for it.
 * https://hl7.org/fhir/R4/codesystem.html#hierarchy
 */
import type { CodeSystem, CodeSystemConcept, CodeSystemConceptProperty } from 'fhir/r4.js';

export interface Hierarchy {
  /** Every concept by its code. */
  readonly concepts: ReadonlyMap<string, CodeSystemConcept>;
  /** Codes directly above and below a code; none for one that the system does not have. */
  parents(code: string): ReadonlySet<string>;
  children(code: string): ReadonlySet<string>;
  /** The code itself and all that it is subsumed by (above), or that it subsumes (below). */
  above(code: string): ReadonlySet<string>;
  below(code: string): ReadonlySet<string>;
}

/** Reads the hierarchy of a code system, once for each object. */
export function hierarchyOf(system: CodeSystem): Hierarchy {
  let hierarchy = known.get(system);
  if (!hierarchy) {
    hierarchy = read(system);
    known.set(system, hierarchy);
  }
  return hierarchy;
}

/** The values of a property of a concept, as text. */
export function propertyValues(concept: CodeSystemConcept, code: string): string[] {
  const values = (concept.property ?? []).filter((one) => one.code === code);
  return values.map(propertyText);
}

/** The value of a property as text. */
export function propertyText(property: CodeSystemConceptProperty): string {
  const { valueCode, valueCoding, valueString, valueInteger, valueBoolean, valueDateTime, valueDecimal } = property;
  return String(
    valueCode ?? valueCoding?.code ?? valueString ?? valueInteger ?? valueBoolean ?? valueDateTime ?? valueDecimal,
  );
}

/** Whether a concept is no longer to be used. https://hl7.org/fhir/R4/codesystem-concept-properties.html */
export function isInactive(concept: CodeSystemConcept & { readonly inactive?: boolean }): boolean {
  if (concept.inactive !== undefined) return concept.inactive;
  return (
    propertyValues(concept, 'inactive').includes('true') ||
    propertyValues(concept, 'status').some((status) => INACTIVE.has(status))
  );
}

/** Whether a concept is there to group others, not to be chosen. */
export function isAbstract(concept: CodeSystemConcept & { readonly abstract?: boolean }): boolean {
  if (concept.abstract !== undefined) return concept.abstract;
  return (
    propertyValues(concept, 'notSelectable').includes('true') || propertyValues(concept, 'abstract').includes('true')
  );
}

const INACTIVE: ReadonlySet<string> = new Set(['retired', 'inactive', 'withdrawn']);
const known = new WeakMap<CodeSystem, Hierarchy>();
const NONE: ReadonlySet<string> = new Set();

function read({ concept: roots = [] }: CodeSystem): Hierarchy {
  const concepts = new Map<string, CodeSystemConcept>();
  const parents = new Map<string, Set<string>>();
  const children = new Map<string, Set<string>>();
  const links: [parent: string, child: string][] = [];
  const link = (parent: string, child: string) => links.push([parent, child]);
  // The next one is taken from the end: so concepts come in the order of the definition, those nested after their parent.
  const pending: [concept: CodeSystemConcept, above: string | undefined][] = roots
    .toReversed()
    .map((one) => [one, undefined]);
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [concept, above] = next;
    const { code } = concept;
    if (!concepts.has(code)) concepts.set(code, concept);
    if (above !== undefined) link(above, code);
    for (const parent of [...propertyValues(concept, 'parent'), ...propertyValues(concept, 'subsumedBy')]) {
      link(parent, code);
    }
    for (const child of propertyValues(concept, 'child')) link(code, child);
    for (const one of (concept.concept ?? []).toReversed()) pending.push([one, code]);
  }
  for (const [parent, child] of links) {
    // Concepts that the system does not have are above and below nothing.
    if (!concepts.has(parent) || !concepts.has(child)) continue;
    add(parents, child, parent);
    add(children, parent, child);
  }
  return {
    concepts,
    parents: (code) => parents.get(code) ?? NONE,
    children: (code) => children.get(code) ?? NONE,
    above: (code) => reached(code, parents),
    below: (code) => reached(code, children),
  };
}

function add(links: Map<string, Set<string>>, from: string, to: string): void {
  const known = links.get(from);
  if (known) known.add(to);
  else links.set(from, new Set([to]));
}

/** Whatever the steps lead to; a circle ends where it began. */
function reached(start: string, steps: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const found = new Set([start]);
  for (const code of found) for (const next of steps.get(code) ?? NONE) found.add(next);
  return found;
}
