import { expect, it } from 'vitest';
import { openAccess } from '../../resources/index.ts';
import { followed } from '../../store/followed.ts';
import type { Records } from '../../store/records.ts';
import { testContext } from '../setup/context.ts';

const context = testContext();
const TYPES = new Set(['ValueSet']);

/** Records that do nothing but note that they were called. */
function records(order: string[], failing = false): Records {
  const done = (name: string) => async () => {
    if (failing) throw new Error('refused');
    order.push(name);
  };
  const names = ['create', 'update', 'delete', 'conditional', 'deleteMatches', 'commit', 'revise', 'read'];
  return Object.fromEntries(names.map((name) => [name, done(name)])) as unknown as Records;
}

const draft = (type: string) => ({ type }) as never;

it('tells of every way to write one of the types, after it was written and before its writer goes on', async () => {
  const order: string[] = [];
  const told = async (types: readonly string[]) => void order.push(`told ${types}`);
  const all = followed(records(order), TYPES, told);
  const set = {
    guards: [],
    writes: [
      { do: 'delete', type: 'ValueSet', id: '1' },
      { do: 'delete', type: 'Patient', id: '1' },
    ],
  };
  const writes = [
    () => all.create(openAccess, draft('ValueSet'), context),
    () => all.update(openAccess, draft('ValueSet'), {}, context),
    () => all.delete(openAccess, 'ValueSet', '1', {}, context),
    () => all.conditional(openAccess, draft('ValueSet'), context, undefined as never),
    () => all.deleteMatches(openAccess, draft('ValueSet'), 1, context),
    () => all.commit(openAccess, set as never, context),
    () => all.revise(openAccess, draft('ValueSet'), context, undefined as never),
  ];
  for (const write of writes) {
    order.length = 0;
    await write();
    order.push('answered');
    expect(order.slice(1)).toEqual(['told ValueSet', 'answered']);
  }
});

it('tells nothing of other types, of reads, and of what failed', async () => {
  const told: string[] = [];
  const all = followed(records([]), TYPES, (types) => void told.push(...types));
  await all.create(openAccess, draft('Patient'), context);
  await all.commit(openAccess, { guards: [], writes: [] }, context);
  await all.read(openAccess, 'ValueSet', '1', context);
  const failing = followed(records([], true), TYPES, (types) => void told.push(...types));
  await expect(failing.create(openAccess, draft('ValueSet'), context)).rejects.toThrow('refused');
  expect(told).toEqual([]);
});
