import { describe, expect, it } from 'vitest';
import type { Access } from '../../../../resources/index.ts';
import { chainedValue } from '../../../../store/search/plan/chained-value.ts';
import { sortKey } from '../../../../store/search/sort-key.ts';
import { scopeFor, textOf } from '../scope.ts';

const chained = (type: string, key: string, descending = false, access?: Access) =>
  chainedValue(sortKey([type], key, descending), type, scopeFor(access), 'o');

describe('chainedValue', () => {
  it('is read from the target of the column where there is one', () => {
    const { value, as, always } = chained('Observation', 'subject:Patient.family');
    expect([as, always]).toEqual(['text', false]);
    expect(textOf(value)).toContain('o_.rid = o.subj');
  });

  it('is the highest of several for descending order', () =>
    expect(textOf(chained('Observation', 'performer:Practitioner.family', true).value)).toContain('max(q.v'));

  it('goes on from what it found', () =>
    expect(textOf(chained('Observation', 'subject:Patient.organization.name').value)).toContain('o__.rid'));

  it('looks at no target that the caller may not see', () => {
    const access: Access = { actor: 'x', grants: [{ types: ['Observation'], verbs: ['search', 'read'] }] };
    expect(textOf(chained('Observation', 'subject:Patient.family', false, access).value)).toContain('AND false');
  });
});
