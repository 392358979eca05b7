import { describe, expect, it } from 'vitest';
import { allOf, anyOf, rarest, ridsOf } from '../../../store/search/combine.ts';
import type { Condition } from '../../../store/search/condition.ts';
import { sql, toStatement } from '../../../store/sql.ts';

const place = { alias: 'o', typeNumber: 4 };
const byToken: Condition = { filter: sql`f1`, driver: { rank: 3, where: sql`w1` } };
const byRow: Condition = { filter: sql`f2`, driver: { rank: 5, rids: sql`SELECT rid` } };
const byNothing: Condition = { filter: sql`f3` };
const text = (fragment: Parameters<typeof toStatement>[0]) => toStatement(fragment).text;

describe('allOf', () => {
  it('is driven by the rarest', () => {
    const both = allOf([byRow, byNothing, byToken]);
    expect(text(both.filter)).toBe('(f2 AND f3 AND f1)');
    expect(both.driver).toBe(byToken.driver);
  });
});

describe('anyOf', () => {
  it('is found by an index only where each of them is', () => {
    expect(anyOf([byToken, byNothing], place).driver).toBeUndefined();
    expect(text(anyOf([byToken, byToken], place).driver!.where!)).toBe('(w1 OR w1)');
    expect(text(anyOf([byToken, byRow], place).driver!.rids!)).toBe(
      '(SELECT o.rid FROM res o WHERE o.type = 4 AND w1) UNION ALL (SELECT rid)',
    );
  });

  it('is as costly as the costliest', () => expect(anyOf([byToken, byRow], place).driver!.rank).toBe(5));
});

describe('rarest', () => {
  it('takes the first of equals, and nothing from nothing', () => {
    expect(rarest([byRow.driver!, byToken.driver!])).toBe(byToken.driver);
    expect(rarest([])).toBeUndefined();
  });
});

describe('ridsOf', () => {
  it('makes a SELECT of a condition', () =>
    expect(text(ridsOf(byToken.driver!, place))).toBe('(SELECT o.rid FROM res o WHERE o.type = 4 AND w1)'));
});
