import { expect, it } from 'vitest';
import type { ClosureEntry } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';
import { testDatabase } from '../../setup/database.ts';
import { openTestStore } from '../postgres.ts';

const { closures } = await openTestStore({ connection: await testDatabase() });
const context = testContext();
const concept = (code: string) => ({ system: 'urn:x', version: '', code });
const entry: ClosureEntry = { system: 'urn:x', code: 'b', target: 'a', equivalence: 'subsumes' };

it('keeps concepts and entries, and tells those after a version', async () => {
  expect(await closures.read('diseases', context)).toBeUndefined();
  await closures.begin('diseases', context);
  const first = (await closures.read('diseases', context))!;
  expect(first).toMatchObject({ version: 0, concepts: [] });
  expect(await closures.add(first, [concept('a')], [], context)).toBe(true);
  const second = (await closures.read('diseases', context))!;
  expect(await closures.add(second, [concept('b')], [entry], context)).toBe(true);
  const third = (await closures.read('diseases', context))!;
  expect(third).toMatchObject({ version: 2, concepts: [concept('a'), concept('b')] });
  expect(await closures.entries(third, 1, context)).toEqual([entry]);
  expect(await closures.entries(third, 2, context)).toEqual([]);
});

it('adds nothing to a table that somebody else changed, and lets one of two win', async () => {
  await closures.begin('two', context);
  const read = (await closures.read('two', context))!;
  const added = await Promise.all(['a', 'b', 'c'].map((code) => closures.add(read, [concept(code)], [], context)));
  expect(added.filter((one) => one)).toHaveLength(1);
  expect((await closures.read('two', context))!.concepts).toHaveLength(1);
});

it('begins a table anew', async () => {
  await Promise.all([closures.begin('two', context), closures.begin('two', context)]);
  expect(await closures.read('two', context)).toMatchObject({ version: 0, concepts: [] });
});
