import { describe, expect, it } from 'vitest';
import { searchParameters } from '../../../resources/index.ts';
import { comparedCondition } from '../../../store/search/compare.ts';
import { contextFor } from '../../../store/search/plan/scope.ts';
import type { Comparison } from '../../../store/search/tree.ts';
import { toStatement } from '../../../store/sql.ts';
import { faultOf } from '../../setup/fault.ts';
import { scopeFor } from './scope.ts';

const condition = (type: string, code: string, operator: Comparison, value: string) =>
  comparedCondition(searchParameters(type).get(code)!, operator, value, contextFor(scopeFor(), type, 'o'));

describe('comparedCondition', () => {
  it('binds every value', () => {
    const hostile = "x'; DROP TABLE res; --";
    for (const [code, operator] of [
      ['family', 'eq'],
      ['family', 'ne'],
      ['family', 'ew'],
      ['family', 'ge'],
      ['gender', 'eq'],
      ['identifier', 'ne'],
    ] as const) {
      expect(toStatement(condition('Patient', code, operator, hostile).filter).text).not.toContain('DROP');
    }
  });

  it('finds by an index what is equal or ends so, and walks for the rest', () => {
    const driven = (operator: Comparison) => condition('Patient', 'family', operator, 'smith').driver !== undefined;
    expect((['eq', 'ew', 'ne', 'gt', 'le'] as const).map(driven)).toEqual([true, true, false, false, false]);
  });

  it('keeps dates on their column', () => {
    expect(condition('Observation', 'date', 'po', '2024-05').stretch).toMatchObject({ column: 'dt' });
    expect(condition('Observation', '_lastUpdated', 'co', '2024-05').stretch).toMatchObject({ column: 'lu' });
  });

  it.each([
    ['Patient', 'birthdate', 'po', 'soon'],
    ['Patient', 'family', 'eq', '\u0301'],
    ['RiskAssessment', 'probability', 'co', 'much'],
  ] as const)('refuses %s: %s %s %s', (type, code, operator, value) =>
    expect(faultOf(() => condition(type, code, operator, value)).kind).toBe('invalid-value'),
  );
});
