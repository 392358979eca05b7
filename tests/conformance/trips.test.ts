/**
 * The trip budget: how often one request waits for Postgres. A trip more is a millisecond more on a real network, so the
 * number is told by Server-Timing and held here.
 */
import { describe, expect, it } from 'vitest';
import { type Reply, testServer } from '../setup/server.ts';

const server = await testServer();

const MRN = 'http://hospital.example/mrn';
const patient = (value: string, more: object = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: MRN, value }],
  name: [{ family: 'Keller' }],
  ...more,
});

/** Trips of an answer that has one of the statuses. */
function tripsOf({ status, headers, text }: Reply, expected: number): number {
  expect(status, text).toBe(expected);
  return Number(/trips;desc="(\d+)"/.exec(String(headers['server-timing']))![1]);
}

// The first requests make connections, prepare statements and tell new words to the dictionary.
for (let i = 0; i < 2; i++) {
  await server.put('Patient/warm', patient(`warm-${i}`, { id: 'warm', gender: 'female' }));
  await server.post('Patient', patient(`warm-${i}`, { gender: 'female' }));
  await server.get('Patient?family=Keller');
}

describe('one trip', () => {
  it('for a read, a vread and what is not there', async () => {
    expect(tripsOf(await server.get('Patient/warm'), 200)).toBe(1);
    expect(tripsOf(await server.get('Patient/warm/_history/1'), 200)).toBe(1);
    expect(tripsOf(await server.get('Patient/nobody'), 404)).toBe(1);
  });

  it('for a history', async () => {
    expect(tripsOf(await server.get('Patient/warm/_history'), 200)).toBe(1);
    expect(tripsOf(await server.get('Patient/_history'), 200)).toBe(1);
    expect(tripsOf(await server.get('_history'), 200)).toBe(1);
  });

  it('for a search', async () => {
    expect(tripsOf(await server.get('Patient?family=Keller&gender=female&_sort=-_lastUpdated'), 200)).toBe(1);
    expect(tripsOf(await server.get('Observation?patient=Patient/warm&_include=Observation:subject'), 200)).toBe(1);
  });

  it('for a search by words, where all that is stored has been searched by words before', async () => {
    await server.get('Patient?_content=keller');
    expect(tripsOf(await server.get('Patient?_content=keller&_sort=-_score'), 200)).toBe(1);
  });

  it('for a create', async () => {
    expect(tripsOf(await server.post('Patient', patient('created', { gender: 'female' })), 201)).toBe(1);
  });

  it('for a delete', async () => {
    await server.put('Patient/leaving', patient('leaving', { id: 'leaving', gender: 'female' }));
    expect(tripsOf(await server.delete('Patient/leaving'), 204)).toBe(1);
  });

  it('for an update whose current version is at hand', async () => {
    await server.put('Patient/known', patient('known', { id: 'known', gender: 'female' }));
    expect(
      tripsOf(
        await server.put('Patient/known', patient('known', { id: 'known', gender: 'female', active: true })),
        200,
      ),
    ).toBe(1);
  });

  it('for content that is stored already', async () => {
    const content = patient('same', { id: 'same', gender: 'female' });
    await server.put('Patient/same', content);
    expect(tripsOf(await server.put('Patient/same', content), 200)).toBeLessThanOrEqual(1);
  });
});

describe('no trip', () => {
  it('for the metadata, but the first time after a profile changed', async () => {
    await server.get('metadata');
    expect(tripsOf(await server.get('metadata'), 200)).toBe(0);
  });

  it('for what is refused before it', async () => {
    expect(tripsOf(await server.post('Patient', { resourceType: 'Patient', gender: 'xx' }), 400)).toBe(0);
    expect(tripsOf(await server.get('Patient?brithdate=1984'), 400)).toBe(0);
    expect(tripsOf(await server.get('Unknown/1'), 404)).toBe(0);
  });
});

describe('at most two trips', () => {
  it('for an update under an id that was never seen', async () => {
    expect(
      tripsOf(await server.put('Patient/new-here', patient('new-here', { id: 'new-here', gender: 'female' })), 201),
    ).toBeLessThanOrEqual(2);
  });

  it('for a patch', async () => {
    expect(
      tripsOf(await server.patch('Patient/warm', { gender: 'male' }, 'application/merge-patch+json'), 200),
    ).toBeLessThanOrEqual(2);
  });

  it('for a conditional create, with and without a match', async () => {
    const header = { 'If-None-Exist': `identifier=${MRN}|once` };
    expect(tripsOf(await server.post('Patient', patient('once'), header), 201)).toBeLessThanOrEqual(2);
    expect(tripsOf(await server.post('Patient', patient('once'), header), 200)).toBeLessThanOrEqual(2);
  });

  it('for a conditional update, with and without a match', async () => {
    const path = `Patient?identifier=${MRN}|upserted`;
    expect(tripsOf(await server.put(path, patient('upserted')), 201)).toBeLessThanOrEqual(2);
    expect(tripsOf(await server.put(path, patient('upserted', { active: true })), 200)).toBeLessThanOrEqual(2);
  });
});

describe('a transaction', () => {
  const post = (resource: object & { resourceType: string }, more: object = {}) => ({
    resource,
    request: { method: 'POST', url: resource.resourceType, ...more },
  });
  const transact = (entry: object[]) => server.post('', { resourceType: 'Bundle', type: 'transaction', entry });

  it('of creates waits three times at most, however many there are', async () => {
    const entries = Array.from({ length: 200 }, (_, i) => post(patient(`tx-${i}`)));
    expect(tripsOf(await transact(entries), 200)).toBeLessThanOrEqual(3);
  });

  it('waits once more for each group of searches of one shape', async () => {
    const conditional = Array.from({ length: 20 }, (_, i) =>
      post(patient(`cond-${i}`), { ifNoneExist: `identifier=${MRN}|cond-${i}` }),
    );
    expect(tripsOf(await transact(conditional), 200)).toBeLessThanOrEqual(4);
    const observation = {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'Weight' },
      subject: { reference: `Patient?identifier=${MRN}|cond-3` },
    };
    expect(tripsOf(await transact([post(observation), post(observation)]), 200)).toBeLessThanOrEqual(4);
  });
});
