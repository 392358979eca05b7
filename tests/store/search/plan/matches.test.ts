import { describe, expect, it } from 'vitest';
import { planMatches } from '../../../../store/search/plan/matches.ts';
import { scopeFor, textOf, treeOf } from '../scope.ts';

const plan = (url: string) => {
  const { tables, total } = planMatches(treeOf(url), undefined, 51, scopeFor());
  return { tables: tables.map(textOf), total: textOf(total) };
};

describe('planMatches', () => {
  it('runs the candidates of an index, or the walk where they are too many, never both', () => {
    const { tables } = plan('Observation?category=x&_sort=-date');
    expect(tables[0]).toMatch(/^c AS MATERIALIZED .* LIMIT 5001\)$/);
    expect(tables.at(-1)).toContain('NOT (SELECT count(*) > 5000 FROM c)');
    expect(tables[1]).toMatch(/^w1 .*\(\(SELECT count\(\*\) > 5000 FROM c\) AND/);
  });

  it('only walks where no index finds anything', () => expect(plan('Observation').tables).toHaveLength(1));

  it('judges types that share all conditions together, others each by its own', () => {
    expect(plan('?_type=Patient,Encounter&_id=7').tables.at(-1)).not.toContain('CASE o.type');
    expect(plan('?_type=Patient,Encounter&identifier=7').tables.at(-1)).toContain('CASE WHEN o.type IN (1) THEN');
  });

  it('counts without any order', () =>
    expect(plan('Observation?category=x&_sort=-date').total).not.toContain('ORDER BY'));
});
