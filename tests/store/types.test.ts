import { expect, it } from 'vitest';
import { TypeNumbers } from '../../store/types.ts';

const types = new TypeNumbers([
  ['1', 'Patient'],
  ['12', 'ExplanationOfBenefit'],
  ['100', 'Account'],
]);

it('gives types of their own partition and those that share one', () => {
  expect(types.place('Patient')).toEqual({ n: 1, partition: 'patient' });
  expect(types.place('ExplanationOfBenefit')).toEqual({ n: 12, partition: 'explanationofbenefit' });
  expect(types.place('Account')).toEqual({ n: 100, partition: 'rest' });
  expect([types.name('100'), types.numbers.get('Patient')]).toEqual(['Account', 1]);
});

it('refuses what is no type, so that nothing but numbers of a closed list gets into a statement', () => {
  for (const name of ['Kennel', '', "x' or 1=1", '__proto__', 'constructor'])
    expect(() => types.place(name)).toThrow('is not a resource type');
});
