/** https://hl7.org/fhir/R4/valueset.html#compositions */
import type { CodeSystem, ValueSet, ValueSetCompose } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { StoredDefinition } from '../../store/index.ts';
import { availability, compose, folded, nameOf, systemsIn, termOf, versionsOf } from '../../terminology/composition.ts';
import { holds } from '../../terminology/membership.ts';
import { Shelf } from '../../terminology/shelf.ts';

const URL = 'http://hospital.example.org/CodeSystem/allergens';
const allergens = (version: string, ...codes: string[]): CodeSystem => ({
  resourceType: 'CodeSystem',
  url: URL,
  version,
  status: 'active',
  content: 'complete',
  concept: codes.map((code) => ({ code })),
});
const set = (name: string, parts: ValueSetCompose): ValueSet => ({
  resourceType: 'ValueSet',
  status: 'active',
  url: `http://hospital.example.org/ValueSet/${name}`,
  compose: parts,
});
function shelfOf(...definitions: (ValueSet | CodeSystem)[]): Shelf {
  const shelf = new Shelf();
  for (const [index, resource] of definitions.entries()) {
    const { resourceType: type } = resource;
    shelf.found.push({ type, id: `d${index}`, version: 1, lastUpdated: '2026', resource } as StoredDefinition);
  }
  return shelf;
}
const first = allergens('1', 'peanut', 'latex');
const second = allergens('2', 'peanut', 'penicillin');

describe('a composition', () => {
  it('means the version that it names, and the highest where it names none', () => {
    const shelf = shelfOf(first, second);
    const old = compose(set('old', { include: [{ system: URL, version: '1' }] }), shelf);
    const now = compose(set('now', { include: [{ system: URL }] }), shelf);
    const has = (composition: typeof old, code: string) => holds(termOf(composition, URL), code);
    expect([has(old, 'latex'), has(old, 'penicillin')]).toEqual([true, false]);
    expect([has(now, 'latex'), has(now, 'penicillin')]).toEqual([false, true]);
    expect(versionsOf(now, URL).map(({ version }) => version)).toEqual(['2']);
  });

  it('has no code of systems that it does not name', () => {
    const composition = compose(set('all', { include: [{ system: URL }] }), shelfOf(first));
    expect(holds(termOf(composition, 'http://loinc.org'), '8480-6')).toBe(false);
    expect([...systemsIn(composition)]).toEqual([URL]);
  });

  it('says yes to what one part has, whatever is not known of the others', () => {
    const composition = compose(
      set('both', { include: [{ system: URL }, { system: 'http://loinc.org' }] }),
      shelfOf(first),
    );
    expect(composition.problem).toMatchObject({ kind: 'unknown-system', canonical: 'http://loinc.org' });
    expect(holds(termOf(composition, URL), 'latex')).toBe(true);
    expect(holds(termOf(composition, URL), 'dust')).toBe(false);
    expect(holds(termOf(composition, 'http://loinc.org'), '8480-6')).toBeUndefined();
  });

  it('cannot tell of codes that a fragment lacks', () => {
    const fragment = { ...first, content: 'fragment' as const };
    const composition = compose(set('part', { include: [{ system: URL }] }), shelfOf(fragment));
    expect(composition.problem?.kind).toBe('incomplete-system');
    expect(holds(termOf(composition, URL), 'latex')).toBe(true);
    expect(holds(termOf(composition, URL), 'dust')).toBeUndefined();
  });

  it('leaves inactive codes out everywhere where it says so', () => {
    const withOld: CodeSystem = {
      ...first,
      concept: [{ code: 'peanut' }, { code: 'latex', property: [{ code: 'status', valueCode: 'retired' }] }],
    };
    const include = [{ system: URL, concept: [{ code: 'latex' }, { code: 'peanut' }] }];
    const has = (parts: ValueSetCompose, code: string) =>
      holds(termOf(compose(set('x', parts), shelfOf(withOld)), URL), code);
    expect(has({ inactive: false, include }, 'latex')).toBe(false);
    expect(has({ inactive: false, include }, 'peanut')).toBe(true);
    expect(has({ include }, 'latex')).toBe(true);
  });
});

it('names value sets and what is at hand of systems', () => {
  expect(nameOf({ url: 'http://x' })).toBe('the value set http://x');
  expect(nameOf({ id: '7' })).toBe('the value set ValueSet/7');
  expect(nameOf({})).toContain('that was sent');
  expect(availability(undefined)).toBe('not at hand');
  expect(folded('De', true) + folded('De', false)).toBe('deDe');
});
