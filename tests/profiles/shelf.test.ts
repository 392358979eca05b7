import type { StructureDefinition } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { openShelf, type ValueSets } from '../../profiles/shelf.ts';
import type { DefinitionName, Definitions, StoredDefinition } from '../../store/index.ts';
import type { HeldCodes } from '../../terminology/index.ts';
import { testContext } from '../setup/context.ts';

const BASE = 'http://hospital.example.org/StructureDefinition';
const needs = (more: object) => ({ structures: [], valueSets: [], codes: [], ...more });

const stored = (
  id: string,
  more: Partial<StructureDefinition> = {},
  version = 1,
): StoredDefinition<StructureDefinition> => ({
  type: 'StructureDefinition',
  id,
  version,
  lastUpdated: '2026-01-01T00:00:00.000Z',
  resource: {
    resourceType: 'StructureDefinition',
    id,
    url: `${BASE}/${id}`,
    name: id,
    status: 'active',
    kind: 'resource',
    abstract: false,
    type: 'Patient',
    ...more,
  },
});

/** A store of these definitions that counts what is asked of it. */
function store(...all: StoredDefinition<StructureDefinition>[]) {
  const state = { all, generation: 0, asked: [] as (readonly DefinitionName[])[], during: () => {} };
  const definitions = {
    async find(_: unknown, names: readonly DefinitionName[]) {
      state.asked.push(names);
      const found = state.all.filter(({ resource }) =>
        names.some(
          (name) =>
            'url' in name && name.url === resource.url && (name.version ?? resource.version) === resource.version,
        ),
      );
      state.during();
      return found;
    },
    generation: () => state.generation,
  } as unknown as Definitions;
  return { state, definitions };
}

/** A terminology of two sets: one at hand, one too large for that. */
function terminology() {
  const asked: unknown[] = [];
  const set = (canonical: string, more: Partial<HeldCodes>): HeldCodes =>
    ({ canonical, isLarge: false, contains: () => false, some: () => [], data: { canonical }, ...more }) as HeldCodes;
  const valueSets: ValueSets = {
    async bound(canonicals) {
      asked.push(canonicals);
      const known = [
        set('small', { contains: (_, code) => code === 'in' }),
        set('large', { isLarge: true, contains: () => undefined }),
      ];
      return new Map(
        canonicals.map((canonical) => [canonical, known.find((one) => one.canonical === canonical) ?? null]),
      );
    },
    async contains(questions) {
      asked.push(questions);
      return questions.map(({ code }) => (code === 'untold' ? undefined : code === 'in'));
    },
  };
  return { asked, valueSets };
}

const { valueSets } = terminology();
const context = testContext();

