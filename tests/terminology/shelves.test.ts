import { expect, it } from 'vitest';
import type { DefinitionName } from '../../store/index.ts';
import { openShelves } from '../../terminology/shelves.ts';
import { testContext } from '../setup/context.ts';
import { noTables } from './double.ts';

const names: DefinitionName[] = [{ type: 'ValueSet', url: 'http://hospital.example.org/ValueSet/wards' }];

function storeOf() {
  const state = { generation: 1, fetches: 0, isChanging: false };
  const shelves = openShelves({
    ...noTables,
    generation: () => state.generation,
    async definitions() {
      state.fetches++;
      if (state.isChanging) state.generation++;
      return [];
    },
  });
  return { state, shelves };
}

it('keeps a shelf for the same caller until a definition changes', async () => {
  const { state, shelves } = storeOf();
  const first = await shelves.gather(names, testContext());
  expect(await shelves.gather(names, testContext())).toBe(first);
  const other = testContext({ access: { actor: 'Practitioner/7', grants: [] } });
  expect(await shelves.gather(names, other)).not.toBe(first);
  expect(state.fetches).toBe(2);
  state.generation++;
  expect(await shelves.gather(names, testContext())).not.toBe(first);
  expect(shelves.generation).toBe(2);
});

it('does not keep what may be older than what stands there now', async () => {
  const { state, shelves } = storeOf();
  state.isChanging = true;
  const first = await shelves.gather(names, testContext());
  state.isChanging = false;
  expect(await shelves.gather(names, testContext())).not.toBe(first);
});
