import { describe, expect, it } from 'vitest';
import { openAccess } from '../../resources/index.ts';
import { currentStatement, markOf, marksOf, type SetCode } from '../../store/value-sets.ts';
import { searching } from '../conformance/searching.ts';
import { testContext } from '../setup/context.ts';
import { first, rows } from './postgres.ts';
import { scopeFor } from './search/scope.ts';

const CHRONIC = 'http://hospital.example.org/ValueSet/chronic';
const DIETS = 'http://hospital.example.org/CodeSystem/diets';

const search = await searching([
  { resourceType: 'ValueSet', id: 'chronic', url: CHRONIC, status: 'active', version: '2' },
  { resourceType: 'ValueSet', id: 'other', url: `${CHRONIC}-not`, status: 'active' },
  { resourceType: 'CodeSystem', id: 'diets', url: DIETS, status: 'active', content: 'complete' },
]);
const { concepts } = search.store;

describe('definitions', () => {
  it('are found by url and by id, each with its content', async () => {
    const names = [
      { type: 'ValueSet', url: CHRONIC },
      { type: 'ValueSet', id: 'other' },
      { type: 'CodeSystem', url: DIETS },
      { type: 'CodeSystem', url: CHRONIC },
      { type: 'ValueSet', id: 'never' },
    ] as const;
    const found = await concepts.definitions(openAccess, names, testContext());
    expect(found.map(({ type, id, version }) => markOf(type, id, version)).sort()).toEqual([
      'CodeSystem/diets/_history/1',
      'ValueSet/chronic/_history/1',
      'ValueSet/other/_history/1',
    ]);
    expect(found.find(({ id }) => id === 'chronic')!.resource).toEqual({
      resourceType: 'ValueSet',
      id: 'chronic',
      url: CHRONIC,
      status: 'active',
      version: '2',
    });
  });

  it('are those that the caller may see', async () => {
    const access = { actor: 'Practitioner/7', grants: [{ types: ['CodeSystem'], verbs: ['search'] as const }] };
    const names = [
      { type: 'ValueSet', url: CHRONIC },
      { type: 'CodeSystem', url: DIETS },
    ] as const;
    expect((await concepts.definitions(access, names, testContext())).map(({ id }) => id)).toEqual(['diets']);
  });

  it('are not there any more when they are deleted', async () => {
    await search.put({ resourceType: 'ValueSet', id: 'gone', url: `${CHRONIC}-gone`, status: 'retired' });
    const names = [{ type: 'ValueSet', url: `${CHRONIC}-gone` }] as const;
    expect(await concepts.definitions(openAccess, names, testContext())).toHaveLength(1);
    await search.delete('ValueSet/gone');
    expect(await concepts.definitions(openAccess, names, testContext())).toEqual([]);
  });
});

describe('keep', () => {
  const codes: SetCode[] = [
    { system: DIETS, code: 'vegan', caseless: false },
    { system: 'urn:ietf:bcp:47', code: 'de-ch', caseless: true },
  ];

  it('keeps a set once, whatever the order of its codes and however many ask at the same time', async () => {
    const numbers = await Promise.all(
      [codes, codes.toReversed(), codes, codes].map((one) => concepts.keep(one, testContext())),
    );
    expect(new Set(numbers).size).toBe(1);
    expect(
      await rows(
        search.connection,
        `select system, code, v, caseless from code_set_code where set = ${numbers[0]} order by 1`,
      ),
    ).toEqual([
      [DIETS, 'vegan', `${DIETS}|vegan`, false],
      ['urn:ietf:bcp:47', 'de-ch', 'urn:ietf:bcp:47|de-ch', true],
    ]);
  });

  it('tells sets apart that differ in one code', async () =>
    expect(await concepts.keep(codes, testContext())).not.toBe(await concepts.keep(codes.slice(1), testContext())));

  it('removes sets that nobody has used for a month', async () => {
    const old = await concepts.keep([{ system: DIETS, code: 'old', caseless: false }], testContext());
    await rows(search.connection, `update code_set set used = now() - interval '31 days' where n = ${old}`);
    await concepts.keep(codes, testContext());
    expect(await first(search.connection, `select count(*) from code_set_code where set = ${old}`)).toBe('0');
  });

  it('keeps an empty set, too', async () => {
    const none = await concepts.keep([], testContext());
    expect(await first(search.connection, `select count(*) from code_set where n = ${none}`)).toBe('1');
  });
});

it('tells by marks whether definitions are still the same, in the order of no plan', () => {
  expect(
    marksOf([
      ['ValueSet', 'b', '2'],
      ['CodeSystem', 'a', '1'],
    ]),
  ).toEqual(['CodeSystem/a/_history/1', 'ValueSet/b/_history/2']);
  expect(currentStatement(scopeFor(), [{ type: 'ValueSet', id: 'a' }]).text).not.toContain('resource::text');
});
