import { expect, it } from 'vitest';
import { rankOf, wordsOf } from '../../terminology/words.ts';

it('compares words without case, accents and signs', () =>
  expect(wordsOf('Ménière’s disease, (left)')).toEqual(['meniere', 's', 'disease', 'left']));

it('finds names in which each word begins one, nearest first', () => {
  const names = ['Disorder of heart and lung', 'Heart failure', 'Failure of heart', 'Heart'];
  const found = (asked: string) =>
    names
      .map((name) => ({ name, rank: rankOf(wordsOf(asked), '1', [name]) }))
      .filter(({ rank }) => rank !== undefined)
      .sort((a, b) => a.rank! - b.rank!)
      .map(({ name }) => name);
  expect(found('heart')).toEqual(['Heart', 'Heart failure', 'Failure of heart', 'Disorder of heart and lung']);
  expect(found('fail hea')).toEqual(['Failure of heart', 'Heart failure']);
  expect(found('art')).toEqual([]);
});

it('finds codes by their beginning', () => {
  expect(rankOf(['8480'], '8480-6', ['Systolic'])).toBeDefined();
  expect(rankOf([], 'x', [])).toBe(0);
});
