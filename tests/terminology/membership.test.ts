import fc from 'fast-check';
import { expect, it } from 'vitest';
import { both, either, NONE, not, type Term } from '../../store/index.ts';
import { holds } from '../../terminology/membership.ts';

const codes = (...some: string[]): Term => ({ kind: 'codes', codes: new Set(some), isCaseless: false });
const unknown: Term = { kind: 'unknown', because: 'the system is not at hand' };

it('answers yes, no, or that it cannot be said', () => {
  expect(holds(codes('a'), 'a')).toBe(true);
  expect(holds(codes('a'), 'A')).toBe(false);
  expect(holds({ kind: 'codes', codes: new Set(['de-ch']), isCaseless: true }, 'de-CH')).toBe(true);
  expect(holds(NONE, 'a')).toBe(false);
  expect(holds(unknown, 'a')).toBeUndefined();
});

it('is not kept from an answer by what another part lacks', () => {
  expect(holds(either([unknown, codes('a')]), 'a')).toBe(true);
  expect(holds(either([unknown, codes('a')]), 'b')).toBeUndefined();
  expect(holds(both([unknown, codes('a')]), 'b')).toBe(false);
  expect(holds(both([unknown, codes('a')]), 'a')).toBeUndefined();
  expect(holds(not(unknown), 'a')).toBeUndefined();
});

it('keeps the laws of De Morgan', () => {
  const leaf = fc.constantFrom<Term>(codes('a'), codes('b'), unknown);
  fc.assert(
    fc.property(fc.array(leaf, { minLength: 1 }), (terms) => {
      expect(holds(not(both(terms)), 'a')).toBe(holds(either(terms.map(not)), 'a'));
      expect(holds(not(either(terms)), 'a')).toBe(holds(both(terms.map(not)), 'a'));
    }),
  );
});
