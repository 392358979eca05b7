import { describe, expect, it } from 'vitest';
import { openAccess } from '../../resources/index.ts';
import {
  lockStatement,
  newestManyStatement,
  newestStatement,
  presentStatement,
  toCurrent,
  toVersion,
  versionStatement,
} from '../../store/read.ts';
import { sql } from '../../store/sql.ts';
import { testDatabase } from '../setup/database.ts';
import { draftOf, patient, testContext } from './double.ts';
import { openTestStore } from './postgres.ts';

const { records } = await openTestStore({ connection: await testDatabase(), sequencer: false });
const trips: unknown[] = [];
const context = testContext(trips);

describe('reading', () => {
  it('gives the newest version, any version, and nothing for what is not there, each in one trip', async () => {
    await records.update(openAccess, draftOf(patient('r1'), 'PUT', 'r1'), {}, context);
    await records.update(openAccess, draftOf(patient('r1', { gender: 'male' }), 'PUT', 'r1'), {}, context);
    trips.length = 0;
    expect(await records.read(openAccess, 'Patient', 'r1', context)).toMatchObject({ version: 2, method: 'PUT' });
    expect(await records.vread(openAccess, 'Patient', 'r1', 1, context)).toMatchObject({ version: 1 });
    expect(await records.vread(openAccess, 'Patient', 'r1', 3, context)).toBeUndefined();
    expect(await records.read(openAccess, 'Observation', 'r1', context)).toBeUndefined();
    expect(trips).toHaveLength(4);
  });

  it('holds numbers beyond any version for versions that are not there', async () => {
    for (const version of [0, -1, 1.5, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
      expect(await records.vread(openAccess, 'Patient', 'r1', version, context)).toBeUndefined();
    }
  });

  it('puts type, id and meta first', async () => {
    const { text, lastUpdated } = (await records.read(openAccess, 'Patient', 'r1', context))!;
    expect(
      text.startsWith(`{"resourceType":"Patient","id":"r1","meta":{"versionId":"2","lastUpdated":"${lastUpdated}"},`),
    ).toBe(true);
    expect(JSON.parse(text).gender).toBe('male');
  });

  it('shows nothing to a caller whose grants do not cover it', async () => {
    const access = { actor: 'Practitioner/7', grants: [{ types: ['Observation'], verbs: ['read'] as const }] };
    expect(await records.read(access, 'Patient', 'r1', context)).toBeUndefined();
    expect(await records.vread(access, 'Patient', 'r1', 1, context)).toBeUndefined();
    expect(await records.readMany(access, [{ type: 'Patient', id: 'r1' }], context)).toEqual([]);
    expect(await records.missing(access, [{ type: 'Patient', id: 'r1' }], context)).toEqual([
      { type: 'Patient', id: 'r1' },
    ]);
  });

  it('finds many of several types in one trip, and those that are missing or deleted', async () => {
    await records.update(openAccess, draftOf({ resourceType: 'Basic', id: 'b1' }, 'PUT'), {}, context);
    await records.update(openAccess, draftOf(patient('r2'), 'PUT', 'r2'), {}, context);
    await records.delete(openAccess, 'Patient', 'r2', {}, context);
    const keys = [
      { type: 'Patient', id: 'r1' },
      { type: 'Basic', id: 'b1' },
      { type: 'Patient', id: 'r2' },
      { type: 'Basic', id: 'no,"such' },
    ];
    trips.length = 0;
    const found = await records.readMany(openAccess, [...keys, keys[0]!], context);
    expect(found.map(({ type, id, deleted }) => [type, id, deleted])).toEqual([
      ['Patient', 'r1', false],
      ['Patient', 'r2', true],
      ['Basic', 'b1', false],
    ]);
    expect(await records.missing(openAccess, keys, context)).toEqual([keys[2], keys[3]]);
    expect(trips).toHaveLength(2);
    expect([await records.readMany(openAccess, [], context), await records.missing(openAccess, [], context)]).toEqual([
      [],
      [],
    ]);
  });
});

describe('statements', () => {
  const place = { n: 1, partition: 'patient' };

  it('name the type in their text and bind everything else', () => {
    const hostile = `x'; drop table res; --`;
    const all = [
      newestStatement(place, hostile),
      newestStatement(place, hostile, sql`v.sens = ${3}`),
      versionStatement(place, hostile, 1, sql`true`),
      newestManyStatement(place, [hostile]),
      presentStatement(place, [hostile], sql`true`),
      lockStatement(place, [hostile]),
    ];
    for (const { text, values } of all) {
      expect(text).toContain('= 1');
      expect(text).not.toContain('drop');
      expect(JSON.stringify(values)).toContain('drop');
    }
  });

  it('lock rows in the order of their ids', () => {
    expect(lockStatement(place, ['b', 'c', 'a']).values).toEqual([['a', 'b', 'c']]);
  });
});

it('makes versions of rows', () => {
  const row = ['7', '3', '2026-11-21 09:05:07.12+00', '3', null, null];
  expect(toVersion('Patient', row)).toEqual({
    type: 'Patient',
    id: '7',
    version: 3,
    lastUpdated: '2026-11-21T09:05:07.120Z',
    method: 'DELETE',
    deleted: true,
    text: '',
  });
  expect(toCurrent(row)).toMatchObject({
    version: 3,
    deleted: true,
    lastUpdated: Date.parse('2026-11-21T09:05:07.120Z'),
  });
});
