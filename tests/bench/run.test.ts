import { expect, it } from 'vitest';
import { order } from '../../bench/run.ts';

it('turns the order round from pair to pair', () => {
  expect(order(3)).toEqual([
    [0, 1],
    [1, 0],
    [0, 1],
  ]);
});
