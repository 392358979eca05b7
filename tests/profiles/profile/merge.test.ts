import { describe, expect, it } from 'vitest';
import { merge, sliceBase } from '../../../profiles/profile/merge.ts';

describe('ElementDefinitions laid over each other', () => {
  it('take what the differential says, and keep the rest', () => {
    expect(merge({ min: 0, max: '*', short: 'a' }, { min: 1 }, 'urn:p')).toEqual({ min: 1, max: '*', short: 'a' });
  });

  it('put one fixed value or pattern in the place of another', () => {
    expect(merge({ patternString: 'a' }, { patternCode: 'b' }, 'urn:p')).toEqual({ patternCode: 'b' });
  });

  it('add constraints, name their source, and replace those of the same key', () => {
    const constraint = (key: string, expression: string) => ({
      key,
      severity: 'error' as const,
      human: key,
      expression,
    });
    const merged = merge(
      { constraint: [constraint('a', '1'), constraint('b', '1')] },
      { constraint: [constraint('b', '2')] },
      'urn:p',
    );
    expect(merged.constraint?.map(({ key, expression, source }) => [key, expression, source])).toEqual([
      ['a', '1', undefined],
      ['b', '2', 'urn:p'],
    ]);
  });

  it('keep of bindings and slicings what is not said again', () => {
    const base = {
      binding: { strength: 'extensible' as const, valueSet: 'urn:v' },
      slicing: { rules: 'open' as const, discriminator: [] },
    };
    const merged = merge(base, { binding: { strength: 'required' }, slicing: { rules: 'closed' } }, 'urn:p');
    expect(merged).toEqual({
      binding: { strength: 'required', valueSet: 'urn:v' },
      slicing: { rules: 'closed', discriminator: [] },
    });
  });

  it('begin a slice without slicing, and as nothing that must be there', () => {
    expect(sliceBase({ min: 2, max: '*', slicing: { rules: 'open' } })).toEqual({ min: 0, max: '*' });
  });
});
