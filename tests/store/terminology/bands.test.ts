import { expect, it } from 'vitest';
import { BAND_STARTS } from '../../../store/terminology/bands.ts';

const sizes = BAND_STARTS.map((start, index) => start - (BAND_STARTS[index - 1] ?? 0));

it('begins with a small band and doubles it', () =>
  expect(sizes.slice(0, 8)).toEqual([1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536, 65_536]));

it('never has a band larger than that, up to the last one', () => {
  expect(Math.max(...sizes)).toBe(65_536);
  expect(BAND_STARTS.at(-1)).toBeGreaterThan(3_700_000);
});
