import { expect, it } from 'vitest';
import { defineType } from '../../resources/index.ts';

it('makes definitions that nobody can change', () => {
  const definition = defineType({ type: 'Patient', hot: { s1: 'family' } });
  expect(definition).toEqual({ type: 'Patient', hot: { s1: 'family' } });
  expect(() => Object.assign(definition, { type: 'Group' })).toThrow(TypeError);
});
