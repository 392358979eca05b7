/** Terminology on definitions that a test gives, without a database. */
import type { CodeSystem, ValueSet } from 'fhir/r4.js';
import type { Concepts, StoredDefinition } from '../../store/index.ts';
import { Shelf } from '../../terminology/shelf.ts';
import { openShelves, type Shelves } from '../../terminology/shelves.ts';

export const WARDS = 'http://hospital.example.org/CodeSystem/wards';

/** Wards of a hospital: two levels, one closed, two languages. */
export const wards: CodeSystem = {
  resourceType: 'CodeSystem',
  id: 'wards',
  url: WARDS,
  version: '3',
  name: 'Wards',
  language: 'en',
  status: 'active',
  content: 'complete',
  caseSensitive: true,
  property: [{ code: 'floor', uri: `${WARDS}#floor`, type: 'integer' }],
  concept: [
    {
      code: 'surgery',
      display: 'Surgery',
      definition: 'Where people are operated on.',
      designation: [{ language: 'de', value: 'Chirurgie' }],
      property: [{ code: 'notSelectable', valueBoolean: true }],
      concept: [
        { code: 'neuro', display: 'Neurosurgery', property: [{ code: 'floor', valueInteger: 4 }] },
        { code: 'cardiac', display: 'Cardiac surgery', property: [{ code: 'status', valueCode: 'retired' }] },
      ],
    },
    { code: 'medicine', display: 'Internal medicine', designation: [{ language: 'de-CH', value: 'Innere Medizin' }] },
  ],
};

export const allWards: ValueSet = {
  resourceType: 'ValueSet',
  id: 'all-wards',
  url: 'http://hospital.example.org/ValueSet/all-wards',
  version: '1',
  name: 'AllWards',
  status: 'active',
  compose: { include: [{ system: WARDS }] },
};

/** What a store says in whose tables there are no concepts. */
export const noTables: Pick<Concepts, 'loaded' | 'find' | 'page' | 'load' | 'drop'> = {
  loaded: async () => [],
  find: async () => [],
  page: async () => ({ concepts: [], total: 0 }),
  load: async () => 0,
  drop: async () => {},
};

/** Shelves of a store that has these definitions. */
export function shelvesOf(...definitions: (ValueSet | CodeSystem)[]): Shelves {
  return openShelves({
    ...noTables,
    generation: () => 1,
    async definitions(_, names) {
      return definitions
        .filter((one) =>
          names.some(
            (name) =>
              name.type === one.resourceType &&
              ('url' in name ? name.url === one.url : 'id' in name && name.id === one.id),
          ),
        )
        .map((resource) => storedOf(resource));
    },
  });
}

/** A shelf with these definitions. */
export function shelfOf(...definitions: (ValueSet | CodeSystem)[]): Shelf {
  const shelf = new Shelf();
  shelf.found.push(...definitions.map(storedOf));
  return shelf;
}

function storedOf(resource: ValueSet | CodeSystem): StoredDefinition {
  return { type: resource.resourceType, id: resource.id ?? 'x', version: 1, lastUpdated: '2026-01-01', resource };
}
