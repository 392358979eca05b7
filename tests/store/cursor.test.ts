import { expect, it } from 'vitest';
import { fromCursor, toCursor } from '../../store/cursor.ts';

const key = Buffer.alloc(32, 7);

it('gives back what it was made of', () => {
  const content = JSON.stringify({ id: 'pat-1', name: 'Jürgen' });
  expect(fromCursor(key, toCursor(key, content))).toBe(content);
});

it('refuses what was changed, cut, made up or signed with another key', () => {
  const cursor = toCursor(key, '{"id":"pat-1"}');
  const changed = Buffer.from(cursor, 'base64url');
  changed[changed.length - 1]! ^= 1;
  for (const wrong of [
    changed.toString('base64url'),
    cursor.slice(0, -4),
    '',
    'AAAA',
    toCursor(Buffer.alloc(32, 8), '{"id":"pat-1"}'),
  ]) {
    expect(() => fromCursor(key, wrong)).toThrow('was not made by this server');
  }
});
