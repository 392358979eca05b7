import { describe, expect, it } from 'vitest';
import { type Access, allows, openAccess, systemAccess } from '../../resources/access.ts';

const laboratory: Access = {
  actor: 'Organization/lab',
  grants: [
    { types: ['Observation', 'DiagnosticReport'], verbs: ['create', 'read', 'update'] },
    { types: ['Patient'], verbs: ['search'] },
  ],
};

describe('what a caller may', () => {
  it('is what one grant says of verb and type together', () => {
    expect(allows(laboratory, 'create', 'Observation')).toBe(true);
    expect(allows(laboratory, 'search', 'Patient')).toBe(true);
    expect(allows(laboratory, 'create', 'Patient')).toBe(false);
    expect(allows(laboratory, 'delete', 'Observation')).toBe(false);
  });

  it('covers all types together only where a grant is for all of them', () => {
    expect(allows(laboratory, 'search', '*')).toBe(false);
    expect(allows(openAccess, 'search', '*')).toBe(true);
  });

  it('is everything for the server itself, which says why it acts', () => {
    const access = systemAccess('npm run load');
    expect(allows(access, 'delete', 'AuditEvent')).toBe(true);
    expect(access.reason).toBe('npm run load');
    expect(() => Object.assign(access, { actor: 'somebody' })).toThrow(TypeError);
  });
});
