import { expect, it } from 'vitest';
import { codeOf, concepts, numbers, parentsOf } from '../../../bench/terminology/hierarchy.ts';

it('makes the same concepts each time, all below the first', () => {
  const [first, second] = [concepts(300), concepts(300)].map((all) => [...all].flat());
  expect(first).toEqual(second);
  expect(first).toHaveLength(300);
  expect(first![0]).toMatchObject({ code: codeOf(0), parents: [] });
  const above = new Set([codeOf(0)]);
  for (const { code, parents } of first!.slice(1)) {
    expect(parents.length).toBeGreaterThan(0);
    expect(parents.every((one) => above.has(one))).toBe(true);
    above.add(code);
  }
  expect(parentsOf(0, numbers())).toEqual([]);
});
