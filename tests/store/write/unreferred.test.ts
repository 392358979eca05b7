import { expect, it } from 'vitest';
import { nobody, openDatabase } from '../../../store/database.ts';
import { Referrers } from '../../../store/referrers.ts';
import type { Row, Statement } from '../../../store/session.ts';
import { TypeNumbers } from '../../../store/types.ts';
import { ROW_TYPES_QUERY, rowTypes } from '../../../store/write/rows.ts';
import { unreferredProbe } from '../../../store/write/unreferred.ts';
import { testDatabase } from '../../setup/database.ts';

const database = openDatabase({ connection: await testDatabase(), applicationName: 'vesta unreferred' });
const [found] = await database.house.run([ROW_TYPES_QUERY], nobody);
const types = new TypeNumbers([
  ['1', 'Patient'],
  ['4', 'Observation'],
]);
const deletion = { type: 'Patient', id: 'p1', rid: 7n, expected: undefined, lastUpdated: 0, token: 9n };
const open = (referred: Referrers | 'ignore') =>
  unreferredProbe({ referred, rowTypes: rowTypes(found!), types }, [deletion]);

it('asks nothing where it does not matter who refers', async () => {
  const probe = open('ignore');
  expect(probe.statements()).toEqual([]);
  expect(await probe.referrers([], () => expect.fail('a trip was made'))).toEqual([]);
});

it('takes the answer of the trip that its question ended', async () => {
  const probe = open(new Referrers([['1', '4']], (n) => types.placeOf(n)));
  expect(probe.statements()).toMatchObject([
    { text: expect.stringContaining('res_observation'), values: [{}, [4], [1]] },
  ]);
  const rows: Row[] = [['referrer', '7', '4', 'o1']];
  expect(await probe.referrers([[], rows], () => expect.fail('a trip was made'))).toBe(rows);
});

it('asks again where a type refers of which it did not know', async () => {
  const probe = open(new Referrers([], (n) => types.placeOf(n)));
  expect(probe.statements()[0]!.text).not.toContain('res_');
  const asked: Statement[] = [];
  const answer = await probe.referrers([[['unknown', null, '4', '1']]], async ([statement]) => {
    asked.push(statement!);
    return [[['referrer', '7', '4', 'o1']]];
  });
  expect(answer).toEqual([['referrer', '7', '4', 'o1']]);
  expect(asked).toMatchObject([{ text: expect.stringContaining('res_observation'), values: [{}, [4], [1]] }]);
});
