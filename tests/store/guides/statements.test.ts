import { expect, it } from 'vitest';
import { forgetStatements, noteStatements, pinStatements, toDepending } from '../../../store/guides/statements.ts';
import { TypeNumbers } from '../../../store/types.ts';
import { guide, valueSet } from './guides.ts';

const types = new TypeNumbers([[101, 'ValueSet']]);
const depending = toDepending(['7', 'diets', '1.0.0', '{"core":"6.1.0"}']);

it('tells all processes of whatever changes guides', () => {
  const changes = [
    noteStatements(guide('diets', '1.0.0', [valueSet('vegan', '1.0.0')]), [], [], types),
    forgetStatements(depending, [depending]),
    pinStatements(depending),
  ];
  for (const statements of changes)
    expect(statements.at(-1)!.text).toMatch(/pg_notify\('vesta_definitions'.*pg_notify\('vesta_parameters'/);
});

it('notes no member that somebody else stored, and lets the others tell their version themselves', () => {
  const [member] = guide('diets', '1.0.0', [valueSet('vegan', '1.0.0')]).members;
  const source = guide('diets', '1.0.0', []);
  const ids = (fates: Parameters<typeof noteStatements>[1]) => noteStatements(source, fates, [], types)[2]!.values;
  expect(ids([{ member: member!, id: 'x', do: 'leave' }])![3]).toEqual([]);
  expect(ids([{ member: member!, id: 'x', do: 'update', ver: 4 }])!.at(-1)).toEqual([0]);
  expect(ids([{ member: member!, id: 'x', do: 'keep', ver: 4, isChanged: true }])!.at(-1)).toEqual([4]);
});

it('reads what a guide depends on', () => {
  expect(depending).toEqual({ n: 7, name: 'diets', version: '1.0.0', depends: { core: '6.1.0' } });
});
