import { expect, it } from 'vitest';
import { namesOf } from '../../../terminology/grammars/grammar.ts';

it('tells names that are known, and nothing of codes that are unknown or malformed', () => {
  expect(namesOf('currency')('CHF')).toBe('Swiss Franc');
  expect(namesOf('language')('qq')).toBeUndefined();
  expect(namesOf('region')('not a region')).toBeUndefined();
});
