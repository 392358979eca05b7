import type { CodeSystem } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { grammarOf } from '../../terminology/grammars/index.ts';
import { ruledSystem, systemOf } from '../../terminology/system.ts';

const wards: CodeSystem = {
  resourceType: 'CodeSystem',
  url: 'http://hospital.example.org/CodeSystem/wards',
  version: '3',
  status: 'active',
  content: 'complete',
  caseSensitive: false,
  concept: [
    { code: 'Surgery', display: 'Surgery', concept: [{ code: 'Neuro' }, { code: 'Cardiac' }] },
    { code: 'Medicine', property: [{ code: 'floor', valueInteger: 2 }] },
  ],
};
const is = (property: string, op: string, value: string) => ({ property, op, value }) as never;

describe('a system with a list', () => {
  const system = systemOf(wards);

  it('is made once for each definition, and has everything but the concepts in what it tells of itself', () => {
    expect(systemOf(wards)).toBe(system);
    const { concept: _, ...about } = wards;
    expect(system).toMatchObject({ about, url: wards.url, version: '3', isCaseless: true, isComplete: true, size: 4 });
  });

  it('finds codes in any case where case says nothing', () => {
    expect(system.find('neuro')?.code).toBe('Neuro');
    expect(system.find('icu')).toBeUndefined();
    expect(systemOf({ ...wards, caseSensitive: true }).find('neuro')).toBeUndefined();
  });

  it('lists concepts in the order of the definition', () =>
    expect([...system.list()!].map(({ code }) => code)).toEqual(['Surgery', 'Neuro', 'Cardiac', 'Medicine']));

  it('tells what is above and below', () => {
    expect(system.subsumes('Surgery', 'Neuro')).toBe(true);
    expect(system.subsumes('Neuro', 'Surgery')).toBe(false);
    expect([...system.parents('Neuro')]).toEqual(['Surgery']);
    expect([...system.children('Surgery')].sort()).toEqual(['Cardiac', 'Neuro']);
  });

  it('tells which codes pass a filter, and which filters it offers', () => {
    expect(system.passes('neuro', is('concept', 'is-a', 'Surgery'))).toBe(true);
    expect(system.passes('Medicine', is('concept', 'is-a', 'Surgery'))).toBe(false);
    expect(system.passes('Medicine', is('floor', '=', '2'))).toBe(true);
    expect(system.offers(is('floor', 'sounds-like', '2'))).toBe(false);
    expect(system.passes('Medicine', is('floor', 'sounds-like', '2'))).toBeUndefined();
  });
});

describe('a system of rules', () => {
  const countries = ruledSystem(grammarOf('urn:iso:std:iso:3166')!);

  it('finds codes, filters them, and lists them where there is an end to them', () => {
    expect(countries.find('CH')?.display).toBe('Switzerland');
    expect(countries.passes('CHE', is('code', 'regex', '[A-Z]{3}'))).toBe(true);
    expect(countries.passes('CH', is('code', 'regex', '[A-Z]{3}'))).toBe(false);
    expect(countries.passes('XX', is('code', 'regex', '[A-Z]{2}'))).toBe(false);
    expect([...countries.list()!]).toHaveLength(747);
    expect(ruledSystem(grammarOf('http://unitsofmeasure.org')!).list()).toBeUndefined();
  });

  it('has no hierarchy', () => {
    expect(countries.subsumes('CH', 'CH')).toBe(true);
    expect(countries.subsumes('CH', 'DE')).toBe(false);
    expect(countries.parents('CH').size + countries.children('CH').size).toBe(0);
  });

  it('knows the regions of M49 by the class that R4 names them by', () => {
    const regions = ruledSystem(grammarOf('http://unstats.un.org/unsd/methods/m49/m49.htm')!);
    expect(regions.passes('150', is('class', '=', 'region'))).toBe(true);
    expect(regions.offers(is('class', '=', 'region'))).toBe(true);
  });
});
