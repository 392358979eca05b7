/** https://hl7.org/fhir/R4/valueset.html#compositions */
import type { CodeSystem, ValueSet, ValueSetComposeInclude, ValueSetExpansion } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { ownDefinition, ownUrls } from '../../resources/index.ts';
import type { StoredDefinition } from '../../store/index.ts';
import { sizeOf } from '../../terminology/code-map.ts';
import { availability } from '../../terminology/composition.ts';
import { expand } from '../../terminology/expand.ts';
import { Shelf } from '../../terminology/shelf.ts';
import { faultOf } from '../setup/fault.ts';

const DIETS = 'http://hospital.example.org/CodeSystem/diets';
const SNOMED = 'http://snomed.info/sct';

const diets: CodeSystem = {
  resourceType: 'CodeSystem',
  url: DIETS,
  status: 'active',
  content: 'complete',
  concept: [
    { code: 'vegetarian', concept: [{ code: 'vegan' }] },
    { code: 'fasting', property: [{ code: 'inactive', valueBoolean: true }] },
  ],
};

const set = (include: ValueSetComposeInclude[], more: Partial<ValueSet> = {}, compose: object = {}): ValueSet => ({
  resourceType: 'ValueSet',
  status: 'active',
  url: 'http://hospital.example.org/ValueSet/asked',
  compose: { ...compose, include },
  ...more,
});
const listed = (...codes: string[]) => ({ system: DIETS, concept: codes.map((code) => ({ code })) });
const imported = (name: string, valueSet: ValueSet): ValueSet => ({
  ...valueSet,
  url: `http://hospital.example.org/${name}`,
});

function shelfOf(...definitions: (ValueSet | CodeSystem)[]): Shelf {
  const shelf = new Shelf();
  for (const [index, resource] of [diets, ...definitions].entries()) {
    const type = resource.resourceType;
    shelf.found.push({ type, id: `d${index}`, version: 1, lastUpdated: '2026', resource } as StoredDefinition);
  }
  return shelf;
}
const codesOf = (valueSet: ValueSet, ...others: (ValueSet | CodeSystem)[]): string[] =>
  [...expand(valueSet, shelfOf(...others))].flatMap(([, codes]) => [...codes]).sort();

describe('a composition', () => {
  it('takes listed codes, whole systems and what filters leave of them', () => {
    expect(codesOf(set([listed('vegan', 'unheard-of')]))).toEqual(['vegan']);
    expect(codesOf(set([{ system: SNOMED, concept: [{ code: '44054006' }] }]))).toEqual(['44054006']);
    expect(codesOf(set([{ system: DIETS }]))).toEqual(['fasting', 'vegan', 'vegetarian']);
    const below = [{ property: 'concept', op: 'is-a' as const, value: 'vegetarian' }];
    expect(codesOf(set([{ system: DIETS, filter: below }]))).toEqual(['vegan', 'vegetarian']);
    const both = [...below, { property: 'concept', op: '=' as const, value: 'vegan' }];
    expect(codesOf(set([{ system: DIETS, filter: both }]))).toEqual(['vegan']);
  });

  it('leaves out what it excludes, and inactive codes where it says so', () => {
    expect(codesOf(set([{ system: DIETS }], {}, { exclude: [listed('vegan')] }))).toEqual(['fasting', 'vegetarian']);
    expect(codesOf(set([{ system: DIETS }], {}, { inactive: false }))).toEqual(['vegan', 'vegetarian']);
  });

  it('takes of imported value sets what is in all of them, and in the system beside them', () => {
    const a = imported('a', set([listed('vegan', 'fasting')]));
    const b = imported('b', set([listed('vegan', 'vegetarian')]));
    expect(codesOf(set([{ valueSet: [a.url!, b.url!] }]), a, b)).toEqual(['vegan']);
    expect(codesOf(set([{ valueSet: [a.url!] }, { valueSet: [b.url!] }]), a, b)).toHaveLength(3);
    expect(codesOf(set([{ valueSet: [a.url!], ...listed('fasting', 'vegetarian') }]), a)).toEqual(['fasting']);
  });

  it('brings codes to small letters where case says nothing', () =>
    expect(codesOf(set([{ system: 'urn:ietf:bcp:47', concept: [{ code: 'de-CH' }] }]))).toEqual(['de-ch']));
});

