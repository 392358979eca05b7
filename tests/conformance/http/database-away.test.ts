/** The database goes away, comes back, or is held by somebody else: what clients see of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { type Reply, testServer } from '../../setup/server.ts';

const server = await testServer({
  VESTA_LIMIT_REQUEST_MS: '1000',
  VESTA_LIMIT_TRANSACTION_MS: '1000',
  VESTA_LOG: 'silent',
});

const administrator = new pg.Client({ ...server.connection, database: 'postgres' });
await administrator.connect();
afterAll(() => administrator.end());

const device = (id: string, status = 'active') => ({ resourceType: 'Device', id, status });
await server.put('Device/pump', device('pump'));

const mayConnect = (may: boolean) =>
  administrator.query(`ALTER DATABASE ${server.connection.database} WITH ALLOW_CONNECTIONS ${may}`);
const cutAll = () =>
  administrator.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
    server.connection.database,
  ]);

/** Asks until the answer is no 503, as a client would that obeys Retry-After. */
async function untilBack(ask: () => Promise<Reply>): Promise<Reply> {
  for (let tries = 0; ; tries++) {
    const reply = await ask();
    if (reply.status !== 503 || tries === 100) return reply;
    await sleep(100);
  }
}

it('every interaction answers 503 with Retry-After while it is away, and goes on when it is back, without a restart', async () => {
  await mayConnect(false);
  await cutAll();
  const bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ resource: device('t'), request: { method: 'PUT', url: 'Device/t' } }],
  };
  const asked = [
    () => server.get('Device/pump'),
    () => server.get('Device?status=active'),
    () => server.get('Device/pump/_history'),
    () => server.post('Device', device('x')),
    () => server.put('Device/pump', device('pump', 'inactive')),
    () => server.delete('Device/pump'),
    () => server.post('', bundle),
  ];
  for (const ask of asked) {
    // The first to meet a cut connection is told so; a write may have been cut after it was sent.
    await ask();
    const { status, headers, json } = await ask();
    expect(status, JSON.stringify(json)).toBe(503);
    expect(headers['retry-after']).toMatch(/^\d+$/);
    expect(json.issue[0].code).toBe('transient');
    expect(JSON.stringify(json)).not.toMatch(/ECONN|password|socket|test_[0-9a-f]+/);
  }
  expect((await server.get('metadata')).status).toBe(200);
  expect((await server.get('/healthz')).status).toBe(200);
  expect((await server.get('/readyz')).status).toBe(503);

  await mayConnect(true);
  expect((await untilBack(() => server.get('Device/pump'))).json.status).toBe('active');
  expect((await untilBack(() => server.post('', bundle))).status).toBe(200);
  expect((await untilBack(() => server.get('/readyz'))).status).toBe(200);
});

it('a cut connection harms nobody who asks after it', async () => {
  for (let round = 0; round < 3; round++) {
    await cutAll();
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, i) => untilBack(() => server.put(`Device/cut-${i}`, device(`cut-${i}`)))),
    );
    for (const { status } of replies) expect([200, 201]).toContain(status);
  }
});

it('a write that waits too long for another is stopped with 503 and leaves nothing, and the next one goes through', async () => {
  await untilBack(() => server.put('Device/held', device('held')));
  const holder = new pg.Client(server.connection);
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query(`SELECT 1 FROM res WHERE id = 'held' FOR UPDATE`);
  try {
    const bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ resource: device('held', 'inactive'), request: { method: 'PUT', url: 'Device/held' } }],
    };
    const [alone, together, other] = await Promise.all([
      server.put('Device/held', device('held', 'entered-in-error')),
      server.post('', bundle),
      server.put('Device/free', device('free')),
    ]);
    expect(other.status, 'a write to another resource does not wait').toBe(201);
    for (const { status, json } of [alone, together]) {
      expect(status).toBe(503);
      expect(json.issue[0].code).toBe('timeout');
    }
  } finally {
    await holder.query('ROLLBACK');
    await holder.end();
  }
  expect((await server.get('Device/held')).json).toMatchObject({ status: 'active', meta: { versionId: '1' } });
  expect((await server.put('Device/held', device('held', 'inactive'))).headers.etag).toBe('W/"2"');
});
