import { expect, it } from 'vitest';
import { isRowOf, keyOfTargets, TargetTypes } from '../../../store/write/targets.ts';

const location = { n: 112, partition: 'rest' };
const account = { n: 100, partition: 'rest' };

it('names one type by its number', () => {
  const types = new TargetTypes(location);
  types.add(location);
  types.add(location);
  expect([types.targets, types.numbers]).toEqual([location, [112]]);
  expect(isRowOf(types.targets, 'r')).toBe('o.type = 112 and o.id = r.id');
});

it('takes the type of each row where there are several', () => {
  const types = new TargetTypes(location);
  for (const place of [location, account]) types.add(place);
  expect([types.targets, types.numbers]).toEqual([{ n: undefined, partition: 'rest' }, [100, 112]]);
  expect(isRowOf(types.targets, 'q')).toBe('o.type = q.type and o.id = q.id and o.rid = q.rid');
});

it('tells apart what needs texts of its own', () => {
  const several = { n: undefined, partition: 'rest' };
  expect(new Set([location, account, several].map(keyOfTargets)).size).toBe(3);
});
