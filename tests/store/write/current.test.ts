import { expect, it } from 'vitest';
import { type Current, CurrentCache, sidesOf } from '../../../store/write/current.ts';

const current = (version: number, body = '{}'): Current => ({
  version,
  lastUpdated: 0,
  deleted: false,
  method: 2,
  body,
  meta: undefined,
  sides: undefined,
});

it('remembers the newest version that it was told', () => {
  const cache = new CurrentCache(1e6);
  cache.set('Patient/1', current(2));
  cache.set('Patient/1', current(1));
  expect(cache.get('Patient/1')?.version).toBe(2);
  cache.forget('Patient/1');
  expect(cache.get('Patient/1')).toBeUndefined();
});

it('lets go of what was not used for longest when its bytes are used up', () => {
  const cache = new CurrentCache(20_000);
  for (let i = 0; i < 16; i++) cache.set(`Patient/${i}`, current(1, 'x'.repeat(700)));
  cache.get('Patient/0');
  for (let i = 16; i < 24; i++) cache.set(`Patient/${i}`, current(1, 'x'.repeat(700)));
  expect(cache.get('Patient/0')).toBeDefined();
  expect(cache.get('Patient/1')).toBeUndefined();
  expect(cache.get('Patient/23')).toBeDefined();
});

it('does not remember one huge resource in place of all others', () => {
  const cache = new CurrentCache(20_000);
  cache.set('Patient/1', current(1));
  cache.set('Binary/1', current(1, 'x'.repeat(19_000)));
  expect([cache.get('Patient/1') !== undefined, cache.get('Binary/1')]).toEqual([true, undefined]);
});

it('keeps of the index values only what side tables hold', () => {
  const rows = { ids: [], dateRows: [], numRows: [], strRows: [], tokRows: [], geoRows: [] };
  expect(sidesOf({ rid: 1n, sk: 2n, h: [1n, 2n], dict: [], ...rows } as never)).toEqual({ rid: 1n, sk: 2n, ...rows });
});
