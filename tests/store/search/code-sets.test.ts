import { expect, it } from 'vitest';
import { questionKey } from '../../../store/search/code-sets.ts';

it('is the same for :in and :not-in of one value set, and tells :above from :below', () => {
  const expression = 'code:in';
  const set = { kind: 'in' as const, valueSet: 'ValueSet/chronic' };
  expect(questionKey({ ...set, expression })).toBe(questionKey({ ...set, expression: 'code:not-in' }));
  const diet = { system: 'http://hospital.example.org/diets', code: 'vegan', expression };
  expect(questionKey({ ...diet, kind: 'above' })).not.toBe(questionKey({ ...diet, kind: 'below' }));
});
