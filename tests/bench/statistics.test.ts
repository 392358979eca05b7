import { expect, it } from 'vitest';
import { median, ratio } from '../../bench/statistics.ts';

it('takes the middle value, and the mean of the two middle ones', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 7])).toBe(6);
  expect(median([])).toBeNaN();
});

it('takes the median of the ratios of pairs, not the ratio of medians', () => {
  const pairs = [
    [100, 50],
    [10, 9],
    [1000, 800],
  ] as const;
  expect(ratio(pairs)).toEqual({ median: 0.8, low: 0.5, high: 0.9 });
});
