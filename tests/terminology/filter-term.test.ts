import type { CodeSystem } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import { filterTerm } from '../../terminology/filter-term.ts';
import { systemOf } from '../../terminology/system.ts';
import { wards } from './double.ts';
import { heart } from './heart.ts';

const snomed = systemOf(heart);
const loinc = systemOf({ ...heart, url: 'http://loinc.org' } satisfies CodeSystem);

it('reads a constraint as an expression, and says where that is wrong', () => {
  expect(filterTerm({ property: 'constraint', op: '=', value: '< 56265001' }, snomed)).toMatchObject({
    kind: 'filter',
    filter: { property: 'concept', op: 'descendent-of', value: '56265001' },
  });
  expect(filterTerm({ property: 'constraint', op: '=', value: '<' }, snomed)).toMatchObject({
    because: expect.stringContaining('in its filter on http://snomed.info/sct'),
  });
});

it('knows what SNOMED CT and LOINC mean by filters of their own', () => {
  expect(filterTerm({ property: 'concept', op: 'in', value: '723264001' }, snomed)).toMatchObject({
    filter: { property: 'memberOf', op: '=', value: '723264001' },
  });
  expect(filterTerm({ property: 'concept', op: 'in', value: '1,2' }, snomed)).toMatchObject({ filter: { op: 'in' } });
  expect(filterTerm({ property: 'ancestor', op: '=', value: 'LP14449-0' }, loinc)).toMatchObject({
    filter: { property: 'concept', op: 'descendent-of' },
  });
});

it('leaves all others as they are, and says which are not offered', () => {
  const filter = { property: 'concept', op: 'is-a', value: 'surgery' } as const;
  expect(filterTerm(filter, systemOf(wards))).toEqual({ kind: 'filter', system: systemOf(wards), filter });
  expect(filterTerm({ ...filter, op: 'regex', value: '(' }, systemOf(wards))).toMatchObject({
    because: expect.stringContaining('is not offered'),
  });
});
