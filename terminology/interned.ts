/**
 * Definitions held once, however many questions need them: each version of a definition is the same object wherever it stands,
 * with what was worked out of it.
 */
import type { CodeSystemConcept, ValueSetExpansionContains } from 'fhir/r4.js';
import { markOf, type StoredDefinition } from '../store/index.ts';

export interface Interned {
  /** The object that is held for the same version; what was handed in where there is none yet. */
  same(definition: StoredDefinition): StoredDefinition;
  /** Codes in all that is held. */
  readonly weight: number;
  forget(): void;
}

/** A definition without codes still takes room. */
const WEIGHT_MIN = 20;

export function openInterned(): Interned {
  const held = new Map<string, StoredDefinition>();
  let weight = 0;
  return {
    same(definition) {
      const { type, id, version, pinned, means } = definition;
      const key = `${markOf(type, id, version, pinned)} ${means ? JSON.stringify(means) : ''}`;
      const known = held.get(key);
      if (known) return known;
      held.set(key, definition);
      weight += weightOf(definition);
      return definition;
    },
    get weight() {
      return weight;
    },
    forget() {
      held.clear();
      weight = 0;
    },
  };
}

/** How many codes a definition lists. */
function weightOf({ resource }: StoredDefinition): number {
  if (resource.resourceType === 'CodeSystem')
    return WEIGHT_MIN + countOf<CodeSystemConcept>(resource.concept, 'concept');
  const parts = [...(resource.compose?.include ?? []), ...(resource.compose?.exclude ?? [])];
  const listed = parts.reduce((sum, { concept = [] }) => sum + concept.length, 0);
  return WEIGHT_MIN + listed + countOf<ValueSetExpansionContains>(resource.expansion?.contains, 'contains');
}

function countOf<T extends { [K in 'concept' | 'contains']?: T[] }>(
  list: readonly T[] = [],
  nested: 'concept' | 'contains',
): number {
  return list.reduce((sum, one) => sum + 1 + countOf(one[nested], nested), 0);
}
