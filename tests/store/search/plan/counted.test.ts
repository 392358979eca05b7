import { describe, expect, it } from 'vitest';
import { type Access, openAccess } from '../../../../resources/index.ts';
import { conditionsOf } from '../../../../store/search/plan/conditions.ts';
import { countOfKeys } from '../../../../store/search/plan/counted.ts';
import { currentRows } from '../../../../store/search/plan/scope.ts';
import { literal, sql } from '../../../../store/sql.ts';
import { scopeFor, textOf, treeOf } from '../scope.ts';

const count = (query: string, access: Access = openAccess) => {
  const scope = scopeFor(access);
  const search = treeOf(`Observation?${query}`);
  const conditions = conditionsOf(search.criteria, undefined, 'Observation', 'o', scope);
  const rows = currentRows(scope, ['Observation'], 'o', 'row');
  const counted = countOfKeys({ search, conditions, rows, filter: sql`f`, type: literal(4), usual: sql`(u)` }, scope);
  return counted && textOf(counted);
};
const CODE = 'code=http://loinc.org|2345-7';

describe('countOfKeys', () => {
  it('counts a patient by the index alone', () =>
    expect(count('subject=Patient/1')).toMatch(/^\(SELECT count\(\*\) FROM res_observation o WHERE .*o\.subj = any/));

  it.each([CODE, `${CODE}&date=2024-05`, `${CODE}&subject=Patient/1`])(
    'counts those of %s by the index, and adds what it does not know',
    (query) => {
      const [own, rest] = count(query)!.split(' + ');
      expect(own).not.toMatch(/deleted|o\.h |o\.rid/);
      expect(rest).toContain('IS NOT TRUE');
    },
  );

  it('counts by the rows where a bar in what is stored leaves open which part is the code', () => {
    expect(count('code=2345-7')).toMatch(/^\(CASE WHEN EXISTS \(SELECT d\.tok .* THEN \(u\) ELSE /s);
    expect(count(CODE)).not.toContain('CASE WHEN EXISTS');
  });

  it.each(['status=final', `${CODE}&status=final`, 'subject=Patient/1&date=2024', 'date=2024', `${CODE}&${CODE}`])(
    'leaves %s to the usual way',
    (query) => expect(count(query)).toBeUndefined(),
  );

  it('leaves it to the usual way where not all may be seen', () =>
    expect(count(CODE, { ...openAccess, grants: [] })).toBeUndefined());
});
