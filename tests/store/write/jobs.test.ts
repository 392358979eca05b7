import { describe, expect, it } from 'vitest';
import { openAccess, parseJson } from '../../../resources/index.ts';
import type { Parts } from '../../../store/parts.ts';
import { TypeNumbers } from '../../../store/types.ts';
import { type Current, CurrentCache } from '../../../store/write/current.ts';
import {
  currentVersion,
  deletedVersion,
  deleteJob,
  keyOf,
  prepare,
  referencedFault,
  requireGrant,
  updateJob,
  writtenCurrent,
  writtenVersion,
} from '../../../store/write/jobs.ts';
import { EVERY_SIDE } from '../../../store/write/rows.ts';

const now = Date.parse('2026-11-21T09:00:00Z');
const values = { rid: 1n, sk: 1n, ids: [], dateRows: [], numRows: [], strRows: [], tokRows: [], geoRows: [] };
const extractor = { extract: () => values, hash: () => 5n, rid: () => 3n };
const cache = new CurrentCache(100_000);
const parts = {
  extractor,
  cache,
  now: () => now,
  types: new TypeNumbers([
    ['1', 'Patient'],
    ['4', 'Observation'],
  ]),
} as unknown as Parts;
const draft = (text: string, id?: string) => ({
  type: 'Patient',
  id,
  method: 'PUT' as const,
  parsed: parseJson(text),
  references: [],
});
const current = (more: Partial<Current> = {}): Current => ({
  version: 4,
  lastUpdated: now,
  deleted: false,
  method: 2,
  body: '{"gender": "male"}',
  meta: undefined,
  sides: undefined,
  ...more,
});

describe('preparing', () => {
  it('cuts out what the server owns and keeps the rest as it was written', () => {
    const text =
      '{"resourceType":"Patient","id":"7","meta":{"versionId":"9","tag":[{"code":"a"}]},"multipleBirthInteger": 2}';
    expect(prepare(parts, draft(text, '7'))).toMatchObject({
      type: 'Patient',
      id: '7',
      body: '{"multipleBirthInteger": 2}',
      meta: '{"tag":[{"code":"a"}]}',
    });
  });

  it('gives a new id where there is none', () => {
    const [one, two] = [prepare(parts, draft('{}')), prepare(parts, draft('{}'))];
    expect(one.id < two.id).toBe(true);
  });
});

describe('an update', () => {
  const content = prepare(parts, draft('{"gender":"female"}', '7'));

  it('makes the next version, later than the one before', () => {
    expect(updateJob(parts, content, current(), now - 5000)).toMatchObject({ version: 5, lastUpdated: now + 1 });
    expect(updateJob(parts, content, current(), now + 9)).toMatchObject({ lastUpdated: now + 9, before: values });
    expect(updateJob(parts, content, current({ deleted: true, body: '' }), now)).toMatchObject({ before: undefined });
  });

  it('is told and remembered as what was written', () => {
    const job = updateJob(parts, content, current(), now + 9) as Parameters<typeof writtenVersion>[0];
    expect(writtenVersion(job)).toEqual({
      type: 'Patient',
      id: '7',
      version: 5,
      lastUpdated: '2026-11-21T09:00:00.009Z',
      method: 'PUT',
      deleted: false,
      text: '{"resourceType":"Patient","id":"7","meta":{"versionId":"5","lastUpdated":"2026-11-21T09:00:00.009Z"},"gender":"female"}',
    });
    expect(writtenCurrent(job)).toMatchObject({ version: 5, body: '{"gender":"female"}', deleted: false });
  });
});

it('tells current versions and deletions', () => {
  expect(currentVersion('Patient', '7', current())).toMatchObject({
    version: 4,
    method: 'PUT',
    text: expect.stringContaining('"versionId":"4"'),
  });
  expect(currentVersion('Patient', '7', current({ deleted: true, method: 3 }))).toMatchObject({
    deleted: true,
    method: 'DELETE',
    text: '',
  });
  expect(deletedVersion('Patient', '7', 5, 'x')).toMatchObject({ deleted: true, method: 'DELETE', text: '' });
  expect(keyOf('Patient', '7')).toBe('Patient/7');
});

it('cleans for a deletion the side tables in which the remembered version has rows, and expects that version', () => {
  const id = { k: 1, el: 0, vh: 1n, th: null, s: null, v: '900101' };
  cache.set('Patient/9', current({ sides: { ...values, ids: [id] } }));
  expect(deleteJob(parts, 'Patient', '9', undefined, now)).toMatchObject({ sides: 1, expected: 4 });
  expect(deleteJob(parts, 'Patient', '9', 4, now)).toMatchObject({ sides: 1, expected: 4 });
  expect(deleteJob(parts, 'Patient', '9', 3, now)).toMatchObject({ sides: EVERY_SIDE, expected: 3 });
  expect(deleteJob(parts, 'Patient', '8', undefined, now)).toMatchObject({ sides: EVERY_SIDE, expected: undefined });
});

it('finds referrers of a deletion by the token that all of them have', () => {
  expect(deleteJob(parts, 'Patient', '7', 2, now)).toMatchObject({ rid: 3n, token: 3n ^ 5n, expected: 2 });
});

it('names at most ten referrers, and none that the caller may not see', () => {
  const by = Array.from({ length: 11 }, (_, i) => ({ type: 4, id: `n${i}` }));
  const told = referencedFault(parts, openAccess, 'Patient', '7', { became: 'referenced', by }).message;
  expect([told.includes('Observation/n9'), told.includes('Observation/n10'), told.includes('and others')]).toEqual([
    true,
    false,
    true,
  ]);
  const blind = { actor: 'x', grants: [] };
  expect(referencedFault(parts, blind, 'Patient', '7', { became: 'referenced', by }).message).toBe(
    'Patient/7 cannot be deleted: resources that you may not see refer to it.',
  );
});

it('requires a grant for the verb and the type', () => {
  const access = { actor: 'Practitioner/7', grants: [{ types: ['Patient'], verbs: ['create'] as const }] };
  expect(() => requireGrant(access, 'create', 'Patient')).not.toThrow();
  expect(() => requireGrant(access, 'update', 'Patient')).toThrow('Practitioner/7 may not update Patient.');
});
