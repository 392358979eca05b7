import { describe, expect, it } from 'vitest';
import type { ConceptQuestion, LoadedConcept, LoadedSystem } from '../../store/index.ts';
import { openTables } from '../../terminology/tables.ts';
import { testContext } from '../setup/context.ts';

const loaded: LoadedSystem = {
  n: 7,
  url: 'http://snomed.info/sct',
  version: '2024',
  identity: 'sct 2024',
  about: { resourceType: 'CodeSystem', status: 'active', content: 'complete' },
  isCurrent: true,
  concepts: 3,
};
const concept = (n: number, code: string, above: number[], parents: string[], below = 0): LoadedConcept => ({
  n,
  code,
  above: new Set(above),
  parents,
  below,
  inactive: false,
  abstract: false,
});
const CONCEPTS = [
  concept(1, 'disease', [1], [], 2),
  concept(2, 'diabetes', [1, 2], ['disease'], 1),
  concept(3, 'type-2', [1, 2, 3], ['diabetes']),
];

function storeOf() {
  const asked: (readonly ConceptQuestion[])[] = [];
  const tables = openTables({
    async find(questions) {
      asked.push(questions);
      return questions.map(({ keys, childrenOf }) => ({
        concepts: new Map(CONCEPTS.filter(({ code }) => keys.includes(code)).map((one) => [one.code, one])),
        children: new Map(childrenOf.map((code) => [code, CONCEPTS.filter(({ parents }) => parents.includes(code))])),
      }));
    },
  });
  return { asked, tables, system: tables.system(loaded) };
}

describe('settle', () => {
  it('fetches what is lacking together, and does the work again', async () => {
    const { asked, tables, system } = storeOf();
    const work = () => [system.subsumes('disease', 'type-2'), system.subsumes('type-2', 'disease'), system.find('flu')];
    expect(await tables.settle(work, testContext())).toEqual([true, false, undefined]);
    expect(asked).toEqual([[{ system: 7, keys: ['disease', 'type-2', 'flu'], childrenOf: [] }]]);
    await tables.settle(work, testContext());
    expect(asked).toHaveLength(1);
  });

  it('takes no notice of what is thrown while something is lacking', async () => {
    const { tables, system } = storeOf();
    const work = (code: string) => () => {
      if (!system.find(code)) throw new Error('unknown');
      return system.parents(code);
    };
    expect(await tables.settle(work('diabetes'), testContext())).toEqual(new Set(['disease']));
    await expect(tables.settle(work('flu'), testContext())).rejects.toThrow('unknown');
  });

  it('asks nothing where nothing is lacking', async () => {
    const { asked, tables } = storeOf();
    expect(await tables.settle(() => 5, testContext())).toBe(5);
    expect(asked).toEqual([]);
  });
});

describe('a system in tables', () => {
  it('answers as one in memory does', async () => {
    const { tables, system } = storeOf();
    const of = (op: string, value: string, code: string) =>
      tables.settle(() => system.passes(code, { property: 'concept', op, value } as never), testContext());
    expect(await of('is-a', 'diabetes', 'type-2')).toBe(true);
    expect(await of('descendent-of', 'type-2', 'type-2')).toBe(false);
    expect(await of('generalizes', 'type-2', 'disease')).toBe(true);
    expect(await of('is-a', 'flu', 'type-2')).toBe(false);
    expect(await of('sounds-like', 'diabetes', 'type-2')).toBeUndefined();
    expect(await tables.settle(() => [...system.children('disease')], testContext())).toEqual(['diabetes']);
    expect(system.list()).toBeUndefined();
    expect(system).toMatchObject({
      url: loaded.url,
      version: '2024',
      table: 7,
      size: 3,
      isComplete: true,
      isCaseless: false,
    });
    expect(tables.system(loaded)).toBe(system);
  });
});
