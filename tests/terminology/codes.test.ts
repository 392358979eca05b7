import { expect, it } from 'vitest';
import { codesOf } from '../../terminology/codes.ts';

it('lists the codes of a required binding', () => {
  expect([...codesOf('observation-status')]).toContain('entered-in-error');
  expect(codesOf('http-verb').has('get')).toBe(false);
});

it('lists codes that hang below others, and those that a filter picks', () => {
  expect(codesOf('issue-type').has('code-invalid')).toBe(true);
  expect(codesOf('event-timing').has('PCV')).toBe(true);
});

it('refuses a set that no element is bound to', () => {
  expect(() => codesOf('toString')).toThrow('toString');
});
