import { expect, it } from 'vitest';
import { nearest } from '../../resources/nearest.ts';

it.each([
  ['brithDate', 'birthDate'],
  ['birthdate', 'birthDate'],
  ['nmae', 'name'],
  ['adress', 'address'],
])('takes %s for %s', (written, meant) => {
  expect(nearest(written, ['active', 'name', 'address', 'birthDate', 'gender'])).toBe(meant);
});

it('names nothing when nothing is near, or when the text is no name at all', () => {
  expect(nearest('x', ['name', 'address'])).toBeUndefined();
  expect(nearest('a'.repeat(1_000_000), ['name'])).toBeUndefined();
});
