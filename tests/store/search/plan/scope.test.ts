import { describe, expect, it } from 'vitest';
import { contextFor, currentRows, typeList } from '../../../../store/search/plan/scope.ts';
import { scopeFor, textOf } from '../scope.ts';

describe('currentRows', () => {
  it('reads one type from its own partition, and names the type only for look-ups by key', () => {
    const { from, where, typed } = currentRows(scopeFor(), ['Observation'], 'o', 'row');
    expect([from, where, typed].map(textOf)).toEqual(['res_observation o', 'NOT o.deleted AND true', 'o.type = 4']);
  });

  it('names a type that shares its partition', () =>
    expect(textOf(currentRows(scopeFor(), ['Basic'], 'o', 'row').where)).toMatch(
      /^o\.type = 1\d\d AND NOT o\.deleted/,
    ));

  it('reads several types from all partitions', () => {
    const { from, where } = currentRows(scopeFor(), ['Patient', 'Observation'], 'o', 'row');
    expect([from, where].map(textOf)).toEqual(['res o', 'o.type IN (1, 4) AND NOT o.deleted AND true']);
  });

  it('carries what the caller may see', () => {
    const scope = scopeFor({ actor: 'nobody', grants: [] });
    expect(textOf(currentRows(scope, ['Patient'], 'r', 'include').where)).toBe('NOT r.deleted AND false');
  });
});

describe('contextFor', () => {
  it('tells the kinds the type by name and number', () =>
    expect(contextFor(scopeFor(), 'Encounter', 'e')).toMatchObject({ alias: 'e', type: 'Encounter', typeNumber: 2 }));
});

describe('typeList', () => {
  it('writes numbers', () => expect(textOf(typeList(scopeFor(), ['Patient', 'Encounter']))).toBe('1, 2'));
});
