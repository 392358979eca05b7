import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../resources/index.ts';
import {
  parseContained,
  requireNotContained,
  requireSortable,
  totalOf,
} from '../../../store/search/contained-control.ts';
import { treeOf } from './scope.ts';

const kindOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as Fault).kind;
  }
};

describe('parseContained', () => {
  it('takes the container for the result, unless what is contained is asked for', () => {
    expect(parseContained('true', undefined)).toEqual({ among: 'contained', as: 'container' });
    expect(parseContained('true', 'contained')).toEqual({ among: 'contained', as: 'contained' });
    expect(parseContained('both', 'container')).toEqual({ among: 'both', as: 'container' });
  });

  it('is nothing by default', () => {
    expect(parseContained(undefined, undefined)).toBeUndefined();
    expect(parseContained('false', 'contained')).toBeUndefined();
  });

  it('refuses other words', () => {
    expect(kindOf(() => parseContained('yes', undefined))).toBe('invalid-value');
    expect(kindOf(() => parseContained('true', 'both'))).toBe('invalid-value');
    expect(kindOf(() => parseContained(undefined, 'Container'))).toBe('invalid-value');
  });
});

describe('a search among contained resources', () => {
  it('asks containers of any type for what they contain', () => {
    const { types, everything, criteria, among } = treeOf('Medication?_contained=both&code=x&_lastUpdated=gt2024');
    expect([types.length > 100, everything, among]).toEqual([true, true, undefined]);
    expect(criteria).toMatchObject([
      { kind: 'contains', type: 'Medication', own: true, of: [{ kind: 'values', code: 'code' }] },
      { kind: 'values', code: '_lastUpdated' },
    ]);
  });

  it('asks what is contained itself', () => {
    const asked = treeOf('Medication?_contained=true&_containedType=contained&code=x&_sort=-code&_total=estimate');
    expect(asked).toMatchObject({ types: ['Medication'], among: 'contained', total: 'accurate' });
    expect(asked.criteria).toMatchObject([{ kind: 'values', code: 'code' }]);
  });

  it('tells what it cannot be combined with', () => {
    const refused = [
      '?_contained=true',
      'Medication?_contained=true&_text=cream',
      'Medication?_contained=true&_filter=not (_content co cream)',
      'Medication?_contained=true&_list=7',
      'Medication?_contained=true&_sort=_id,-code',
      'Medication?_contained=both&_containedType=contained&_include=Medication:manufacturer',
    ];
    for (const url of refused)
      expect(
        kindOf(() => treeOf(url)),
        url,
      ).toBe('not-supported');
  });
});

describe('requireSortable', () => {
  it('lets containers be sorted by what every resource has', () => {
    const contained = { among: 'contained', as: 'container' } as const;
    requireSortable(contained, '-_lastUpdated,_id');
    requireSortable(contained, undefined);
    requireSortable({ ...contained, as: 'contained' }, 'code');
    requireSortable(undefined, 'code');
    expect(kindOf(() => requireSortable(contained, '_id,code'))).toBe('not-supported');
  });
});

describe('totalOf', () => {
  it('counts what is contained, and estimates the others as before', () => {
    const contained = { among: 'both', as: 'contained' } as const;
    expect(totalOf('estimate', contained)).toBe('accurate');
    expect(totalOf('none', contained)).toBe('none');
    expect(totalOf('estimate', undefined)).toBe('estimate');
  });
});

describe('requireNotContained', () => {
  it('keeps writes from depending on parts of other resources', () => {
    requireNotContained([['_contained', 'false']], 'If-None-Exist');
    expect(kindOf(() => requireNotContained([['_contained', 'both']], 'If-None-Exist'))).toBe('not-supported');
  });
});
