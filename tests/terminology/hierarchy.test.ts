import type { CodeSystem } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import { hierarchyOf, propertyValues } from '../../terminology/hierarchy.ts';

const system = (concept: CodeSystem['concept']): CodeSystem => ({
  resourceType: 'CodeSystem',
  status: 'active',
  content: 'complete',
  concept: concept!,
});

const blood = hierarchyOf(
  system([
    { code: 'product', concept: [{ code: 'red-cells', concept: [{ code: 'washed' }] }, { code: 'plasma' }] },
    { code: 'irradiated', property: [{ code: 'parent', valueCode: 'red-cells' }] },
    { code: 'frozen', property: [{ code: 'subsumedBy', valueCode: 'plasma' }] },
    { code: 'rare', property: [{ code: 'child', valueCode: 'washed' }] },
  ]),
);

it('reads the hierarchy from nesting and from properties', () => {
  expect(blood.below('red-cells')).toEqual(new Set(['red-cells', 'washed', 'irradiated']));
  expect(blood.below('product')).toEqual(new Set(['product', 'red-cells', 'plasma', 'washed', 'irradiated', 'frozen']));
  expect(blood.above('washed')).toEqual(new Set(['washed', 'red-cells', 'product', 'rare']));
  expect([...blood.parents('washed')].sort()).toEqual(['rare', 'red-cells']);
  expect([...blood.children('product')].sort()).toEqual(['plasma', 'red-cells']);
  expect(blood.concepts.size).toBe(7);
});

it('ends where concepts are above each other in a circle', () => {
  const circle = hierarchyOf(
    system([
      { code: 'a', property: [{ code: 'parent', valueCode: 'b' }] },
      { code: 'b', property: [{ code: 'parent', valueCode: 'a' }] },
    ]),
  );
  expect(circle.below('a')).toEqual(new Set(['a', 'b']));
});

it('knows nothing above or below a code that the system does not have', () => {
  expect(blood.below('whole-blood')).toEqual(new Set(['whole-blood']));
  expect(blood.parents('whole-blood').size).toBe(0);
});

it('tells the values of properties as text', () => {
  const concept = {
    code: 'x',
    property: [
      { code: 'abo', valueCode: 'A' },
      { code: 'units', valueInteger: 2 },
      { code: 'abo', valueCoding: { code: 'B' } },
      { code: 'inactive', valueBoolean: true },
    ],
  };
  expect(propertyValues(concept, 'abo')).toEqual(['A', 'B']);
  expect(propertyValues(concept, 'units')).toEqual(['2']);
  expect(propertyValues(concept, 'inactive')).toEqual(['true']);
});
