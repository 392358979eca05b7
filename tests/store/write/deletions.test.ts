import { describe, expect, it } from 'vitest';
import { nobody, openDatabase } from '../../../store/database.ts';
import { Referrers } from '../../../store/referrers.ts';
import { TypeNumbers } from '../../../store/types.ts';
import { deleteStatement, learnUnknown, referrersStatement } from '../../../store/write/deletions.ts';
import { ROW_TYPES_QUERY, rowTypes, SIDE_COUNT, writerOf } from '../../../store/write/rows.ts';
import { testDatabase } from '../../setup/database.ts';

const database = openDatabase({ connection: await testDatabase(), applicationName: 'vesta deletions' });
const [found] = await database.house.run([ROW_TYPES_QUERY], nobody);
const types = rowTypes(found!);
const patient = { n: 1, partition: 'patient' };
const rest = { n: 150, partition: 'rest' };
const severalOfRest = { n: undefined, partition: 'rest' };
const every = 2 ** SIDE_COUNT - 1;

describe('statements that delete', () => {
  it('delete nothing where there is nothing', async () => {
    const none = writerOf(types, 'in_gone').finish();
    const shapes = [
      undefined,
      { numbers: [], partitions: [], key: '' },
      { numbers: [2, 4, 150], partitions: ['encounter', 'observation', 'rest'], key: 'encounter observation rest' },
    ];
    for (const sources of shapes) {
      const values = sources ? [none, sources.numbers, [150]] : [none];
      for (const targets of [rest, severalOfRest]) {
        const statement = { text: deleteStatement(targets, every, sources), values };
        expect(await database.transactions.run([statement], nobody)).toEqual([[]]);
      }
      if (sources)
        expect(await database.transactions.run([{ text: referrersStatement(sources), values }], nobody)).toEqual([[]]);
    }
  });

  it('look for referrers only in the partitions of types that refer to the deleted one', () => {
    const text = deleteStatement(patient, 0, { partitions: ['encounter', 'rest'], key: 'encounter rest' });
    expect(text).toContain('res_encounter x where x.h &&');
    expect(text).toContain('res_rest x where x.h &&');
    expect(text).not.toContain('res_observation');
    expect(deleteStatement(patient, 0, { partitions: [], key: '' })).not.toContain('x.h');
  });

  it('clean the side tables that may have rows, and no others', () => {
    expect(deleteStatement(patient, 0b1001, undefined).match(/delete from x_\w+/g)).toEqual([
      'delete from x_id',
      'delete from x_str',
    ]);
  });

  it('look for referrers of a whole transaction in those partitions too', () => {
    const text = referrersStatement({ partitions: ['claim', 'rest'], key: 'claim rest' });
    expect(text.match(/res_\w+ x/g)).toEqual(['res_claim x', 'res_rest x', 'res_claim x', 'res_rest x']);
    expect(referrersStatement({ partitions: [], key: '' })).not.toContain('res_');
  });
});

it('learns what was unknown, a referrer of anything for each of the targets', () => {
  const referrers = new Referrers([], (n) =>
    new TypeNumbers(['1', '2', '4', '100'].map((n) => [n, `T${n}`])).placeOf(n),
  );
  expect(learnUnknown(referrers, [['referrer', '7', '4', 'o1']], [1, 2])).toBe(false);
  const rows = [
    ['unknown', null, '4', '1'],
    ['unknown', null, '100', '0'],
  ];
  expect(learnUnknown(referrers, rows, [1, 2])).toBe(true);
  expect([referrers.of(1).numbers, referrers.of(2).numbers]).toEqual([[4, 100], [100]]);
});
