import { expect, it } from 'vitest';
import { decodeKey, plainDigits } from '../../resources/json-literals.ts';

it.each([
  ['0', 1],
  ['-12.50', 4],
  ['1e3', 4],
  ['1.5e3', 4],
  ['1e-3', 4],
  ['123e-2', 3],
  ['0.001', 4],
])('counts the digits of %s written out', (written, count) => {
  expect(plainDigits(written)).toBe(count);
});

it('takes the escapes out of a key', () => {
  expect(decodeKey('na\\u006de')).toBe('name');
  expect(decodeKey('broken\\x')).toBe('broken\\x');
});
