import { afterAll, describe, expect, it } from 'vitest';
import { searchParameters } from '../../../resources/index.ts';
import { nobody, openDatabase } from '../../../store/database.ts';
import { codeText } from '../../../store/search/coding.ts';
import { conditionsOf } from '../../../store/search/plan/conditions.ts';
import { chooseDriver } from '../../../store/search/plan/driver.ts';
import { MANY_ROWS, openShares } from '../../../store/search/shares.ts';
import { literal } from '../../../store/sql.ts';
import { testDatabase } from '../../setup/database.ts';
import { hash, scopeFor, textOf, treeOf } from './scope.ts';

const connection = await testDatabase();
const database = openDatabase({ connection, applicationName: 'vesta shares' });
afterAll(() => database.close());

describe('openShares', () => {
  it('knows the tokens that many rows hold once Postgres has sampled them, and reads anew after a while', async () => {
    await database.house.run(
      [
        {
          text: `insert into res (type, id, sk, rid, ver, lu, h)
            select 4, 'o' || n, n, n, 1, now(), array[7::int8, 1000 + n % 3] from generate_series(1, $1::int) n`,
          values: [MANY_ROWS + 2000],
        },
        { text: 'analyze res_observation' },
      ],
      nobody,
    );
    let now = 0;
    const shares = openShares(database.house, () => now);
    // The first to ask does not wait for it.
    expect(shares.rows('observation', 7n)).toBeUndefined();
    await expect.poll(() => shares.rows('observation', 7n)).toBeGreaterThan(MANY_ROWS);
    expect(shares.rows('observation', 1000n)).toBeUndefined();
    expect(shares.rows('encounter', 7n)).toBeUndefined();
    expect([shares.size('observation'), shares.size('encounter')]).toEqual([MANY_ROWS + 2000, 0]);
    await database.house.run([{ text: 'delete from res where type = 4' }, { text: 'analyze res_observation' }], nobody);
    expect(shares.rows('observation', 7n)).toBeGreaterThan(MANY_ROWS);
    now = 3_600_000;
    await expect.poll(() => shares.rows('observation', 7n)).toBeUndefined();
  });

  it('says nothing where statistics cannot be read', async () => {
    const away = { run: () => Promise.reject(new Error('away')) } as never;
    const shares = openShares(away, () => 0);
    expect(shares.rows('observation', 7n)).toBeUndefined();
    await Promise.resolve();
    expect(shares.rows('observation', 7n)).toBeUndefined();
    expect(shares.size('observation')).toBe(0);
  });
});

describe('common tokens', () => {
  const tokenOf = (parameter: string, code: string) => {
    const [slot] = searchParameters('Observation').get(parameter)!.slots;
    return hash(codeText(slot!, code));
  };
  const common = new Set([tokenOf('status', 'final'), tokenOf('category', 'laboratory')]);
  const scope = {
    ...scopeFor(),
    shares: { rows: (_: string, token: bigint) => (common.has(token) ? 1e6 : undefined), size: () => 1e7 },
  };
  const choose = (query: string, isIndexed = true) => {
    const conditions = conditionsOf(treeOf(`Observation?${query}`).criteria, undefined, 'Observation', 'o', scope);
    return chooseDriver(conditions, literal(4), { column: 'dt', isIndexed });
  };

  it('do not drive where the order is walked by an index', () => expect(choose('status=final')).toBeUndefined());

  it('drive where there is no such index, and where all matches are wanted', () =>
    expect(choose('status=final', false)).toBeDefined());

  it('leave it to the rare ones', () =>
    expect(textOf(choose('status=final&performer=Practitioner/1')!.where!).match(/o\.h && /g)).toHaveLength(1));

  it('drive together, since together they may be rare', () =>
    expect(textOf(choose('status=final&category=laboratory')!.where!).match(/o\.h && /g)).toHaveLength(2));
});
