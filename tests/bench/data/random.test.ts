import { expect, it } from 'vitest';
import { openChance } from '../../../bench/data/random.ts';

it('gives the same numbers for the same seed and others for the next', () => {
  const draw = (seed: number): number[] => Array.from({ length: 5 }, openChance(seed).fraction);
  expect(draw(4)).toEqual(draw(4));
  expect(draw(4)).not.toEqual(draw(5));
});

it('keeps whole numbers within their bounds and reaches both ends', () => {
  const chance = openChance(1);
  const seen = new Set(Array.from({ length: 500 }, () => chance.between(3, 6)));
  expect([...seen].sort()).toEqual([3, 4, 5, 6]);
});

it('makes version 4 UUIDs that do not repeat', () => {
  const chance = openChance(2);
  const uuids = Array.from({ length: 2000 }, chance.uuid);
  for (const uuid of uuids)
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(uuids).size).toBe(uuids.length);
});

it('makes numbers of the asked length that do not begin with a zero', () => {
  const chance = openChance(3);
  for (let n = 0; n < 100; n++) expect(chance.digits(6)).toMatch(/^[1-9]\d{5}$/);
});
