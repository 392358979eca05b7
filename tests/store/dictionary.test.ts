import { expect, it } from 'vitest';
import { openDatabase } from '../../store/database.ts';
import { Dictionary } from '../../store/dictionary.ts';
import { Referrers } from '../../store/referrers.ts';
import { TypeNumbers } from '../../store/types.ts';
import { testDatabase } from '../setup/database.ts';
import { rows } from './postgres.ts';

const connection = await testDatabase();
const { house } = openDatabase({ connection, applicationName: 'vesta dictionary' });

const types = new TypeNumbers([
  ['1', 'Patient'],
  ['2', 'Encounter'],
  ['4', 'Observation'],
]);
const newReferrers = () => new Referrers([], (n) => types.placeOf(n));

const needed = (codes: string[], sig = 5n, targets: string[] = []) => ({
  targets,
  sig,
  slots: [3, -4],
  ac: 9,
  lv: 2,
  sens: 1,
  acTokens: [7n, -8n],
  dict: codes.map((v, i) => ({
    k: 1,
    tok: BigInt(v.length * 100 + i),
    v,
    norm: v === 'http://loinc.org|8302-2' ? 'body height' : null,
  })),
});

it('writes what is new before it says so, and then knows it', async () => {
  const dictionary = new Dictionary(house, types, newReferrers());
  await dictionary.ensure(4, needed(['http://loinc.org|8302-2', 'x|"{}, \\']));
  expect(await rows(connection, 'select type, sig::text, slots from sig')).toEqual([[4, '5', [3, -4]]]);
  expect(await rows(connection, 'select type, ac, lv, sens, toks from acl')).toEqual([[4, 9, 2, 1, ['7', '-8']]]);
  expect(await rows(connection, 'select k, v, norm from dict order by v')).toEqual([
    [1, 'http://loinc.org|8302-2', 'body height'],
    [1, 'x|"{}, \\', null],
  ]);
  expect(dictionary.ensure(4, needed(['http://loinc.org|8302-2']))).toBeUndefined();
  expect(dictionary.ensure(1, needed([]))).toBeInstanceOf(Promise);
});

it('lets several processes meet the same new codes at once', async () => {
  const codes = Array.from({ length: 200 }, (_, i) => 'c'.repeat(i + 1));
  const dictionaries = Array.from(
    { length: 4 },
    () =>
      new Dictionary(openDatabase({ connection, applicationName: 'vesta dictionary' }).house, types, newReferrers()),
  );
  await Promise.all(
    dictionaries.flatMap((one, n) => [
      one.ensure(4, needed(n % 2 ? codes : codes.toReversed(), BigInt(n))),
      one.ensure(4, needed(codes)),
    ]),
  );
  expect(await rows(connection, `select count(distinct v)::int from dict where v like 'c%'`)).toEqual([[200]]);
});

it('tells of a failure and tries again the next time', async () => {
  let broken = true;
  const lane = {
    run: async (...sent: Parameters<typeof house.run>) =>
      broken ? Promise.reject(new Error('away')) : house.run(...sent),
  };
  const dictionary = new Dictionary(lane as typeof house, types, newReferrers());
  await expect(dictionary.ensure(9, needed(['once']))).rejects.toThrow('away');
  broken = false;
  await dictionary.ensure(9, needed(['once']));
  expect(await rows(connection, `select v from dict where type = 9`)).toEqual([['once']]);
});

it('writes which types refer to which, once, and tells it to whoever deletes', async () => {
  const referrers = newReferrers();
  const dictionary = new Dictionary(house, types, referrers);
  await dictionary.ensure(4, needed([], 5n, ['Patient', 'Encounter']));
  expect(await rows(connection, 'select target, source from refers order by 1')).toEqual([
    [1, 4],
    [2, 4],
  ]);
  expect(referrers.of(1).numbers).toEqual([4]);
  expect(dictionary.ensure(4, needed([], 5n, ['Encounter']))).toBeUndefined();
  expect(dictionary.ensure(4, needed([], 5n, ['Observation']))).toBeInstanceOf(Promise);
});
