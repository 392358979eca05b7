import { expect, it } from 'vitest';
import { uuid7 } from '../../store/uuid.ts';

const SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('makes ids in order of time, also within one millisecond and when the clock goes back', () => {
  const now = Date.parse('2040-01-01T00:00:00Z');
  const ids = Array.from({ length: 10_000 }, (_, i) => uuid7(i % 3 ? now : now - 5000));
  expect(ids.every((id) => SHAPE.test(id))).toBe(true);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

it('begins with the time', () => {
  const ms = Date.parse('2045-06-01T12:00:00Z');
  expect(Number.parseInt(uuid7(ms).replaceAll('-', '').slice(0, 12), 16)).toBe(ms);
});
