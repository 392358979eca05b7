import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Hierarchy } from '../../../store/terminology/hierarchy.ts';

it('places concepts whose parents come later, and counts what is below', () => {
  const hierarchy = new Hierarchy();
  expect(hierarchy.add('spine', ['neuro', 'ortho', 'gone'])).toBe(1);
  hierarchy.add('neuro', ['surgery']);
  hierarchy.add('ortho', ['surgery']);
  hierarchy.add('surgery', []);
  expect(hierarchy.add('spine', [])).toBeUndefined();
  expect(hierarchy.size).toBe(4);
  expect([...hierarchy.placed(3)].flat()).toEqual([
    { s: 1, parents: [2, 3], above: [1, 2, 3, 4], below: 0 },
    { s: 2, parents: [4], above: [2, 4], below: 1 },
    { s: 3, parents: [4], above: [3, 4], below: 1 },
    { s: 4, parents: [], above: [4], below: 3 },
  ]);
});

it('finds the same as a walk along all parents, in circles too', () => {
  const graph = fc.array(fc.array(fc.nat(11), { maxLength: 3 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(graph, (parents) => {
      const hierarchy = new Hierarchy();
      for (const [index, above] of parents.entries()) hierarchy.add(String(index), above.map(String));
      for (const { s, above } of [...hierarchy.placed(5)].flat()) {
        const walked = new Set([s]);
        for (const one of walked) {
          for (const next of parents[one - 1]!) if (next < parents.length) walked.add(next + 1);
        }
        expect(above).toEqual([...walked].sort((a, b) => a - b));
      }
    }),
    { numRuns: 500 },
  );
});
