/** Many clients at once: what the database promises, seen from outside. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Reply, testServer } from '../setup/server.ts';

const server = await testServer();

const CLIENTS = 64;
const MRN = 'http://hospital.example/mrn';

let numbers = 0;
const unique = () => `R-${++numbers}`;
const patient = (value: string, more: object = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: MRN, value }],
  ...more,
});
const byIdentifier = (value: string) => `Patient?identifier=${MRN}|${value}`;
const atOnce = <T>(work: (client: number) => Promise<T>, clients = CLIENTS) =>
  Promise.all(Array.from({ length: clients }, (_, client) => work(client)));

/** How often each status was answered. */
function statusesOf(replies: readonly Reply[]): Record<number, number> {
  const counted: Record<number, number> = {};
  for (const { status } of replies) counted[status] = (counted[status] ?? 0) + 1;
  return counted;
}

async function countOf(value: string): Promise<number> {
  return (await server.get(`${byIdentifier(value)}&_total=accurate`)).json.total;
}

describe('64 clients at once', () => {
  it('that create one identity if it does not exist store one resource: 201 once, 200 for the others', async () => {
    for (let round = 0; round < 3; round++) {
      const value = unique();
      const replies = await atOnce(() =>
        server.post('Patient', patient(value), { 'If-None-Exist': `identifier=${MRN}|${value}` }),
      );
      expect(statusesOf(replies)).toEqual({ 200: 63, 201: 1 });
      expect(new Set(replies.map(({ json }) => json.id)).size).toBe(1);
      expect(await countOf(value)).toBe(1);
    }
  });

  it('that update one identity by criteria make one resource, and each of their updates is a version of it', async () => {
    const value = unique();
    const replies = await atOnce((client) =>
      server.put(byIdentifier(value), patient(value, { name: [{ family: `Keller ${client}` }] })),
    );
    expect(statusesOf(replies)).toEqual({ 200: 63, 201: 1 });
    const [id] = new Set(replies.map(({ json }) => json.id));
    expect(await countOf(value)).toBe(1);
    expect(replies.map(({ json }) => Number(json.meta.versionId)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 64 }, (_, i) => i + 1),
    );
    expect((await server.get(`Patient/${id}/_history?_summary=count`)).json.total).toBe(64);
  });

  it('that update with one If-Match: one wins, the others are told', async () => {
    const id = unique();
    await server.put(`Patient/${id}`, patient(id, { id }));
    const replies = await atOnce((client) =>
      server.put(`Patient/${id}`, patient(id, { id, name: [{ family: `Keller ${client}` }] }), { 'If-Match': 'W/"1"' }),
    );
    expect(statusesOf(replies)).toEqual({ 200: 1, 412: 63 });
    const winner = replies.find(({ status }) => status === 200)!;
    expect((await server.get(`Patient/${id}`)).json).toEqual(winner.json);
    expect(winner.json.meta.versionId).toBe('2');
  });

  it('that create under one id with If-None-Match: *: one wins', async () => {
    const id = unique();
    const replies = await atOnce((client) =>
      server.put(`Patient/${id}`, patient(id, { id, name: [{ family: `Keller ${client}` }] }), {
        'If-None-Match': '*',
      }),
    );
    expect(statusesOf(replies)).toEqual({ 201: 1, 412: 63 });
  });

  it('that update without a condition lose nothing: each is a version', async () => {
    const id = unique();
    const replies = await atOnce((client) =>
      server.put(`Patient/${id}`, patient(id, { id, name: [{ family: `Keller ${client}` }] })),
    );
    expect(statusesOf(replies)).toEqual({ 200: 63, 201: 1 });
    expect(new Set(replies.map(({ json }) => json.meta.versionId)).size).toBe(64);
    const { json } = await server.get(`Patient/${id}/_history?_count=100`);
    expect(json.entry.map((entry: any) => Number(entry.resource.meta.versionId))).toEqual(
      Array.from({ length: 64 }, (_, i) => 64 - i),
    );
  });

  it('that send one and the same content make one version', async () => {
    const id = unique();
    const replies = await atOnce(() => server.put(`Patient/${id}`, patient(id, { id })));
    expect(statusesOf(replies)).toEqual({ 200: 63, 201: 1 });
    expect((await server.get(`Patient/${id}`)).json.meta.versionId).toBe('1');
  });

  it('that delete one resource: it is deleted once', async () => {
    const id = unique();
    await server.put(`Patient/${id}`, patient(id, { id }));
    const replies = await atOnce(() => server.delete(`Patient/${id}`));
    expect(statusesOf(replies)).toEqual({ 204: 64 });
    expect((await server.get(`Patient/${id}/_history?_summary=count`)).json.total).toBe(2);
  });

  it('that patch one resource, each adding an identifier: all of them succeed', async () => {
    const id = unique();
    await server.put(`Patient/${id}`, patient(id, { id }));
    const replies = await atOnce((client) =>
      server.patch(
        `Patient/${id}`,
        [{ op: 'add', path: '/identifier/-', value: { system: 'http://lab.example', value: `L-${client}` } }],
        'application/json-patch+json',
      ),
    );
    expect(statusesOf(replies)).toEqual({ 200: CLIENTS });
    expect((await server.get(`Patient/${id}`)).json.identifier).toHaveLength(1 + CLIENTS);
  });

  it('that send one transaction with a conditional create store one resource', async () => {
    const value = unique();
    const bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        {
          fullUrl: 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a',
          resource: patient(value),
          request: { method: 'POST', url: 'Patient', ifNoneExist: `identifier=${MRN}|${value}` },
        },
        {
          resource: {
            resourceType: 'Observation',
            status: 'final',
            code: { text: 'Sodium' },
            subject: { reference: 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a' },
          },
          request: { method: 'POST', url: 'Observation' },
        },
      ],
    };
    const replies = await atOnce(() => server.post('', bundle));
    expect(statusesOf(replies)).toEqual({ 200: 64 });
    expect(await countOf(value)).toBe(1);
    const [found] = (await server.get(byIdentifier(value))).json.entry;
    expect(
      (await server.get(`Observation?subject=Patient/${found.resource.id}&_total=accurate&_count=1`)).json.total,
    ).toBe(64);
  });

  it('of which some create unconditionally: no conditional create stores a second one beside what it could see', async () => {
    const value = unique();
    const replies = await atOnce((client) =>
      server.post('Patient', patient(value), client % 8 === 0 ? {} : { 'If-None-Exist': `identifier=${MRN}|${value}` }),
    );
    const unconditional = 8;
    const conditionalCreates = replies.filter(({ status }, client) => client % 8 !== 0 && status === 201).length;
    expect(conditionalCreates).toBeLessThanOrEqual(1);
    for (const { status } of replies) expect([200, 201, 412]).toContain(status);
    expect(await countOf(value)).toBe(unconditional + conditionalCreates);
  });
});

