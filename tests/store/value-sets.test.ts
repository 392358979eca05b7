import { describe, expect, it } from 'vitest';
import { openAccess } from '../../resources/index.ts';
import type { SetCode } from '../../store/value-sets.ts';
import { searching } from '../conformance/searching.ts';
import { testContext } from '../setup/context.ts';
import { first, rows } from './postgres.ts';

const CHRONIC = 'http://hospital.example.org/ValueSet/chronic';
const DIETS = 'http://hospital.example.org/CodeSystem/diets';

const search = await searching([
  { resourceType: 'ValueSet', id: 'chronic', url: CHRONIC, status: 'active', version: '2' },
]);
const { concepts } = search.store;

it('hands out definitions as the store has them', async () => {
  const names = [{ type: 'ValueSet', url: CHRONIC }] as const;
  expect(await concepts.definitions(openAccess, names, testContext())).toEqual(
    await search.store.definitions.find(openAccess, names, testContext()),
  );
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
