import { describe, expect, it } from 'vitest';
import type { Call } from '../../../operations/call.ts';
import { gone, interaction } from '../../../operations/interactions/read.ts';
import type { Version } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';
import { testEnvironment } from '../../setup/environment.ts';
import { faultFrom } from '../../setup/fault.ts';

const context = testContext();
const anna: Version = {
  type: 'Patient',
  id: 'anna',
  version: 4,
  lastUpdated: '2026-11-21T10:11:12.345Z',
  method: 'PUT',
  deleted: false,
  text: '{"resourceType":"Patient","id":"anna"}',
};

function read(version: Version | undefined, headers: Call['headers'] = {}, query: Call['query'] = []) {
  const environment = testEnvironment({ read: async () => version });
  return interaction.perform(
    { interaction: 'read', type: 'Patient', id: 'anna', query, headers, prefer: {} },
    environment,
    context,
  );
}

it('answers with the text as the store has it, not a copy made of it', async () => {
  expect((await read(anna)).body).toBe(anna.text);
});

it('answers 404 where the store has none, without telling more', async () => {
  expect((await faultFrom(read(undefined))).findings).toEqual([
    { kind: 'not-found', text: 'Patient/anna does not exist.', hint: undefined, expression: undefined },
  ]);
});

it('tells when a resource was deleted', async () => {
  const deleted = { ...anna, deleted: true, text: '' };
  const fault = await faultFrom(read(deleted));
  expect(fault).toMatchObject({ status: 410, headers: { ETag: 'W/"4"' } });
  expect(fault.message).toBe(gone(deleted).message);
});

describe('what the caller has already', () => {
  it.each([
    [{ ifNoneMatch: 'W/"4"' }, 304],
    [{ ifNoneMatch: 'W/"3"' }, 200],
    [{ ifModifiedSince: 'Sat, 21 Nov 2026 10:11:12 GMT' }, 304],
    [{ ifModifiedSince: 'Sat, 21 Nov 2026 10:11:11 GMT' }, 200],
    [{ ifModifiedSince: 'yesterday' }, 200],
    [{ ifNoneMatch: 'W/"3"', ifModifiedSince: 'Sat, 21 Nov 2026 10:11:12 GMT' }, 200],
  ])('%j is %i', async (headers, expected) => {
    const { status, body } = await read(anna, headers);
    expect(status).toBe(expected);
    if (status === 304) expect(body).toBeUndefined();
  });
});
