import type { ValueSet } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { Concepts, DefinitionName, StoredDefinition } from '../../store/index.ts';
import { openBindings } from '../../terminology/bindings.ts';
import { openShelves } from '../../terminology/shelves.ts';
import { testContext } from '../setup/context.ts';
import { noTables } from './double.ts';

const URL = 'http://hospital.example.org/ValueSet/triage';
const triage = (...codes: string[]): ValueSet => ({
  resourceType: 'ValueSet',
  status: 'active',
  url: URL,
  compose: { include: [{ system: 'http://hospital.example.org/triage', concept: codes.map((code) => ({ code })) }] },
});

/** A store of one value set that may be exchanged. */
function storeOf(first: ValueSet | undefined) {
  const state = { stored: first, version: 1, definitions: 0 };
  const isAsked = (names: readonly DefinitionName[]) => names.some((name) => 'url' in name && name.url === URL);
  const concepts: Pick<Concepts, 'definitions' | 'generation' | keyof typeof noTables> = {
    async definitions(_, names) {
      state.definitions++;
      const { stored: resource, version } = state;
      return resource && isAsked(names)
        ? [{ type: 'ValueSet', id: 'triage', version, lastUpdated: '2026', resource } satisfies StoredDefinition]
        : [];
    },
    ...noTables,
    generation: () => state.version,
  };
  return { state, bindings: openBindings(openShelves(concepts)) };
}

describe('bound', () => {
  it("gives stored sets, R4's own, and null for what nobody knows", async () => {
    const { bindings } = storeOf(triage('red'));
    const gender = 'http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1';
    const sets = await bindings.bound([URL, gender, `${URL}|9`], testContext());
    expect(sets.get(URL)!.contains(undefined, 'red')).toBe(true);
    expect(sets.get(gender)!.contains(undefined, 'male')).toBe(true);
    expect(sets.get(`${URL}|9`)).toBeNull();
  });

  it('holds a set until its definition changes', async () => {
    const { state, bindings } = storeOf(triage('red'));
    const first = await bindings.bound([URL], testContext());
    const fetched = state.definitions;
    expect((await bindings.bound([URL], testContext())).get(URL)).toBe(first.get(URL));
    expect(state.definitions).toBe(fetched);
    state.stored = triage('red', 'orange');
    state.version = 2;
    expect((await bindings.bound([URL], testContext())).get(URL)!.contains(undefined, 'orange')).toBe(true);
    state.stored = undefined;
    state.version = 3;
    expect((await bindings.bound([URL], testContext())).get(URL)).toBeNull();
  });

  it('knows what was unknown as soon as it is stored', async () => {
    const { state, bindings } = storeOf(undefined);
    expect((await bindings.bound([URL], testContext())).get(URL)).toBeNull();
    state.stored = triage('red');
    state.version = 2;
    expect((await bindings.bound([URL], testContext())).get(URL)).not.toBeNull();
  });

  it('does not give one caller what another one sees', async () => {
    const { state, bindings } = storeOf(triage('red'));
    await bindings.bound([URL], testContext());
    const blind = testContext({ access: { actor: 'Practitioner/7', grants: [] } });
    state.stored = undefined;
    expect((await bindings.bound([URL], blind)).get(URL)).toBeNull();
  });
});

it('answers for single codes of several sets', async () => {
  const { bindings } = storeOf(triage('red'));
  const asked = (valueSet: string, system: string | undefined, code: string) => ({ valueSet, system, code });
  const answers = await bindings.contains(
    [
      asked(URL, 'http://hospital.example.org/triage', 'red'),
      asked(URL, 'http://hospital.example.org/triage', 'blue'),
      asked('http://hospital.example.org/ValueSet/none', 'http://loinc.org', '8480-6'),
    ],
    testContext(),
  );
  expect(answers).toEqual([true, false, undefined]);
});
