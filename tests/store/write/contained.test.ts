import { afterAll, describe, expect, it } from 'vitest';
import { openAccess } from '../../../resources/index.ts';
import { openStore } from '../../../store/index.ts';
import { testDatabase } from '../../setup/database.ts';
import { draftOf, testContext } from '../double.ts';
import { rows } from '../postgres.ts';

const connection = await testDatabase();
const store = await openStore({ connection, applicationName: 'vesta test' });
const other = await openStore({ connection, applicationName: 'vesta test' });
afterAll(() => Promise.all([store.close(), other.close()]));
const context = testContext();
const { records } = store;

const medication = (id: string, batch: string, more = '') =>
  `{"resourceType":"Medication","id":"${id}","identifier":[{"system":"urn:batch","value":"${batch}"}],"code":{"coding":[{"system":"urn:drug","code":"A"}]}${more}}`;
const draft = (id: string, contained: readonly string[], more = '') =>
  draftOf(
    `{"resourceType":"MedicationRequest","status":"active","intent":"order"${more},` +
      `${contained.length > 0 ? `"contained":[${contained.join(',')}],` : ''}"medicationReference":{"reference":"#a"},"subject":{"reference":"Patient/p"}}`,
    'PUT',
    id,
  );
const put = (id: string, contained: readonly string[], more = '', by = store) =>
  by.records.update(openAccess, draft(id, contained, more), {}, context);
/** What is contained, with the transaction that wrote it. */
const inside = (id: string) =>
  rows(connection, `select local, xmin::text from contained where owner_id = '${id}' order by local`);
const locals = async (id: string) => (await inside(id)).map(([local]) => local);
/** Identifiers of what it contains, from the side rows. */
const batches = async (id: string) =>
  (
    await rows(
      connection,
      `select x.v from contained c join x_id x on x.rid = c.rid where c.owner_id = '${id}' order by x.v`,
    )
  ).map(([v]) => v);

describe('what a resource contains', () => {
  it('is written with it, whether alone, in a set, or encoded as it comes', async () => {
    await put('one', [medication('a', '1'), medication('b', '2')]);
    const set = [records.prepare(draft('two', [medication('a', '3')]))];
    const writes = set.map((content) => ({ do: 'update' as const, content }));
    await records.commit(openAccess, { guards: [], writes }, context);
    const encoder = records.encoder(Date.parse('2026-01-01T00:00:00Z'));
    encoder.add({ ...draft('three', [medication('a', '4')]), method: 'POST' }, 500);
    await records.commit(openAccess, { guards: [], writes: [], encoded: encoder.finish() }, context);
    expect(await locals('one')).toEqual(['a', 'b']);
    expect([await batches('one'), await batches('two'), await batches('three')]).toEqual([['1', '2'], ['3'], ['4']]);
    const [[alike]] = (await rows(
      connection,
      `select count(distinct (to_jsonb(c) - array['id', 'rid', 'owner', 'owner_id', 'h', 'local'])::text)::int from contained c`,
    )) as [[number]];
    expect(alike).toBe(1);
    expect(await rows(connection, `select count(*)::int from dict where v = 'urn:drug|A'`)).toEqual([[1]]);
  });

  it('is left alone by an update that leaves it alone', async () => {
    await put('same', [medication('a', '1'), medication('b', '2')]);
    const before = await inside('same');
    await put('same', [medication('a', '1'), medication('b', '2')], ',"priority":"stat"');
    await put('same', [medication('a', '1'), medication('b', '2')], ',"priority":"asap"', other);
    expect(await inside('same')).toEqual(before);
    await put('same', [medication('a', '1'), medication('b', '2', ',"status":"active"')]);
    const after = await inside('same');
    expect([after[0], after[1]![1] === before[1]![1]]).toEqual([before[0], false]);
    expect(await batches('same')).toEqual(['1', '2']);
  });

  it('goes and comes with the versions of its container', async () => {
    await put('changing', [medication('a', '1'), medication('b', '2')]);
    await put('changing', [medication('b', '5'), medication('c', '3')], '', other);
    expect([await locals('changing'), await batches('changing')]).toEqual([
      ['b', 'c'],
      ['3', '5'],
    ]);
    await put('changing', []);
    expect(await locals('changing')).toEqual([]);
    await put('changing', [medication('a', '9')]);
    expect(await batches('changing')).toEqual(['9']);
  });

  it('goes when its container is deleted, by whoever knows it or does not', async () => {
    for (const [id, by] of [
      ['known', store],
      ['unknown', other],
    ] as const) {
      await put(id, [medication('a', `gone-${id}`)]);
      await by.records.delete(openAccess, 'MedicationRequest', id, {}, context);
      expect(await locals(id)).toEqual([]);
      expect(await rows(connection, `select from x_id where v = 'gone-${id}'`)).toEqual([]);
      await put(id, [medication('a', 'back')]);
      expect(await batches(id)).toEqual(['back']);
    }
  });

  it('is that of the winner where many write at once', async () => {
    await put('raced', [medication('a', 'start')]);
    const ids = Array.from({ length: 12 }, (_, i) => String(i));
    await Promise.all(
      ids.map((i) => put('raced', [medication(`m${i}`, `race-${i}`)], '', Number(i) % 2 ? store : other)),
    );
    const [winner] = (await rows(
      connection,
      `select v.resource -> 'contained' -> 0 ->> 'id' from ver v where v.id = 'raced' order by ver desc limit 1`,
    )) as [[string]];
    expect(await locals('raced')).toEqual(winner);
    expect(await batches('raced')).toEqual([winner[0].replace('m', 'race-')]);
  });

  it('locks nobody out of an identifier', async () => {
    await put('locks', [medication('a', 'shared')]);
    const created = await records.conditional(
      openAccess,
      { type: 'Medication', query: [['identifier', 'urn:batch|shared']], where: 'If-None-Exist' },
      context,
      () => ({ do: 'create', draft: draftOf(medication('x', 'shared'), 'POST', undefined) }),
    );
    expect(created.created).toBe(true);
  });
});
