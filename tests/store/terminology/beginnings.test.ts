import { expect, it } from 'vitest';
import { beginningQueries, beginningsOf } from '../../../store/terminology/beginnings.ts';

it('has each beginning of each word once', () =>
  expect(beginningsOf(['hip', 'hit'])).toEqual(['h', 'hi', 'hip', 'hit']));

it('has a long word as a whole beside its first beginnings, and asks for it by prefix', () => {
  const all = beginningsOf(['pseudohypoparathyroidism']);
  expect(all).toHaveLength(17);
  expect(all.slice(-2)).toEqual(['pseudohypoparath', 'pseudohypoparathyroidism']);
  expect(beginningQueries(['pseudohypoparath', 'pseudohypoparathy'])).toEqual([
    "'pseudohypoparath'",
    "'pseudohypoparathy':*",
  ]);
});

it('splits no letter of two halves', () => expect(beginningsOf(['𐐨𐐩'])).toEqual(['𐐨', '𐐨𐐩']));

it('looks at no more of a word than an entry of the index may be long', () => {
  expect(beginningsOf(['x'.repeat(5_000)]).at(-1)).toHaveLength(500);
  expect(beginningQueries(['x'.repeat(5_000)])[0]).toHaveLength(504);
});

it('lets nothing of a word become a part of the query', () =>
  expect(beginningQueries(["he'art", '\\', "#7.1'", ''])).toEqual(["'heart'", "'7.1'"]));
