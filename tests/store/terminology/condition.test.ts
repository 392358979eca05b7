/** What filters pick in SQL is what they pick in memory. https://hl7.org/fhir/R4/valueset-filter-operator.html */

import fc from 'fast-check';
import type { CodeSystem } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import { both, type ConceptFilter, either, not, type Term } from '../../../store/index.ts';
import { CONCEPT_OPERATORS, conceptCondition } from '../../../store/terminology/condition.ts';
import { isOffered } from '../../../terminology/filter.ts';
import { holds } from '../../../terminology/membership.ts';
import { systemOf } from '../../../terminology/system.ts';
import { testContext } from '../../setup/context.ts';
import { testDatabase } from '../../setup/database.ts';
import { openTestStore } from '../postgres.ts';
import { about, system, wardRows } from './wards.ts';

const { concepts } = await openTestStore({ connection: await testDatabase() });
const context = testContext();
const n = await concepts.load(system(), [wardRows], context);
const memory: CodeSystem = {
  ...about,
  concept: wardRows.map(({ parents, inactive, abstract, words: _, ...concept }) => ({
    ...concept,
    property: [
      ...(concept.property ?? []),
      ...parents.map((valueCode) => ({ code: 'parent', valueCode })),
      ...(inactive ? [{ code: 'inactive', valueBoolean: true }] : []),
      ...(abstract ? [{ code: 'notSelectable', valueBoolean: true }] : []),
    ],
  })),
};
const listed = systemOf(memory);
const inTables = { ...listed, url: about.url!, table: n };
const numbers = new Map(wardRows.map(({ code }, index) => [code, index + 1]));

async function inSql(term: Term): Promise<string[]> {
  const request = { system: n, isCaseless: false, term, numberOf: (code: string) => numbers.get(code) };
  const more = {
    words: undefined,
    activeOnly: false,
    selectableOnly: false,
    offset: 0,
    count: 100,
    size: { most: 5, isExact: false },
  };
  const page = await concepts.page({ ...request, ...more }, context);
  return page.concepts.map(({ code }) => code).sort();
}

const codes = [...numbers.keys(), 'kitchen'];
const operators = [...CONCEPT_OPERATORS];
const filter = fc.record({
  property: fc.constantFrom(
    'concept',
    'code',
    'display',
    'definition',
    'parent',
    'child',
    'inactive',
    'notSelectable',
    'floor',
    'kind',
  ),
  op: fc.constantFrom(...operators),
  value: fc.oneof(
    fc.constantFrom(...codes, 'true', 'false', '4', 'Surgery', 'Old, large', '.*urg.*', 'Spine.*'),
    fc.uniqueArray(fc.constantFrom(...codes, '2', '4'), { minLength: 1 }).map((some) => some.join(', ')),
  ),
}) as fc.Arbitrary<ConceptFilter>;

it('picks the same as filters in memory', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(filter, { minLength: 1, maxLength: 3 }), fc.boolean(), async (filters, isEither) => {
      const offered = filters.filter((one) => isOffered(one) && !(one.op === 'regex' && one.property === 'child'));
      fc.pre(offered.length > 0 && offered.every(({ property, op }) => !RELATED.has(property) || op !== 'regex'));
      const terms = (one: typeof listed | typeof inTables): Term[] =>
        offered.map((each) => ({ kind: 'filter', system: one, filter: each }));
      const whole = (one: typeof listed | typeof inTables) => {
        const [head, ...rest] = terms(one);
        return isEither ? either([head!, ...rest.map(not)]) : both([head!, ...rest.map(not)]);
      };
      const expected = codes.filter((code) => listed.find(code) && holds(whole(listed), code)).sort();
      expect(await inSql(whole(inTables))).toEqual(expected);
    }),
    { numRuns: 400 },
  );
});

/** Nobody asks for parents by a regular expression: the tables do not offer it. */
const RELATED: ReadonlySet<string> = new Set(['parent', 'child']);

it('knows codes, and codes that are active', async () => {
  const some: Term = { kind: 'codes', codes: new Set(['neuro', 'medicine', 'kitchen']), isCaseless: false };
  expect(await inSql(some)).toEqual(['medicine', 'neuro']);
  expect(await inSql(both([some, { kind: 'active', system: inTables }]))).toEqual(['neuro']);
  expect(await inSql({ kind: 'unknown', because: 'x' })).toEqual([]);
});

it('refuses operators that were not asked for before', () => {
  const term = { kind: 'filter', system: inTables, filter: { property: 'floor', op: 'is-a', value: '4' } } as const;
  expect(() => conceptCondition(term, n, false, () => undefined)).toThrow('cannot be filtered by is-a');
});
