import { expect, it } from 'vitest';
import { heldMap, openMapShelf } from '../../../terminology/maps/library.ts';
import { testContext } from '../../setup/context.ts';
import { LOINC, labToLoinc, roomOf } from './double.ts';

const ADMINISTRATIVE_GENDER = 'http://hl7.org/fhir/ConceptMap/cm-administrative-gender-v3';

it('knows stored maps by id and canonical, the highest version where none is named, and those of R4 itself', async () => {
  const { room } = roomOf(labToLoinc, { ...labToLoinc, id: 'older', version: '1' });
  const library = await openMapShelf(room).library(testContext());
  expect(library.byId('older')?.about.version).toBe('1');
  expect(library.byCanonical(labToLoinc.url!)?.about.version).toBe('2');
  expect(library.byCanonical(`${labToLoinc.url}|1`)?.about.id).toBe('older');
  expect(library.byCanonical(`${labToLoinc.url}|3`)).toBeUndefined();
  expect(library.byCanonical(ADMINISTRATIVE_GENDER)?.about.group?.[0]?.element?.length).toBeGreaterThan(0);
  expect(library.all.filter(({ about }) => about.url === labToLoinc.url)).toHaveLength(1);
});

it('asks the store again only when a map was changed', async () => {
  const { state, room } = roomOf(labToLoinc);
  const shelf = openMapShelf(room);
  await shelf.library(testContext());
  await shelf.library(testContext());
  expect(state.asked).toBe(1);
  state.generation++;
  await shelf.library(testContext());
  expect(state.asked).toBe(2);
});

it('finds elements from both ends, in any case where case says nothing', async () => {
  const units = heldMap({
    resourceType: 'ConceptMap',
    status: 'active',
    group: [
      {
        source: 'urn:ietf:bcp:13',
        target: LOINC,
        element: [{ code: 'Text/Plain', target: [{ code: 'LA1-2', equivalence: 'equal' }] }],
      },
    ],
  });
  const shelf = openMapShelf(roomOf().room);
  const [found] = (await shelf.find([{ map: units, group: 0, code: 'text/PLAIN' }], 'source', testContext()))!;
  expect(found!.map(({ target }) => target?.code)).toEqual(['LA1-2']);
  const [back] = (await shelf.find([{ map: units, group: 0, code: 'LA1-2' }], 'target', testContext()))!;
  expect(back!.map(({ code }) => code)).toEqual(['Text/Plain']);
  expect(await shelf.find([{ map: units, group: 0, code: 'la1-2' }], 'target', testContext())).toEqual([[]]);
});
