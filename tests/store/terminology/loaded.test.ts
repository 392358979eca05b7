import { expect, it } from 'vitest';
import { testContext } from '../../setup/context.ts';
import { testDatabase } from '../../setup/database.ts';
import { openTestStore } from '../postgres.ts';
import { about, system, WARDS, wardRows } from './wards.ts';

const { concepts } = await openTestStore({ connection: await testDatabase() });
const context = testContext();
const n = await concepts.load(system(), [wardRows], context);

it('tells which systems there are', async () =>
  expect(await concepts.loaded(context)).toEqual([
    { n, url: WARDS, version: '1', identity: 'wards 1', isCurrent: true, about, concepts: 5 },
  ]));

it('finds concepts and children of several systems in one trip', async () => {
  const counted = testContext();
  const other = await concepts.load({ ...system(), identity: 'caseless', isCaseless: true }, [wardRows], context);
  const [first, second] = await concepts.find(
    [
      { system: n, keys: ['spine', 'kitchen'], childrenOf: ['surgery', 'spine'] },
      { system: other, keys: ['neuro'], childrenOf: [] },
    ],
    counted,
  );
  expect(counted.observed).toEqual([{ kind: 'trip' }]);
  expect([...first!.concepts.keys()]).toEqual(['spine']);
  expect(first!.concepts.get('spine')).toEqual({
    n: 1,
    code: 'spine',
    display: 'Spine surgery',
    property: [{ code: 'floor', valueInteger: 4 }],
    above: new Set([1, 2, 3, 4]),
    parents: ['neuro', 'ortho'],
    below: 0,
    inactive: false,
    abstract: false,
  });
  expect(first!.children.get('surgery')!.map(({ code }) => code)).toEqual(['neuro', 'ortho']);
  expect(first!.children.get('spine')).toEqual([]);
  expect(second!.concepts.get('neuro')?.designation).toEqual([{ language: 'de', value: 'Neurochirurgie' }]);
});
