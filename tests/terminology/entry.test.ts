import { expect, it } from 'vitest';
import { compose } from '../../terminology/composition.ts';
import { entryOf, propertyDeclarations, withStatus } from '../../terminology/entry.ts';
import { itemsOf } from '../../terminology/items.ts';
import { parseLanguages } from '../../terminology/languages.ts';
import { allWards, shelfOf, WARDS, wards } from './double.ts';

const { items } = itemsOf(compose(allWards, shelfOf(wards)), {});
const [surgery, neuro, cardiac] = items;

it('tells system, code and display, and what kind of concept it is', () => {
  expect(entryOf(surgery!, {})).toEqual({ system: WARDS, code: 'surgery', display: 'Surgery', abstract: true });
  expect(entryOf(cardiac!, {})).toMatchObject({ code: 'cardiac', inactive: true });
  expect(entryOf(surgery!, { languages: parseLanguages('de') }).display).toBe('Chirurgie');
});

it('tells the designations that are asked for', () => {
  expect(entryOf(surgery!, { includeDesignations: true }).designation).toEqual([
    { language: 'de', value: 'Chirurgie' },
  ]);
  expect(entryOf(surgery!, { designations: ['urn:ietf:bcp:47|fr'] }).designation).toBeUndefined();
  expect(entryOf(surgery!, { designations: ['de'] }).designation).toHaveLength(1);
});

it('tells properties by the extensions that stand for the elements of R5', () => {
  const { extension } = entryOf(neuro!, { properties: ['floor', 'parent', 'definition'] });
  expect(extension?.map((one) => one.extension)).toEqual([
    [
      { url: 'code', valueCode: 'floor' },
      { url: 'value', valueInteger: 4 },
    ],
    [
      { url: 'code', valueCode: 'parent' },
      { url: 'value', valueCode: 'surgery' },
    ],
  ]);
  expect(propertyDeclarations(['floor', 'unheard-of'], items)).toHaveLength(1);
  expect(withStatus(['floor'], items)).toEqual(['floor', 'status']);
  expect(withStatus(['floor'], [neuro!])).toEqual(['floor']);
});
