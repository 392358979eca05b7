import { describe, expect, it } from 'vitest';
import { parseSearchOptions } from '../../../bench/search/main.ts';
import { MEASURES, rankOf } from '../../../bench/search/measures.ts';
import { FULL, idOf, POPULATION_TYPES, resourceOf, SMALL, timeOf } from '../../../bench/search/population.ts';
import { searchReport } from '../../../bench/search/report.ts';

describe('the population that is searched', () => {
  it('is the same from the same number, whoever makes it', () => {
    for (const type of POPULATION_TYPES) expect(resourceOf(type, 17, SMALL)).toEqual(resourceOf(type, 17, SMALL));
  });

  it('has nothing left to fill in, and refers to what there is', () => {
    for (const type of POPULATION_TYPES) {
      const { text, references } = resourceOf(type, 33, SMALL);
      expect(JSON.parse(text).resourceType).toBe(type);
      expect(text).not.toMatch(/[\uE000-\uE0FF]/);
      for (const { reference } of references) {
        const [target, id] = reference.split('/') as [keyof typeof SMALL, string];
        expect(text).toContain(reference);
        expect(id <= idOf(target, SMALL[target] - 1)).toBe(true);
      }
    }
  });

  it('has a visit of the patient for each result', () => {
    const result = JSON.parse(resourceOf('Observation', 4321, SMALL).text);
    const visit = Number(result.encounter.reference.split('-').at(-1));
    const patient = JSON.parse(resourceOf('Encounter', visit, SMALL).text).subject.reference;
    expect(patient).toBe(result.subject.reference);
  });

  it('grows over the years', () => {
    expect(timeOf(FULL.Observation / 2, FULL.Observation)).toBeGreaterThan(Date.UTC(2020, 0, 1));
  });

  it('has a code that is a tenth of all, and no code twice', () => {
    expect(rankOf(0.099)).toBe(0);
    expect(rankOf(0.101)).toBe(1);
    expect(new Set(MEASURES.map(({ code }) => code)).size).toBe(MEASURES.length);
  });
});

it('measures both sizes unless one is named', () => {
  expect(parseSearchOptions(['--search'])?.sizes).toEqual(['small', 'full']);
  expect(parseSearchOptions(['--search', '--small', '--shape', 'status'])).toMatchObject({
    sizes: ['small'],
    shape: 'status',
  });
  expect(parseSearchOptions(['--search', '--help'])).toBeUndefined();
});

it('sets in bold what misses the aim', () => {
  const times = (p50: number) => ({ p50, p99: p50 * 2 });
  const one = (p50: number, hand: number) => ({
    name: 'identifier', value: 'any', heavy: false, one: times(p50), many: times(p50 * 9), hand: times(hand),
    postgres: { pages: Math.round(p50 * 10), planning: 0.4, execution: p50 / 2 },
  }); // biome-ignore format: one line is enough
  const rows = searchReport({ small: [one(1, 0.5)], full: [one(6, 5.5)] });
  expect(rows.split('\n')[2]).toBe(
    '| identifier | any | 1.00 | **6.00** | **6.00×** | 10 → 60 | 0.4 + 3.0 | 12.00 | 54.00 | 108.00 | 5.50 | 0.50 |',
  );
});
