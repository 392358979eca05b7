/** Supplements: designations and properties that others add to a code system. https://hl7.org/fhir/R4/codesystem.html#supplements */
import type { CodeSystem, CodeSystemConcept } from 'fhir/r4.js';
import { hierarchyOf } from './hierarchy.ts';
import type { System } from './system.ts';

/** The system with what supplements say of its concepts. They add no concepts. */
export function supplemented(system: System, supplements: readonly CodeSystem[]): System {
  const concepts = supplements.map((one) => hierarchyOf(one).concepts);
  const merge = (concept: CodeSystemConcept): CodeSystemConcept => {
    const added = concepts.flatMap((one) => one.get(concept.code) ?? []);
    if (added.length === 0) return concept;
    const all = [concept, ...added];
    return {
      ...concept,
      extension: all.flatMap(({ extension = [] }) => extension),
      designation: all.flatMap(({ designation = [] }) => designation),
      property: all.flatMap(({ property = [] }) => property),
    };
  };
  const properties = [system.about, ...supplements].flatMap(({ property = [] }) => property);
  const about: CodeSystem = properties.length > 0 ? { ...system.about, property: properties } : system.about;
  return {
    url: system.url,
    version: system.version,
    table: system.table,
    about,
    isCaseless: system.isCaseless,
    isComplete: system.isComplete,
    size: system.size,
    find(code) {
      const concept = system.find(code);
      return concept && merge(concept);
    },
    offers: (filter) => system.offers(filter),
    passes: (code, filter) => system.passes(code, filter),
    parents: (code) => system.parents(code),
    children: (code) => system.children(code),
    subsumes: (above, code) => system.subsumes(above, code),
    list() {
      const list = system.list();
      return list && Array.from(list, merge);
    },
  };
}
