import { expect, it } from 'vitest';
import { Referrers } from '../../store/referrers.ts';
import { TypeNumbers } from '../../store/types.ts';

const types = new TypeNumbers([
  ['1', 'Patient'],
  ['2', 'Encounter'],
  ['4', 'Observation'],
  ['100', 'Account'],
  ['101', 'Basic'],
]);
const open = (...pairs: [target: string, source: string][]) => new Referrers(pairs, (n) => types.placeOf(n));

it('tells which types refer to one, and the partitions in which they lie', () => {
  const referrers = open(['1', '4'], ['1', '101'], ['1', '100'], ['2', '4']);
  expect(referrers.of(1)).toEqual({
    numbers: [4, 100, 101],
    partitions: ['observation', 'rest'],
    key: 'observation rest',
  });
  expect(referrers.of(2)).toEqual({ numbers: [4], partitions: ['observation'], key: 'observation' });
});

it('knows of types to which nobody refers', () => {
  expect(open(['1', '4']).of(4)).toEqual({ numbers: [], partitions: [], key: '' });
});

it('counts a pair with any target for each', () => {
  const referrers = open(['0', '2'], ['1', '4']);
  expect(referrers.of(1).numbers).toEqual([2, 4]);
  expect(referrers.of(100).numbers).toEqual([2]);
});

it('tells which types refer to any of several', () => {
  const referrers = open(['1', '4'], ['1', '101'], ['2', '100'], ['2', '4']);
  expect(referrers.ofAll([1, 2])).toEqual({
    numbers: [4, 100, 101],
    partitions: ['observation', 'rest'],
    key: 'observation rest',
  });
  expect(referrers.ofAll([1])).toBe(referrers.of(1));
  expect(referrers.ofAll([])).toEqual({ numbers: [], partitions: [], key: '' });
});

it('takes what it learns into what it tells', () => {
  const referrers = open(['1', '4']);
  expect(referrers.of(1).numbers).toEqual([4]);
  referrers.learn(1, [2, 4]);
  expect(referrers.of(1)).toMatchObject({ numbers: [2, 4], partitions: ['encounter', 'observation'] });
});