describe('a stored expansion', () => {
  const filter = [{ property: 'concept', op: 'is-a' as const, value: '73211009' }];
  const expansion: ValueSetExpansion = {
    timestamp: '2026-01-01T00:00:00Z',
    contains: [{ abstract: true, contains: [{ system: SNOMED, code: '44054006' }] }],
  };

  it('stands in where the composition cannot be worked out', () =>
    expect(codesOf(set([{ system: SNOMED, filter }], { expansion }))).toEqual(['44054006']));

  it('does not where the composition can', () =>
    expect(codesOf(set([listed('vegan')], { expansion }))).toEqual(['vegan']));

  it('stands in for an import, too', () => {
    const inner = imported('inner', set([{ system: SNOMED, filter }], { expansion }));
    expect(codesOf(set([{ valueSet: [inner.url!] }, listed('vegan')]), inner)).toEqual(['44054006', 'vegan']);
  });

  it.each([
    ['more in all', { total: 7 }],
    ['a later page', { offset: 10 }],
    [
      'no end',
      { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/valueset-unclosed', valueBoolean: true }] },
    ],
  ])('is not believed when it tells of %s', (_, more) => {
    const partial = set([{ system: SNOMED, filter }], { expansion: { ...expansion, ...more } });
    expect(faultOf(() => expand(partial, shelfOf())).kind).toBe('not-supported');
  });
});

describe('a refusal', () => {
  const text = (valueSet: ValueSet, ...others: (ValueSet | CodeSystem)[]) =>
    faultOf(() => expand(valueSet, shelfOf(...others))).message;
  const asked = 'The value set http://hospital.example.org/ValueSet/asked cannot be expanded: ';

  it('names the value set, the code system and the reason', () => {
    expect(text(set([{ system: 'http://loinc.org' }]))).toBe(
      `${asked}the code system http://loinc.org is not at hand.`,
    );
    expect(text(set([{ system: DIETS, version: '9' }]))).toBe(`${asked}the code system ${DIETS}|9 is not at hand.`);
    const regex = [{ property: 'concept', op: 'regex' as const, value: '(v+)+' }];
    expect(text(set([{ system: DIETS, filter: regex }]))).toBe(
      `${asked}its filter concept regex on ${DIETS} is not offered.`,
    );
    expect(text(set([{}]))).toBe(`${asked}a part of it names neither a system nor a value set.`);
  });

  it('names the import in which the reason lies', () => {
    const inner = imported('inner', set([{ system: 'http://loinc.org' }]));
    expect(text(set([{ valueSet: [inner.url!] }]), inner)).toBe(
      `${asked}the code system http://loinc.org is not at hand (in the value set ${inner.url} that it imports).`,
    );
  });

  it('tells of value sets that import each other', () => {
    const a = set([{ valueSet: ['http://hospital.example.org/b'] }]);
    const b = imported('b', set([{ valueSet: [a.url!] }]));
    expect(text(a, a, b)).toContain('it imports itself');
  });
});

it('tells what of a code system is at hand', () => {
  expect(availability(undefined)).toBe('not at hand');
  expect(availability({ ...diets, content: 'not-present' })).toBe('not at hand');
  expect(availability({ ...diets, content: 'fragment' })).toContain('only in part');
  expect(availability(diets)).toBe('at hand');
});

it("expands all of R4's own value sets but those of systems that only others can list", () => {
  const shelf = new Shelf();
  const valueSets = ownUrls('ValueSet').map((url) => ownDefinition('ValueSet', url)!);
  const refused = valueSets.filter((one) => {
    try {
      return sizeOf(expand(one, shelf)) === 0;
    } catch {
      return true;
    }
  });
  expect(valueSets.length).toBeGreaterThan(1300);
  expect(refused.length).toBeLessThan(valueSets.length * 0.12);
});
