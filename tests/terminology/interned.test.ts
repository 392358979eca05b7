import { expect, it } from 'vitest';
import type { StoredDefinition } from '../../store/index.ts';
import { openInterned } from '../../terminology/interned.ts';
import { allWards, wards } from './double.ts';

const stored = (version: number, resource = wards as StoredDefinition['resource']): StoredDefinition => ({
  type: resource.resourceType as 'CodeSystem',
  id: resource.id!,
  version,
  lastUpdated: '2026',
  resource,
});

it('holds each version once, and weighs it by its codes', () => {
  const interned = openInterned();
  const first = interned.same(stored(1));
  expect(interned.same(stored(1, structuredClone(wards)))).toBe(first);
  expect(interned.weight).toBe(24);
  expect(interned.same(stored(2))).not.toBe(first);
  expect(interned.same({ ...stored(1), means: { 'http://x': '2' } })).not.toBe(first);
  interned.same(
    stored(1, { ...allWards, expansion: { timestamp: '2026', contains: [{ contains: [{ code: 'neuro' }] }] } }),
  );
  expect(interned.weight).toBe(24 * 3 + 22);
  interned.forget();
  expect(interned.weight).toBe(0);
});
