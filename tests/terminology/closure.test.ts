import { expect, it } from 'vitest';
import type { Closure, ClosureEntry, Closures } from '../../store/index.ts';
import { type ClosureRequest, closure } from '../../terminology/closure.ts';
import { testContext } from '../setup/context.ts';
import { faultFrom } from '../setup/fault.ts';
import { shelvesOf, WARDS, wards } from './double.ts';

/** One table in memory. @param stale how often adding is refused, since somebody else was faster */
function roomOf(stale = 0) {
  const state: { table: Closure | undefined; told: (ClosureEntry & { since: number })[]; stale: number } = {
    table: undefined,
    told: [],
    stale,
  };
  const room: Closures = {
    async begin() {
      state.table = { n: 1, version: 0, concepts: [] };
      state.told = [];
    },
    read: async () => state.table,
    async add(table, concepts, entries) {
      if (state.stale-- > 0) return false;
      state.table = { n: 1, version: table.version + 1, concepts: [...table.concepts, ...concepts] };
      state.told.push(...entries.map((one) => ({ ...one, since: table.version + 1 })));
      return true;
    },
    entries: async (_, after) => state.told.filter(({ since }) => since > after),
  };
  return (request: Partial<ClosureRequest>) =>
    closure({ name: 'wards', concepts: [], ...request }, room, shelvesOf(wards), testContext());
}
const coding = (code: string) => ({ system: WARDS, code });

it('tells what is new with each concept, and everything after a version', async () => {
  const ask = roomOf();
  expect(await ask({})).toMatchObject({ resourceType: 'ConceptMap', version: '0', name: 'wards' });
  const first = await ask({ concepts: [coding('neuro')] });
  expect(first.version).toBe('1');
  expect(first.group).toBeUndefined();
  const second = await ask({ concepts: [coding('surgery'), coding('medicine')] });
  const wanted = [
    {
      source: WARDS,
      target: WARDS,
      element: [{ code: 'neuro', target: [{ code: 'surgery', equivalence: 'subsumes' }] }],
    },
  ];
  expect([second.version, second.group]).toEqual(['2', wanted]);
  expect((await ask({ concepts: [coding('surgery')] })).version).toBe('2');
  expect((await ask({ version: '0' })).group).toEqual(wanted);
  expect((await ask({ version: '2' })).group).toBeUndefined();
  expect(await ask({})).toMatchObject({ version: '0' });
  expect((await ask({ version: '0' })).group).toBeUndefined();
});

it('adds anew when somebody else was faster', async () => {
  const ask = roomOf(3);
  await ask({});
  expect((await ask({ concepts: [coding('neuro'), coding('surgery')] })).group?.[0]?.element).toHaveLength(1);
});

it('refuses what makes no sense', async () => {
  const ask = roomOf();
  expect(await faultFrom(ask({ concepts: [coding('neuro')] }))).toMatchObject({ kind: 'not-found' });
  await ask({});
  for (const [request, kind] of [
    [{ concepts: [coding('kitchen')] }, 'not-found'],
    [{ concepts: [{ system: 'urn:none', code: 'a' }] }, 'not-found'],
    [{ concepts: [{ code: 'a' }] }, 'invalid-value'],
    [{ concepts: [coding('neuro')], version: '1' }, 'invalid-request'],
    [{ version: 'x' }, 'invalid-value'],
    [{ name: 'x'.repeat(201) }, 'invalid-value'],
  ] as const) {
    expect(await faultFrom(ask(request))).toMatchObject({ kind });
  }
});