describe('structures', () => {
  it('are unknown until they were fetched, and null where there is none', async () => {
    const { definitions } = store(stored('ours'));
    const shelf = openShelf({ definitions, valueSets });
    expect(shelf.structure(`${BASE}/ours`)).toBe(undefined);
    await shelf.fill(needs({ structures: [`${BASE}/ours`, `${BASE}/theirs`] }), context);
    expect(shelf.structure(`${BASE}/ours`)).toMatchObject({ name: 'ours' });
    expect(shelf.structure(`${BASE}/theirs`)).toBe(null);
  });

  it('come with what they are derived from and the profiles that they name, a trip for each step', async () => {
    const extension = {
      differential: {
        element: [{ path: 'Patient.extension', type: [{ code: 'Extension', profile: [`${BASE}/race`] }] }],
      },
    };
    const { definitions, state } = store(
      stored('ours', { baseDefinition: `${BASE}/base`, ...extension }),
      stored('base'),
      stored('race'),
    );
    const shelf = openShelf({ definitions, valueSets });
    await shelf.fill(needs({ structures: [`${BASE}/ours`] }), context);
    expect(state.asked.map((names) => names.map((name) => ('url' in name ? name.url : '')))).toEqual([
      [`${BASE}/ours`],
      [`${BASE}/base`, `${BASE}/race`],
    ]);
    await shelf.fill(needs({ structures: [`${BASE}/race`] }), context);
    expect(state.asked).toHaveLength(2);
  });

  it('are the pinned version where none is named, and else the one that is', async () => {
    const old = { ...stored('ours-1', { url: `${BASE}/ours`, version: '1.0.0' }), pinned: true as const };
    const { definitions } = store(old, stored('ours-2', { url: `${BASE}/ours`, version: '2.0.0' }));
    const shelf = openShelf({ definitions, valueSets });
    const [any, second, third] = [`${BASE}/ours`, `${BASE}/ours|2.0.0`, `${BASE}/ours|3.0.0`] as const;
    await shelf.fill(needs({ structures: [any, second, third] }), context);
    expect([any, second, third].map((one) => shelf.structure(one)?.version)).toEqual(['1.0.0', '2.0.0', undefined]);
  });

  it('are forgotten when one changes; what comes back unchanged is the same object', async () => {
    const { definitions, state } = store(stored('ours'), stored('theirs'));
    const shelf = openShelf({ definitions, valueSets });
    const both = needs({ structures: [`${BASE}/ours`, `${BASE}/theirs`] });
    await shelf.fill(both, context);
    const [ours, theirs] = [shelf.structure(`${BASE}/ours`), shelf.structure(`${BASE}/theirs`)];
    state.generation++;
    state.all = [stored('ours'), stored('theirs', { title: 'Changed' }, 2)];
    expect(shelf.structure(`${BASE}/ours`)).toBe(undefined);
    await shelf.fill(both, context);
    expect(shelf.structure(`${BASE}/ours`)).toBe(ours);
    expect(shelf.structure(`${BASE}/theirs`)).not.toBe(theirs);
    expect(shelf.structure(`${BASE}/theirs`)?.title).toBe('Changed');
  });

  it('are read again where one changed while they were read', async () => {
    const { definitions, state } = store(stored('ours'));
    const shelf = openShelf({ definitions, valueSets });
    state.during = () => {
      state.during = () => {};
      state.generation++;
      state.all = [stored('ours', { title: 'Changed' }, 2)];
    };
    await shelf.fill(needs({ structures: [`${BASE}/ours`] }), context);
    expect(shelf.structure(`${BASE}/ours`)?.title).toBe('Changed');
  });

  it('are not looked for under addresses that nobody can have meant', () => {
    const { definitions } = store();
    const shelf = openShelf({ definitions, valueSets });
    expect(shelf.structure(`${BASE}/${'x'.repeat(5_000)}`)).toBe(null);
  });
});

describe('value sets', () => {
  it('come from the terminology, once until a definition changes', async () => {
    const { definitions, state } = store();
    const { valueSets, asked } = terminology();
    const shelf = openShelf({ definitions, valueSets });
    await shelf.fill(needs({ valueSets: ['small', 'none'] }), context);
    await shelf.fill(needs({ valueSets: ['small'] }), context);
    expect(asked).toEqual([['small', 'none']]);
    expect(shelf.valueSet('small')!.contains('s', 'in')).toBe(true);
    expect(shelf.valueSet('none')).toBe(null);
    state.generation++;
    expect(shelf.valueSet('small')).toBe(undefined);
  });

  it('that are too large know the codes that were asked for, and do not ask again at once what nobody can tell', async () => {
    const { definitions } = store();
    const { valueSets, asked } = terminology();
    const shelf = openShelf({ definitions, valueSets });
    const codes = ['in', 'out', 'untold'].map((code) => ({ valueSet: 'large', system: 's', code }));
    await shelf.fill(needs({ valueSets: ['large'] }), context);
    expect(shelf.valueSet('large')!.contains('s', 'in')).toBe(undefined);
    await shelf.fill(needs({ codes }), context);
    await shelf.fill(needs({ codes }), context);
    expect(asked).toHaveLength(2);
    expect(codes.map(({ system, code }) => shelf.valueSet('large')!.contains(system, code))).toEqual([
      true,
      false,
      undefined,
    ]);
    expect(shelf.valueSet('large')!.isUnsaid!('s', 'untold')).toBe(true);
    expect(shelf.contents(needs({ codes })).codes.map(([, isIn]) => isIn)).toEqual([true, false, undefined]);
  });
});
