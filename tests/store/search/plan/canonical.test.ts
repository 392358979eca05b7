import { expect, it } from 'vitest';
import { isNamed, namesOf } from '../../../../store/search/plan/canonical.ts';
import { sql } from '../../../../store/sql.ts';
import { scopeFor, textOf } from '../scope.ts';

it('takes what a row is referred to by from its id and from its tokens', () => {
  const text = textOf(namesOf('o', scopeFor()));
  expect(text).toContain('SELECT o.rid AS rid UNION ALL');
  expect(text).toContain('unnest(o.h)');
});

it('finds rows by their addresses with the index of tokens', () =>
  expect(textOf(isNamed('r', sql`SELECT 1::int8`, scopeFor()))).toMatch(/^\(r\.h && array\(SELECT q\.a # \$1::int8/));
