import { expect, it } from 'vitest';
import { type CodeMap, difference, intersection, sizeOf, union } from '../../terminology/code-map.ts';

const map = (codes: Readonly<Record<string, readonly string[]>>): CodeMap =>
  new Map(Object.entries(codes).map(([system, some]) => [system, new Set(some)]));
const diabetes = map({ snomed: ['44054006', '46635009'], icd: ['E11'] });
const chronic = map({ snomed: ['44054006', '38341003'], local: ['copd'] });

it('joins, cuts and subtracts system by system', () => {
  expect(union(diabetes, chronic)).toEqual(
    map({ snomed: ['44054006', '38341003', '46635009'], icd: ['E11'], local: ['copd'] }),
  );
  expect(intersection(diabetes, chronic)).toEqual(map({ snomed: ['44054006'] }));
  expect(difference(diabetes, chronic)).toEqual(map({ snomed: ['46635009'], icd: ['E11'] }));
  expect(sizeOf(union(diabetes, chronic))).toBe(5);
});

it('leaves what it is given as it was', () => {
  union(diabetes, chronic);
  expect(diabetes).toEqual(map({ snomed: ['44054006', '46635009'], icd: ['E11'] }));
});
