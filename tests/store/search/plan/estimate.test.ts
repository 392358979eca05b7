import { describe, expect, it } from 'vitest';
import { estimateOf } from '../../../../store/search/plan/estimate.ts';
import { currentRows } from '../../../../store/search/plan/scope.ts';
import { sql } from '../../../../store/sql.ts';
import { scopeFor, textOf } from '../scope.ts';

describe('estimateOf', () => {
  const rows = currentRows(scopeFor(), ['Observation'], 'o', 'row');
  const estimate = estimateOf(rows, sql`found`, sql`filter`, sql`NULL::int8`, 7);

  it('counts so many and one more', () => expect(textOf(estimate.table)).toContain('LIMIT 8'));

  it('looks at a sample only where there are more', () => {
    expect(textOf(estimate.isEstimated)).toBe('(SELECT e.n > 7 FROM e)');
    expect(textOf(estimate.number)).toMatch(/CASE WHEN e\.n > 7 THEN greatest\(e\.n, .*TABLESAMPLE.* ELSE e\.n END/);
  });
});
