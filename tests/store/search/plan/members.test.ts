import { describe, expect, it } from 'vitest';
import type { Access } from '../../../../resources/index.ts';
import { RANK } from '../../../../store/search/condition.ts';
import { listCondition } from '../../../../store/search/plan/members.ts';
import { toStatement } from '../../../../store/sql.ts';
import { scopeFor, textOf } from '../scope.ts';

describe('listCondition', () => {
  it('finds by the ids of the members', () => {
    const { driver } = listCondition(['ward'], 'o', scopeFor());
    expect(driver?.rank).toBe(RANK.key);
    expect(toStatement(driver!.where!).values).toContainEqual(['ward']);
  });

  it('reads no List that the caller may not', () => {
    const access: Access = { actor: 'x', grants: [{ types: ['Patient'], verbs: ['search', 'read'] }] };
    expect(textOf(listCondition(['ward'], 'o', scopeFor(access)).filter)).toContain('AND false)');
  });
});
