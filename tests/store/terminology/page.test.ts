import { expect, it } from 'vitest';
import { ALL, type PageRequest } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';
import { testDatabase } from '../../setup/database.ts';
import { openTestStore } from '../postgres.ts';
import { row, system, wardRows } from './wards.ts';

const { concepts } = await openTestStore({ connection: await testDatabase() });
const context = testContext();
const n = await concepts.load(system(), [wardRows], context);
const page = async (changes: Partial<PageRequest>) => {
  const request: PageRequest = {
    system: n,
    isCaseless: false,
    term: ALL,
    numberOf: () => undefined,
    words: undefined,
    activeOnly: false,
    selectableOnly: false,
    offset: 0,
    count: 10,
    size: { most: 1_000_000, isExact: false },
    ...changes,
  };
  const { concepts: found, total } = await concepts.page(request, context);
  return [found.map(({ code }) => code), total];
};

it('tells concepts in the order of the system, a page at a time', async () => {
  expect(await page({})).toEqual([['spine', 'surgery', 'neuro', 'ortho', 'medicine'], 5]);
  expect(await page({ offset: 1, count: 2 })).toEqual([['surgery', 'neuro'], 5]);
  expect(await page({ activeOnly: true, selectableOnly: true })).toEqual([['spine', 'neuro', 'ortho'], 3]);
});

it('finds concepts by the beginnings of words, those with short displays first', async () => {
  expect(await page({ words: ['surg'] })).toEqual([['surgery', 'spine', 'ortho'], 3]);
  expect(await page({ words: ['surg', 'spi'] })).toEqual([['spine'], 1]);
  expect(await page({ words: ['surg'], offset: 1, count: 1 })).toEqual([['spine'], 3]);
  expect(await page({ words: ['kitchen'] })).toEqual([[], 0]);
});

it('believes a size that is known, and asks the index at once for what is in a narrow branch', async () => {
  expect(await page({ size: { most: 7, isExact: true } })).toMatchObject([{}, 7]);
  expect(await page({ size: { most: 7, isExact: true }, activeOnly: true })).toMatchObject([{}, 4]);
  expect(await page({ words: ['surg'], size: { most: 7, isExact: true } })).toEqual([['surgery', 'spine', 'ortho'], 3]);
  expect(await page({ words: ['surg'], offset: 5 })).toEqual([[], 3]);
});

it('finds what is rare behind the first ranks, and does not count what is many', async () => {
  const many = Array.from({ length: 12_000 }, (_, i) => row(`w${i}`, `Ward ${i} ${'x'.repeat(i % 7)}`));
  many.push(row('last', 'A ward with a name so long that it is the last of all of them: Hyacinth'));
  const large = await concepts.load({ ...system(), identity: 'many', isLarge: true }, [many], context);
  expect(await page({ system: large, words: ['hyacinth'] })).toEqual([['last'], 1]);
  const [found, total] = await page({ system: large, words: ['ward'], count: 3 });
  expect(found).toHaveLength(3);
  expect(total).toBeUndefined();
});
