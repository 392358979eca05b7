import { describe, expect, it } from 'vitest';
import { openAccess } from '../../../../resources/index.ts';
import { RANK } from '../../../../store/search/condition.ts';
import { MINUS_INFINITY, PLUS_INFINITY } from '../../../../store/search/index-values.ts';
import {
  containedVersions,
  containerCondition,
  reachedRows,
  searchedRows,
  withoutStretch,
} from '../../../../store/search/plan/contained.ts';
import { literal, sql } from '../../../../store/sql.ts';
import { scopeFor, textOf } from '../scope.ts';

const scope = scopeFor();
const clerk = scopeFor({ ...openAccess, grants: [{ types: ['Medication'], verbs: ['search'] }] });

describe('reachedRows', () => {
  it('hides what the caller may not see, and nothing that a resource contains itself', () => {
    const seen = textOf(reachedRows(clerk, 'Medication', 'o_').from);
    expect(seen).toMatch(/FROM res_rest r UNION ALL .* FROM contained c\) o_$/);
    expect(textOf(reachedRows(clerk, 'Patient', 'o_').from)).toContain('FROM res_patient r WHERE false UNION ALL');
  });
});

describe('searchedRows', () => {
  it('shows what is contained to those who may see its container', () => {
    const text = textOf(searchedRows(clerk, 'Medication', 'o', 'contained').from);
    const { n } = clerk.types.place('Medication');
    expect(text).toContain(`r.rid = c.owner WHERE NOT r.deleted AND r.type IN (${n})`);
    expect(text).not.toContain('UNION ALL');
  });

  it('puts the others beside it', () =>
    expect(textOf(searchedRows(scope, 'Medication', 'o', 'both').from)).toContain('UNION ALL'));
});

describe('withoutStretch', () => {
  const stretch = { column: 'dt', from: 0n, before: 10n } as const;
  const filter = sql`f`;

  it('finds a stretch of a date by an index of contained resources', () => {
    const { driver } = withoutStretch({ filter, stretch }, literal(4), 'contained');
    expect(driver!.rank).toBe(RANK.closedRange);
    expect(textOf(driver!.rids!)).toContain('FROM contained r');
    expect(textOf(driver!.rids!)).not.toContain('FROM res ');
  });

  it('leaves to the filter what half of all rows hold, and the times of versions', () => {
    const open = { ...stretch, from: MINUS_INFINITY };
    expect(withoutStretch({ filter, stretch: open }, literal(4), 'both')).toEqual({ filter });
    const time = { column: 'lu', from: 0n, before: PLUS_INFINITY } as const;
    expect(withoutStretch({ filter, stretch: time }, literal(4), 'contained')).toEqual({ filter });
    const driver = { rank: 3, where: sql`w` };
    expect(withoutStretch({ filter, driver }, literal(4), 'contained')).toEqual({ filter, driver });
  });
});

describe('containerCondition', () => {
  const inside = { alias: 'o_', filter: sql`f1`, driven: sql`d1` };

  it('finds containers by what they contain, and judges one by its own', () => {
    const { filter, driver } = containerCondition({ n: 7, inside, own: undefined, rank: 3 }, 'o');
    expect(textOf(filter)).toContain('WHERE (o_.owner = o.rid AND o_.type = 7 AND f1) LIMIT 1');
    expect(textOf(driver!.across!)).toContain('SELECT o_.owner_type AS type, o_.owner AS rid');
    expect(textOf(driver!.across!)).toContain('(o_.type = 7 AND d1 AND f1)');
  });

  it('takes resources of the type themselves where they are asked for too', () => {
    const own = { filter: sql`f2`, rids: sql`SELECT rid` };
    const { filter, driver } = containerCondition({ n: 7, inside, own, rank: 3 }, 'o');
    expect(textOf(filter)).toContain('(CASE WHEN o.type = 7 THEN f2 ELSE false END) OR ');
    expect(textOf(driver!.across!)).toContain('SELECT 7::smallint AS type, q.rid FROM (SELECT rid) q');
  });
});

describe('containedVersions', () => {
  it('cuts what is contained out of its container, and leaves the others whole', () => {
    expect(textOf(containedVersions(literal(7), 'contained').from)).toContain('p JOIN contained c ON c.rid = p.rid');
    const both = containedVersions(literal(7), 'both');
    expect(textOf(both.from)).toContain('p LEFT JOIN contained c');
    expect(textOf(both.columns)).toContain('CASE WHEN c.rid IS NULL THEN v.resource');
  });
});
