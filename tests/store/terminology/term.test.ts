import { expect, it } from 'vitest';
import { ALL, both, either, NONE, not, type Term } from '../../../store/terminology/term.ts';

const codes: Term = { kind: 'codes', codes: new Set(['a']), isCaseless: false };
const unknown: Term = { kind: 'unknown', because: 'nobody knows' };

it('leaves out what decides nothing', () => {
  expect(both([])).toBe(ALL);
  expect(both([ALL, codes])).toBe(codes);
  expect(both([codes, NONE])).toBe(NONE);
  expect(both([codes, unknown])).toEqual({ kind: 'and', of: [codes, unknown] });
  expect(either([])).toBe(NONE);
  expect(either([NONE, codes])).toBe(codes);
  expect(either([codes, ALL])).toBe(ALL);
  expect(either([codes, unknown])).toEqual({ kind: 'or', of: [codes, unknown] });
});

it('turns terms round', () => {
  expect(not(ALL)).toBe(NONE);
  expect(not(NONE)).toBe(ALL);
  expect(not(not(codes))).toBe(codes);
});
