import { describe, expect, it } from 'vitest';
import { type Access, openAccess } from '../../resources/index.ts';
import { type Position, visible } from '../../store/access.ts';
import { toStatement } from '../../store/sql.ts';

const types = new Map([
  ['Patient', 1],
  ['Encounter', 2],
  ['Observation', 4],
]);
const laboratory: Access = {
  actor: 'Practitioner/lab',
  grants: [
    { types: ['Observation', 'Patient'], verbs: ['read', 'search'] },
    { types: ['Encounter'], verbs: ['create'] },
  ],
};
const condition = (access: Access, position: Position, type?: string) =>
  toStatement(visible(access, 'o', position, types, type)).text;

describe('visible', () => {
  it.each(['row', 'one', 'include', 'history'] as const)('lets a caller with everything see all (%s)', (position) => {
    expect(condition(openAccess, position)).toBe('true');
    expect(condition(openAccess, position, 'Patient')).toBe('true');
  });

  it('decides for one type before the statement is sent', () => {
    expect(condition(laboratory, 'row', 'Observation')).toBe('true');
    expect(condition(laboratory, 'row', 'Encounter')).toBe('false');
  });

  it('names the types where rows of several pass', () =>
    expect(condition(laboratory, 'include')).toBe('o.type IN (1, 4)'));

  it('shows nothing to a caller without a grant', () => {
    expect(condition({ actor: 'nobody', grants: [] }, 'row')).toBe('false');
    expect(condition({ actor: 'nobody', grants: [] }, 'history', 'Patient')).toBe('false');
  });

  it('does not take the right to write for the right to see', () =>
    expect(condition({ actor: 'x', grants: [{ types: '*', verbs: ['create', 'update'] }] }, 'row')).toBe('false'));
});
