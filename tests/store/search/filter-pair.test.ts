import { describe, expect, it } from 'vitest';
import { pairTest } from '../../../store/search/filter-pair.ts';
import { parseFilter } from '../../../store/search/filter-syntax.ts';

describe('pairTest', () => {
  const pair = (type: string, text: string) => {
    const test = parseFilter(text);
    if (test.kind !== 'test') throw new Error('It is one test.');
    const [step, last] = test.path;
    return pairTest([type], step!.name, step!.filter!, last!, test);
  };

  it('puts the parts into the order of the composite', () => {
    expect(pair('DocumentReference', 'relatesTo[code eq replaces].target re DocumentReference/1')).toMatchObject({
      code: 'relationship',
      values: ['DocumentReference/1$replaces'],
    });
    expect(pair('DocumentReference', 'relatesTo[target re DocumentReference/1].code eq replaces')).toMatchObject({
      values: ['DocumentReference/1$replaces'],
    });
    expect(pair('Group', 'characteristic[code eq a$b].value eq c')?.values).toEqual(['a\\$b$c']);
  });

  it('is of these types and these tests only', () => {
    expect(pair('Patient', 'characteristic[code eq a].value eq b')).toBeUndefined();
    expect(pair('Group', 'characteristic[code ne a].value eq b')).toBeUndefined();
    expect(pair('Group', 'characteristic[code eq a].code eq b')).toBeUndefined();
    expect(pair('Group', 'characteristic[code eq a or code eq b].value eq b')).toBeUndefined();
  });
});
