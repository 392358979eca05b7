import { expect, it } from 'vitest';
import { calmest, disturbance, order, type Run } from '../../bench/run.ts';

function pair(rate: number, ...others: (number | undefined)[]): Run[] {
  return others.map((othersCores) => ({ rate, othersCores }) as Run);
}

it('turns the order round from pair to pair', () => {
  expect([0, 1, 2].map(order)).toEqual([
    [0, 1],
    [1, 0],
    [0, 1],
  ]);
});

it('takes a pair for as disturbed as its more disturbed run', () => {
  expect(disturbance(pair(1, 0.1, 0.7))).toBe(0.7);
  expect(disturbance(pair(1, undefined, undefined))).toBe(0);
});

it('keeps the calmest pairs in the order in which they ran, half with each server first, whatever their rates', () => {
  const pairs = [
    pair(100, 0.9, 0),
    pair(5, 0.6, 0),
    pair(900, 0.1, 0),
    pair(50, 0.4, 0.2),
    pair(1, 0, 0.2),
    pair(2, 0.8, 0),
  ];
  expect(calmest(pairs, 2)).toEqual([pairs[2], pairs[3]]);
  expect(calmest(pairs, 4)).toEqual([pairs[1], pairs[2], pairs[3], pairs[4]]);
});