describe('a delete and a reference that race', () => {
  it('never leave a resource that is deleted and referred to by one stored before', async () => {
    for (let round = 0; round < 8; round++) {
      const id = unique();
      await server.put(`Patient/${id}`, patient(id, { id }));
      const account = { resourceType: 'Account', status: 'active', subject: [{ reference: `Patient/${id}` }] };
      const [created] = await Promise.all([server.post('Account', account), server.delete(`Patient/${id}`)]);
      expect(created.status).toBe(201);
      expect([204, 409]).toContain((await server.delete(`Patient/${id}`)).status);
    }
  });
});

describe('transactions that touch the same resources in different orders', () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  const put = (id: string, family: string) => ({
    resource: patient(`same-${id}`, { id: `same-${id}`, name: [{ family }] }),
    request: { method: 'PUT', url: `Patient/same-${id}` },
  });

  it('in opposite orders never end in a deadlock, and the state is that of one of them', async () => {
    const bundle = (order: string[], family: string) => ({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: order.map((id) => put(id, family)),
    });
    const replies = await atOnce((client) =>
      server.post('', bundle(client % 2 === 0 ? ids : [...ids].reverse(), `Keller ${client}`)),
    );
    expect(statusesOf(replies)).toEqual({ 200: 64 });
    const families = await Promise.all(
      ids.map(async (id) => (await server.get(`Patient/same-${id}`)).json.name[0].family),
    );
    expect(new Set(families).size).toBe(1);
  });

  it('in any mixture of single writes, conditional writes and transactions no client sees a deadlock', async () => {
    const key = fc.constantFrom(...ids);
    const act = fc.oneof(
      fc.record({
        kind: fc.constant('transaction' as const),
        keys: fc.uniqueArray(key, { minLength: 1, maxLength: 6 }),
      }),
      fc.record({ kind: fc.constant('conditional' as const), keys: fc.tuple(key) }),
      fc.record({ kind: fc.constant('update' as const), keys: fc.tuple(key) }),
      fc.record({ kind: fc.constant('patch' as const), keys: fc.tuple(key) }),
      fc.record({ kind: fc.constant('delete' as const), keys: fc.tuple(key) }),
      fc.record({ kind: fc.constant('create' as const), keys: fc.tuple(key) }),
      fc.record({ kind: fc.constant('mixed' as const), keys: fc.uniqueArray(key, { minLength: 2, maxLength: 6 }) }),
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 24, maxLength: 48 }), async (acts) => {
        round++;
        const replies = await Promise.all(acts.map(({ kind, keys }, i) => send(kind, keys, `${round}-${i}`)));
        for (const { status, text } of replies) {
          expect(status, text).toBeLessThan(500);
          expect(text).not.toMatch(/deadlock|serializ/i);
        }
      }),
      { numRuns: 12 },
    );
  });

  function send(kind: string, keys: readonly string[], family: string): Promise<Reply> {
    const [first] = keys as [string];
    const value = `same-${first}`;
    switch (kind) {
      case 'conditional':
        return server.put(byIdentifier(value), patient(value, { name: [{ family }] }));
      case 'update':
        return server.put(`Patient/${value}`, patient(value, { id: value, name: [{ family }] }));
      case 'patch':
        return server.patch(`Patient/${value}`, { name: [{ family }] }, 'application/merge-patch+json');
      case 'delete':
        return server.delete(`Patient/${value}`);
      case 'create':
        return server.post('Patient', patient(value), { 'If-None-Exist': `identifier=${MRN}|${value}` });
      default: {
        const mixed = keys.map((id, i) =>
          kind === 'mixed' && i % 2 === 1
            ? {
                resource: patient(`same-${id}`, { name: [{ family }] }),
                request: { method: 'PUT', url: byIdentifier(`same-${id}`) },
              }
            : put(id, family),
        );
        return server.post('', { resourceType: 'Bundle', type: 'transaction', entry: mixed });
      }
    }
  }
});
