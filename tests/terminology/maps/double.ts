/** Concept maps of a hospital, and a store that has them. */
import type { ConceptMap } from 'fhir/r4.js';
import type { ConceptMaps, StoredMap } from '../../../store/index.ts';
import { heldMap, type MapShelf, openMapShelf } from '../../../terminology/maps/library.ts';

export const LOCAL = 'http://hospital.example.org/CodeSystem/lab';
export const LOINC = 'http://loinc.org';
export const UNITS = 'http://hospital.example.org/CodeSystem/units';

/** Codes of the laboratory in LOINC: one depends on the material, one has no equal, one is split in two. */
export const labToLoinc: ConceptMap = {
  resourceType: 'ConceptMap',
  id: 'lab',
  url: 'http://hospital.example.org/ConceptMap/lab',
  version: '2',
  status: 'active',
  sourceCanonical: 'http://hospital.example.org/ValueSet/lab',
  targetCanonical: 'http://loinc.org/vs',
  group: [
    {
      source: LOCAL,
      target: LOINC,
      targetVersion: '2.78',
      element: [
        {
          code: 'HB',
          display: 'Haemoglobin',
          target: [{ code: '718-7', equivalence: 'equal', display: 'Hemoglobin' }],
        },
        {
          code: 'GLU',
          target: [
            {
              code: '2339-0',
              equivalence: 'narrower',
              comment: 'In blood only.',
              dependsOn: [{ property: 'material', value: 'blood' }],
            },
            {
              code: '2350-7',
              equivalence: 'wider',
              dependsOn: [{ property: 'material', value: 'urine' }],
              product: [{ property: 'unit', system: UNITS, value: 'mg' }],
            },
          ],
        },
        { code: 'OLD' },
        { code: 'ODD', target: [{ equivalence: 'unmatched', comment: 'Nobody knows.' }] },
      ],
      unmapped: { mode: 'fixed', code: '56850-1', display: 'Interpretation and review' },
    },
  ],
};

/** A store with these maps, whose elements are at hand. */
export function roomOf(...maps: ConceptMap[]) {
  const state = { maps, generation: 1, asked: 0 };
  const held = openMapShelf({} as ConceptMaps);
  const room: ConceptMaps = {
    async all() {
      state.asked++;
      return state.maps.map(
        (resource): StoredMap => ({
          type: 'ConceptMap',
          id: resource.id!,
          version: 1,
          lastUpdated: '2026-01-01T00:00:00.000Z',
          resource,
        }),
      );
    },
    generation: () => state.generation,
    async elements(questions, side, _, context) {
      const wanted = questions.map(({ map, group, key }) => ({ map: heldMap(map.resource), group, code: key }));
      return held.find(wanted, side, context);
    },
  };
  return { state, room };
}

export function mapShelfOf(...maps: ConceptMap[]): MapShelf {
  return openMapShelf(roomOf(...maps).room);
}
