import { describe, expect, it } from 'vitest';
import { type Condition, RANK } from '../../../../store/search/condition.ts';
import { hasOne, scanning, scanningInside, selected } from '../../../../store/search/plan/inner.ts';
import { currentRows } from '../../../../store/search/plan/scope.ts';
import { sql } from '../../../../store/sql.ts';
import { scopeFor, textOf } from '../scope.ts';

const rows = currentRows(scopeFor(), ['Observation'], 'o_', 'row');
const isLate = sql`o_.dt > now()`;
const byCode: Condition = { filter: isLate, hot: { column: 'code1', values: [7n], list: sql`array[7]`, k: 3 } };
const found: Condition = { filter: isLate, driver: { rank: RANK.token, where: sql`o_.h && array[1]` } };
const bare: Condition = { filter: isLate };

describe('selected', () => {
  it('finds the rows by the index of the condition', () =>
    expect(textOf(selected('o_', rows, found, sql`o_.rid`))).toContain('o_.h && array[1]'));

  it('finds those of a code by their first coding, and by the others', () => {
    const text = textOf(selected('o_', rows, byCode, sql`o_.rid`));
    expect(text).toContain('o_.code1 = any(');
    expect(text).toContain('FROM x_tok x');
  });
});

describe('hasOne', () => {
  const refers = sql`o_.subj = o.rid`;

  it('asks once where any row may do', () =>
    expect(textOf(hasOne(found, rows, 'o_', refers)).match(/LIMIT 1/g)).toHaveLength(1));

  it('asks first for the code, then among rows of several codings where the code is a further one of any', () => {
    const text = textOf(hasOne(byCode, rows, 'o_', refers));
    expect(text.match(/FROM res_observation o_ .*? LIMIT 1/g)).toHaveLength(2);
    expect(text).toContain('(SELECT true FROM x_tok x WHERE x.k = 3 AND x.c = any(array[7]) LIMIT 1) AND o_.fl & ');
  });
});

describe('scanningInside', () => {
  it('tells that no index finds one of them', () => expect(scanningInside([found, bare])).toEqual({ scans: true }));

  it('says nothing where each has an index', () => expect(scanningInside([found, byCode])).toEqual({}));

  it('hears it from further inside', () =>
    expect(scanningInside([{ ...found, scans: true }])).toEqual({ scans: true }));
});

describe('scanning', () => {
  it('passes on what one of several says', () => {
    expect(scanning([found, { ...bare, scans: true }])).toEqual({ scans: true });
    expect(scanning([found, bare])).toEqual({});
  });
});
