import { describe, expect, it } from 'vitest';
import { nobody, openDatabase } from '../../../store/database.ts';
import { ROW_TYPES_QUERY, RowSet, rowTypes, SIDE_COUNT, writerOf } from '../../../store/write/rows.ts';
import { createGivenStatement, createStatement, updateStatement } from '../../../store/write/statements.ts';
import { testDatabase } from '../../setup/database.ts';

const database = openDatabase({ connection: await testDatabase(), applicationName: 'vesta statements' });
const [found] = await database.house.run([ROW_TYPES_QUERY], nobody);
const types = rowTypes(found!);
const patient = { n: 1, partition: 'patient' };
const rest = { n: 150, partition: 'rest' };
const severalOfRest = { n: undefined, partition: 'rest' };
const every = 2 ** SIDE_COUNT - 1;
const sides = ['x_id', 'x_date', 'x_num', 'x_str', 'x_tok', 'x_geo'].map((side) =>
  writerOf(types, `in_${side.slice(2)}`).finish(),
);
const keys = sides.map(() => writerOf(types, 'in_key').finish());

describe('write statements', () => {
  it('can be carried out with no rows at all, for each combination of side tables', async () => {
    const [resources, locks] = new RowSet(types).parameters();
    for (let mask = 0; mask <= every; mask += 9) {
      const own = sides.filter((_, i) => mask & (1 << i));
      const gone = keys.filter((_, i) => mask & (1 << i));
      const values = [resources, locks, 0, ...own];
      const results = await database.transactions.run(
        [
          { text: createStatement(mask, 'rids'), values },
          { text: createStatement(mask, 'all'), values: [...values, 0] },
          { text: createGivenStatement(mask, 'rids'), values },
          { text: createGivenStatement(mask, 'all'), values: [...values, 0] },
          { text: updateStatement(patient, mask, mask, 'rids'), values: [...values, ...gone] },
          { text: updateStatement(rest, mask, mask, 'all'), values: [...values, ...gone, 0] },
          { text: updateStatement(severalOfRest, mask, mask, 'rids'), values: [...values, ...gone] },
        ],
        nobody,
      );
      expect(results).toEqual([[[null]], [['t']], [], [['t']], [], [['t']], []]);
    }
  });

  it('fail where not all rows were written that had to be', async () => {
    const [resources, locks] = new RowSet(types).parameters();
    const statement = { text: createStatement(0, 'all'), values: [resources, locks, 0, 1] };
    await expect(database.transactions.run([statement], nobody)).rejects.toMatchObject({ cause: { code: '40001' } });
  });

  it('are made once for each shape', () => {
    expect(createStatement(3, 'rids')).toBe(createStatement(3, 'rids'));
    expect(
      new Set([
        updateStatement(patient, 1, 0, 'rids'),
        updateStatement(patient, 0, 1, 'rids'),
        updateStatement(rest, 1, 0, 'rids'),
        updateStatement(severalOfRest, 1, 0, 'rids'),
      ]).size,
    ).toBe(4);
  });
});
