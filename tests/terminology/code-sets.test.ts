import { describe, expect, it } from 'vitest';
import {
  type Closures,
  type ConceptMaps,
  parseSearch,
  type Search,
  type SetCode,
  StaleCodeSets,
  type StoredDefinition,
} from '../../store/index.ts';
import { openTerminology } from '../../terminology/code-sets.ts';
import { testContext } from '../setup/context.ts';
import { faultFrom } from '../setup/fault.ts';
import { noTables } from './double.ts';

const SNOMED = 'http://snomed.info/sct';
const URL = 'http://hospital.example.org/ValueSet/chronic';

const definition = (version: number, ...codes: string[]): StoredDefinition => ({
  type: 'ValueSet',
  id: 'chronic',
  version,
  lastUpdated: '2026-01-01T00:00:00.000Z',
  resource: {
    resourceType: 'ValueSet',
    status: 'active',
    url: URL,
    compose: { include: [{ system: SNOMED, concept: codes.map((code) => ({ code })) }] },
  },
});

function searchOf(...query: [name: string, value: string][]): Search {
  return parseSearch({
    type: 'Condition',
    query,
    handling: 'strict',
    limits: { countDefault: 50, countMax: 1000 },
  });
}

/** A store that holds one value set, which may be exchanged, and counts what is asked of it. */
function concepts(first: StoredDefinition) {
  const kept: (readonly SetCode[])[] = [];
  const state = { stored: first as StoredDefinition | undefined, fetches: 0, kept };
  const room = {
    async definitions() {
      state.fetches++;
      return state.stored && state.fetches % 2 === 1 ? [state.stored] : [];
    },
    ...noTables,
    generation: () => 0,
    async keep(codes: readonly SetCode[]) {
      return BigInt(kept.push(codes));
    },
  };
  return { state, terminology: openTerminology({ concepts: room, maps: {} as ConceptMaps, closures: {} as Closures }) };
}

describe('withCodeSets', () => {
  const asked = searchOf(['code:in', URL]);

  it('leaves a search alone that asks for no set of codes', async () => {
    const { state, terminology } = concepts(definition(1));
    const plain = searchOf(['code', '44054006']);
    expect(await terminology.withCodeSets(plain, testContext(), async (ready) => ready)).toBe(plain);
    expect(state.fetches).toBe(0);
  });

  it('hands on the set with what it stands on, and makes it once', async () => {
    const { state, terminology } = concepts(definition(1, '44054006', '38341003'));
    for (const _ of [1, 2, 3]) {
      const { codeSets } = await terminology.withCodeSets(asked, testContext(), async (ready) => ready);
      expect(codeSets).toEqual({
        sets: new Map([[`in|${URL}`, { n: 1n, hasCaseless: false }]]),
        names: [
          { type: 'ValueSet', url: URL },
          { type: 'CodeSystem', url: SNOMED },
        ],
        marks: ['ValueSet/chronic/_history/1'],
      });
    }
    expect(state.kept).toEqual([
      [
        { system: SNOMED, code: '44054006', caseless: false },
        { system: SNOMED, code: '38341003', caseless: false },
      ],
    ]);
  });

  it('tells the store once a day that a set is used', async () => {
    const { state, terminology } = concepts(definition(1, '44054006'));
    const at = (hours: number) => ({ ...testContext(), now: () => Date.parse('2026-01-01') + hours * 3_600_000 });
    for (const hours of [0, 23, 25]) await terminology.withCodeSets(asked, at(hours), async (ready) => ready);
    expect(state.kept).toHaveLength(2);
  });

  it('makes the set again where the search finds other definitions', async () => {
    const { state, terminology } = concepts(definition(1, '44054006'));
    const seen: unknown[] = [];
    await terminology.withCodeSets(asked, testContext(), async ({ codeSets }) => {
      seen.push(codeSets!.marks);
      if (seen.length > 1) return;
      state.stored = definition(2, '38341003');
      throw new StaleCodeSets();
    });
    expect(seen).toEqual([['ValueSet/chronic/_history/1'], ['ValueSet/chronic/_history/2']]);
  });

  it('gives up where they never stay the same', async () => {
    const { terminology } = concepts(definition(1, '44054006'));
    const fault = await faultFrom(
      terminology.withCodeSets(asked, testContext(), () => Promise.reject(new StaleCodeSets())),
    );
    expect(fault.kind).toBe('timeout');
  });

  it('lets faults of the search pass', async () => {
    const { terminology } = concepts(definition(1, '44054006'));
    const broken = terminology.withCodeSets(asked, testContext(), () => Promise.reject(new TypeError('broken')));
    await expect(broken).rejects.toThrow('broken');
  });
});
