import type { ConceptMap } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import { openAccess } from '../../../resources/index.ts';
import { searching } from '../../conformance/searching.ts';
import { testContext } from '../../setup/context.ts';
import { first } from '../postgres.ts';

const map: ConceptMap = {
  resourceType: 'ConceptMap',
  id: 'diets',
  url: 'http://hospital.example.org/ConceptMap/diets',
  status: 'active',
  group: [
    {
      source: 'urn:ietf:bcp:47',
      target: 'urn:x',
      element: [
        {
          code: 'de-CH',
          display: 'Swiss',
          target: [
            { code: 'A', equivalence: 'equal' },
            { code: 'B', equivalence: 'wider' },
          ],
        },
        { code: 'fr' },
      ],
    },
  ],
};
const { store, connection, put, delete: remove } = await searching([map as never]);
const room = store.maps;
const isCaseless = (system: string) => system === 'urn:ietf:bcp:47';
const elements = async (key: string, side: 'source' | 'target') => {
  const [stored] = await room.all(openAccess, testContext());
  return room.elements([{ map: stored!, group: 0, key }], side, isCaseless, testContext());
};

it('tells maps without their elements', async () => {
  const [stored] = await room.all(openAccess, testContext());
  expect(stored).toMatchObject({ id: 'diets', version: 1, resource: { url: map.url } });
  expect(stored!.resource.group).toEqual([{ source: 'urn:ietf:bcp:47', target: 'urn:x' }]);
});

it('finds the elements of a code, and of a target, by codes as they are compared', async () => {
  expect(await elements('de-ch', 'source')).toEqual([
    [
      { code: 'de-CH', display: 'Swiss', target: { code: 'A', equivalence: 'equal' } },
      { code: 'de-CH', display: 'Swiss', target: { code: 'B', equivalence: 'wider' } },
    ],
  ]);
  expect(await elements('fr', 'source')).toEqual([[{ code: 'fr' }]]);
  expect(await elements('B', 'target')).toMatchObject([[{ code: 'de-CH' }]]);
  expect(await elements('b', 'target')).toEqual([[]]);
});

it('makes the rows of a map once, however many ask at the same time', async () => {
  await Promise.all(['fr', 'de-ch', 'it'].map((key) => elements(key, 'source')));
  expect(await first(connection, 'select count(*) from concept_map')).toBe('1');
});

it('tells that a map was changed, and keeps the rows of the current version only', async () => {
  const [before] = await room.all(openAccess, testContext());
  await put({ ...map, group: [{ ...map.group![0]!, element: [{ code: 'it' }] }] } as never);
  expect(await elements('it', 'source')).toEqual([[{ code: 'it' }]]);
  expect(await first(connection, 'select identity from concept_map')).toBe('ConceptMap/diets/_history/2');
  expect(
    await room.elements([{ map: before!, group: 0, key: 'fr' }], 'source', isCaseless, testContext()),
  ).toBeUndefined();
});

it('knows nothing of a map that was deleted', async () => {
  const generation = room.generation();
  await remove('ConceptMap/diets');
  expect(room.generation()).not.toBe(generation);
  expect(await room.all(openAccess, testContext())).toEqual([]);
});
