import { describe, expect, it } from 'vitest';
import { RANK } from '../../../../store/search/condition.ts';
import { conditionsOf } from '../../../../store/search/plan/conditions.ts';
import { chooseDriver, drivenBy, findable } from '../../../../store/search/plan/driver.ts';
import { literal, sql } from '../../../../store/sql.ts';
import { scopeFor, textOf, treeOf } from '../scope.ts';

const conditions = (query: string) =>
  conditionsOf(treeOf(`Observation?${query}`).criteria, undefined, 'Observation', 'o', scopeFor());
const choose = (query: string, column?: string) => chooseDriver(conditions(query), literal(4), { column });

describe('chooseDriver', () => {
  it.each([
    ['_id=7&code=x&patient=1', RANK.key],
    ['identifier=a&code=x', RANK.identifier],
    ['patient=1&code=x&date=2024', RANK.subject],
    ['category=x&date=2024', RANK.token],
    ['code=x&date=2024', RANK.codeAndDate],
    ['date=ge2024&date=lt2025', RANK.closedRange],
    ['date=ge2024', RANK.openRange],
  ])('takes the rarest of %s', (query, rank) => expect(choose(query)!.rank).toBe(rank));

  it('lets tokens drive together', () => {
    const text = textOf(choose('category=x&status=final')!.where!);
    expect(text.match(/o\.h && /g)).toHaveLength(2);
  });

  it('has none where no index finds anything', () => {
    expect(choose('value-quantity=gt5')).toBeUndefined();
    expect(choose('')).toBeUndefined();
  });

  it('leaves a stretch of the order to the walk', () => {
    expect(choose('date=ge2024', 'dt')).toBeUndefined();
    expect(choose('date=ge2024', 'dt2')).toBeDefined();
    expect(choose('date=ge2024&category=x', 'dt')!.rank).toBe(RANK.token);
  });

  it('takes no side rows over several types, since they do not tell which', () =>
    expect(chooseDriver(conditions('date=2024'), undefined)).toBeUndefined());
});

describe('drivenBy', () => {
  const typed = sql`o.type = 4`;
  it('names the type only where the index begins with it', () => {
    expect(textOf(drivenBy({ rank: RANK.token, where: sql`w` }, 'o', typed))).toBe('w');
    expect(textOf(drivenBy({ rank: RANK.key, where: sql`w` }, 'o', typed))).toBe('o.type = 4 AND w');
    expect(textOf(drivenBy({ rank: RANK.identifier, rids: sql`r` }, 'o', typed))).toBe(
      'o.type = 4 AND o.rid = any(array(SELECT DISTINCT q.rid FROM (r) q))',
    );
  });
});

describe('findable', () => {
  it('is everything where nothing drives', () =>
    expect(textOf(findable(conditions(''), literal(4), { typed: sql`true` }))).toBe('true'));
});
