/** https://hl7.org/fhir/R4/valueset-filter-operator.html */
import type { ValueSetComposeIncludeFilter } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import { filtered } from '../../terminology/filter.ts';
import { hierarchyOf } from '../../terminology/hierarchy.ts';

const hierarchy = hierarchyOf({
  resourceType: 'CodeSystem',
  status: 'active',
  content: 'complete',
  concept: [
    {
      code: 'vaccine',
      concept: [
        { code: 'influenza', property: [{ code: 'route', valueCode: 'im' }], concept: [{ code: 'h1n1' }] },
        { code: 'rotavirus', property: [{ code: 'route', valueCode: 'oral' }] },
      ],
    },
  ],
});
const filter = (property: string, op: string, value: string) =>
  ({ property, op, value }) as ValueSetComposeIncludeFilter;

it.each([
  ['concept', 'is-a', 'influenza', ['h1n1', 'influenza']],
  ['code', 'is-a', 'influenza', ['h1n1', 'influenza']],
  ['concept', 'descendent-of', 'vaccine', ['h1n1', 'influenza', 'rotavirus']],
  ['concept', 'is-not-a', 'influenza', ['rotavirus', 'vaccine']],
  ['concept', 'generalizes', 'h1n1', ['h1n1', 'influenza', 'vaccine']],
  ['concept', '=', 'h1n1', ['h1n1']],
  ['concept', 'in', 'h1n1, rotavirus', ['h1n1', 'rotavirus']],
  ['concept', 'not-in', 'h1n1,rotavirus', ['influenza', 'vaccine']],
  ['route', '=', 'oral', ['rotavirus']],
  ['route', 'exists', 'true', ['influenza', 'rotavirus']],
  ['route', 'exists', 'false', ['h1n1', 'vaccine']],
  ['concept', 'regex', 'h.*', ['h1n1']],
  ['concept', 'regex', 'in', []],
  ['concept', 'child-of', 'vaccine', ['influenza', 'rotavirus']],
  ['concept', 'descendent-leaf', 'vaccine', ['h1n1', 'rotavirus']],
  ['inactive', '=', 'false', ['h1n1', 'influenza', 'rotavirus', 'vaccine']],
  ['parent', '=', 'vaccine', ['influenza', 'rotavirus']],
  ['child', '=', 'h1n1', ['influenza']],
  // A code that the system does not have.
  ['concept', 'is-a', 'measles', []],
  ['concept', 'is-not-a', 'measles', ['h1n1', 'influenza', 'rotavirus', 'vaccine']],
])('%s %s %s', (property, op, value, codes) =>
  expect([...filtered(hierarchy, filter(property, op, value))!].sort()).toEqual(codes),
);

it.each([
  ['concept', 'regex', '(h|i)+'],
  ['route', 'is-a', 'oral'],
  ['concept', 'sounds-like', 'influenza'],
])('does not guess what %s %s %s picks', (property, op, value) =>
  expect(filtered(hierarchy, filter(property, op, value))).toBeUndefined(),
);
