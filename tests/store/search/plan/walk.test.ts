import { describe, expect, it } from 'vitest';
import { conditionsOf } from '../../../../store/search/plan/conditions.ts';
import { orderOf, type Start } from '../../../../store/search/plan/order.ts';
import { currentRows } from '../../../../store/search/plan/scope.ts';
import { walk } from '../../../../store/search/plan/walk.ts';
import { literal, sql } from '../../../../store/sql.ts';
import { scopeFor, textOf, treeOf } from '../scope.ts';

function walked(url: string, start?: Start) {
  const search = treeOf(url);
  const scope = scopeFor();
  const [type] = search.types;
  const { tables, rows } = walk(
    {
      search,
      scope,
      start,
      limit: literal(51),
      order: orderOf(search.sort, search.types, scope),
      rows: currentRows(scope, search.types, 'o', 'row'),
      filter: sql`filter`,
      conditions: conditionsOf(search.criteria, undefined, type!, 'o', scope),
      type: literal(4),
    },
    sql`gate`,
  );
  return { tables: tables.map(textOf), rows: textOf(rows) };
}
const start = (key: string | null, backwards: boolean): Start => ({
  position: { keys: [key], type: 4, id: 'x' },
  backwards,
});
const time = '2024-01-01 00:00:00+00';

describe('walk', () => {
  it('follows the primary key where no order is asked', () =>
    expect(walked('Observation').rows).toMatch(
      /FROM res_observation o WHERE \(gate .* ORDER BY type ASC, id ASC LIMIT 51\)$/,
    ));

  it('does not let the planner judge the filter', () =>
    expect(walked('Observation').rows).toContain('CASE WHEN filter THEN true ELSE false END'));

  it('reads rows without a value only where the others do not fill the page', () => {
    const { tables, rows } = walked('Observation?_sort=-date');
    expect(tables[0]).toMatch(/^w1 .* o\.dt IS NOT NULL .* ORDER BY k0 DESC, id DESC LIMIT 51\)\)$/);
    expect(tables[1]).toMatch(/^w2 .* o\.dt IS NULL AND \(SELECT count\(\*\) FROM w1\) < 51/);
    expect(rows).toBe('SELECT * FROM w1 UNION ALL SELECT * FROM w2');
  });

  it('does not look for rows without a value where there can be none', () => {
    expect(walked('Observation?_sort=date&date=ge2024').rows).toBe('SELECT * FROM w1');
    expect(walked('Observation?_sort=date', start(time, true)).rows).toBe('SELECT * FROM w1');
    expect(walked('Observation?_sort=date', start(null, false)).rows).toBe('SELECT * FROM w2');
    expect(walked('Observation?_sort=date', start(null, true)).rows).toBe(
      'SELECT * FROM w1 UNION ALL SELECT * FROM w2',
    );
  });

  it('keeps to the stretch of the index that is asked for, with long ranges beside it', () => {
    const [present] = walked('Observation?_sort=date&date=ge2024&date=lt2025').tables;
    expect(present).toContain('o.fl & 6 = 0');
    expect(present).toContain('tstzrange(o.dt, o.dt_hi) &&');
  });

  it('follows versions by their time', () =>
    expect(walked('Observation?_sort=-_lastUpdated').rows).toMatch(
      /FROM ver_observation w CROSS JOIN LATERAL .* ORDER BY k0 DESC, id DESC/,
    ));
});
