import type { CodeSystem, ValueSet } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { DefinitionName, StoredDefinition } from '../../store/index.ts';
import { DEFINITIONS_MAX, Shelf } from '../../terminology/shelf.ts';

const stored = (
  resource: Partial<ValueSet> | Partial<CodeSystem>,
  id: string,
  lastUpdated = '2026-01-01',
): StoredDefinition =>
  ({ type: resource.resourceType, id, version: 1, lastUpdated, resource: { ...resource, id } }) as StoredDefinition;
const valueSet = (url: string, more: Partial<ValueSet> = {}): Partial<ValueSet> => ({
  resourceType: 'ValueSet',
  url,
  ...more,
});

/** A store of these definitions, and what was asked of it. */
function store(definitions: readonly StoredDefinition[]) {
  const rounds: (readonly DefinitionName[])[] = [];
  const fetch = async (names: readonly DefinitionName[]) => {
    rounds.push(names);
    return definitions.filter((one) =>
      names.some(
        (name) => one.type === name.type && ('id' in name ? name.id === one.id : name.url === one.resource.url),
      ),
    );
  };
  return { rounds, fetch };
}

const HEART = 'http://hospital.example.org/ValueSet/heart';
const ICD = 'http://hospital.example.org/CodeSystem/icd';

describe('gather', () => {
  it('fetches what definitions refer to, each name once, a round for each step', async () => {
    const { fetch, rounds } = store([
      stored(valueSet(HEART, { compose: { include: [{ valueSet: [`${HEART}-2|1.0`] }, { system: ICD }] } }), 'a'),
      stored(valueSet(`${HEART}-2`, { version: '1.0', compose: { include: [{ system: ICD }] } }), 'b'),
      stored({ resourceType: 'CodeSystem', url: ICD, content: 'complete' }, 'c'),
    ]);
    const shelf = new Shelf();
    await shelf.gather([{ type: 'ValueSet', url: HEART }], fetch);
    expect(rounds).toEqual([
      [{ type: 'ValueSet', url: HEART }],
      [
        { type: 'CodeSystem', url: ICD },
        { type: 'ValueSet', url: `${HEART}-2` },
      ],
    ]);
    expect(shelf.valueSet(`${HEART}-2|1.0`)?.id).toBe('b');
    expect(shelf.codeSystem(ICD)?.id).toBe('c');
    expect(shelf.found.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
  });

  it('stops at more definitions than one question may need', async () => {
    const valueSets = Array.from({ length: DEFINITIONS_MAX }, (_, i) => `${HEART}-${i}`);
    const { fetch } = store([stored(valueSet(HEART, { compose: { include: [{ valueSet: valueSets }] } }), 'a')]);
    const shelf = new Shelf();
    await shelf.gather([{ type: 'ValueSet', url: HEART }], fetch);
    expect(shelf.isIncomplete).toBe(true);
  });
});

describe('a definition', () => {
  it('is the highest version, numbers compared as numbers, and of two the one written last', async () => {
    const { fetch } = store([
      stored(valueSet(HEART, { version: '1.9' }), 'nine'),
      stored(valueSet(HEART, { version: '1.10' }), 'ten'),
      stored(valueSet(HEART, { version: '1.10' }), 'ten-later', '2026-02-01'),
    ]);
    const shelf = new Shelf();
    await shelf.gather([{ type: 'ValueSet', url: HEART }], fetch);
    expect(shelf.valueSet(HEART)?.id).toBe('ten-later');
    expect(shelf.valueSet(`${HEART}|1.9`)?.id).toBe('nine');
    expect(shelf.valueSet(`${HEART}|2`)).toBeUndefined();
  });

  it("is R4's own where none is stored", async () => {
    const url = 'http://hl7.org/fhir/ValueSet/administrative-gender';
    const { fetch } = store([]);
    const shelf = new Shelf();
    await shelf.gather([{ type: 'ValueSet', url }], fetch);
    expect(shelf.valueSet(`${url}|4.0.1`)?.url).toBe(url);
    expect(shelf.valueSet(`${url}|5.0.0`)).toBeUndefined();
    expect(shelf.codeSystem('http://hl7.org/fhir/administrative-gender')?.content).toBe('complete');
  });

  it('of a code system is the one that is complete', async () => {
    const url = 'http://hl7.org/fhir/administrative-gender';
    const { fetch } = store([
      stored({ resourceType: 'CodeSystem', url, content: 'not-present', version: '9', caseSensitive: true }, 'stub'),
    ]);
    const shelf = new Shelf();
    await shelf.gather([{ type: 'CodeSystem', url }], fetch);
    expect(shelf.codeSystem(url)?.content).toBe('complete');
  });
});

it('knows code systems in which case says nothing, by rule or by their definition', async () => {
  const { fetch } = store([stored({ resourceType: 'CodeSystem', url: ICD, caseSensitive: false }, 'icd')]);
  const shelf = new Shelf();
  await shelf.gather([{ type: 'CodeSystem', url: ICD }], fetch);
  expect(shelf.isCaseless(ICD)).toBe(true);
  expect(shelf.isCaseless('urn:ietf:bcp:47')).toBe(true);
  expect(shelf.isCaseless('http://unitsofmeasure.org')).toBe(false);
});
