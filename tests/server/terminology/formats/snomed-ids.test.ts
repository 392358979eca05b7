import { expect, it } from 'vitest';
import { IdSet } from '../../../../server/terminology/formats/snomed-ids.ts';

it('knows what was added, in any order and of any length', () => {
  const set = new IdSet();
  for (let id = 5_000; id > 0; id--) set.add(`9000000000000${id}`);
  expect(set.has('90000000000005000')).toBe(true);
  expect(set.has('90000000000001')).toBe(true);
  expect(set.has('90000000000005001')).toBe(false);
  set.add('90000000000005001');
  expect(set.has('90000000000005001')).toBe(true);
});
