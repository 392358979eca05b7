import { expect, it } from 'vitest';
import { parseTerminologyOptions } from '../../../bench/terminology/main.ts';

it('takes sizes, and refuses what is none', () => {
  expect(parseTerminologyOptions(['--terminology'])).toEqual({ concepts: 500_000, runs: 200 });
  expect(parseTerminologyOptions(['--terminology', '--concepts', '1000', '--runs', '5'])).toEqual({
    concepts: 1000,
    runs: 5,
  });
  expect(parseTerminologyOptions(['--help'])).toBeUndefined();
  expect(() => parseTerminologyOptions(['--runs', 'many'])).toThrow('--runs takes a whole number');
});
