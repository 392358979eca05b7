import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { testContext } from '../../setup/context.ts';
import { testDatabase } from '../../setup/database.ts';
import { first, openTestStore, rows } from '../postgres.ts';
import { row, system, wardRows } from './wards.ts';

const connection = await testDatabase();
const { concepts } = await openTestStore({ connection });
const context = testContext();
const ready = async () => (await concepts.loaded(context)).map(({ identity }) => identity);

describe('a load', () => {
  it('makes a system visible whole, with ranks and hierarchy', async () => {
    const n = await concepts.load(system(), [wardRows.slice(0, 2), wardRows.slice(2)], context);
    expect(await ready()).toEqual(['wards 1']);
    expect(
      await rows(connection, `select code, n, rank, parents, above, below from concept where system = ${n} order by n`),
    ).toEqual([
      ['spine', 1, 13_000_001, [3, 4], [1, 2, 3, 4], 0],
      ['surgery', 2, 7_000_001, [], [2], 3],
      ['neuro', 3, 12_000_001, [2], [2, 3], 1],
      ['ortho', 4, 19_000_001, [2], [2, 4], 1],
      ['medicine', 5, 17_000_001, [], [5], 0],
    ]);
    expect(
      await rows(connection, `select property, value from concept_property where system = ${n} order by n`),
    ).toEqual([
      ['floor', '4'],
      ['floor', '2'],
      ['kind', 'Old, large'],
    ]);
  });

  it('happens once, however many ask at the same time', async () => {
    const asked = { ...system(), identity: 'wards 2' };
    const numbers = await Promise.all([1, 2].map(() => concepts.load(asked, [wardRows], testContext())));
    expect(new Set(numbers).size).toBe(1);
    expect(await concepts.load(asked, [[row('other', 'Other')]], context)).toBe(numbers[0]);
  });

  it('gives a large one a table of its own, which goes with it', async () => {
    const n = await concepts.load({ ...system(), identity: 'wards 3', isLarge: true }, [wardRows], context);
    expect(await first(connection, `select count(*) from concept_${n}`)).toBe('5');
    expect(await first(connection, `select count(*) from concept where system = ${n}`)).toBe('5');
    await concepts.drop(n, context);
    expect(await first(connection, `select to_regclass('concept_${n}')`)).toBeNull();
    expect(await ready()).not.toContain('wards 3');
  });

  it('leaves nothing behind where it fails, and can be done again', async () => {
    const failing = (function* () {
      yield wardRows;
      throw new Error('the file ends here');
    })();
    const asked = { ...system(), identity: 'wards 4', isLarge: true };
    await expect(concepts.load(asked, failing, context)).rejects.toThrow('the file ends here');
    expect(await ready()).not.toContain('wards 4');
    expect(await concepts.load(asked, [wardRows], context)).toBeGreaterThan(0);
  });

  it('drops a small one row by row', async () => {
    const n = await concepts.load({ ...system(), identity: 'wards 5' }, [wardRows], context);
    await concepts.drop(n, context);
    expect(await first(connection, `select count(*) from concept where system = ${n}`)).toBe('0');
  });
});

it('brings what was loaded before there were bands to the same rows', async () => {
  const long = row('long', 'Pseudohypoparathyroidism ward');
  await concepts.load({ ...system(), identity: 'old' }, [[...wardRows, long]], context);
  await concepts.load({ ...system(), identity: 'old, large', isLarge: true }, [[...wardRows, long]], context);
  const all = () => rows(connection, 'select system, key, words::text as words from concept order by system, key');
  const made = await all();
  await rows(
    connection,
    `update concept set words = array_to_tsvector(string_to_array(lower(display), ' ')) where display is not null`,
  );
  expect(await all()).not.toEqual(made);
  const migration = new URL('../../../store/migrations/0016-concept-bands.sql', import.meta.url);
  await rows(connection, readFileSync(migration, 'utf8'));
  expect(await all()).toEqual(made);
});
