import { describe, expect, it } from 'vitest';
import { issueOf, openTestDoor } from './door.ts';

describe('/healthz', () => {
  it('is ok as long as the process lives, whatever the database does', async () => {
    const door = await openTestDoor({ parts: { ready: async () => false } });
    const response = await fetch(`${door.origin}/healthz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok' });
    expect((await fetch(`${door.origin}/healthz`, { method: 'HEAD' })).status).toBe(200);
  });
});

describe('/readyz', () => {
  it('is 200 where the store is ready', async () => {
    const door = await openTestDoor();
    const response = await fetch(`${door.origin}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ready' });
  });

  it.each([
    ['says no', async () => false],
    ['fails', () => Promise.reject(new Error('connect ECONNREFUSED /tmp/secret/.s.PGSQL.5432'))],
    ['does not answer', () => new Promise<boolean>(() => {})],
  ])('is 503 with Retry-After and no detail where the store %s', async (_what, ready) => {
    const door = await openTestDoor({ parts: { ready } });
    const response = await fetch(`${door.origin}/readyz`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await response.json()).toEqual({ status: 'not ready' });
  });
});

describe('/metrics', () => {
  it('is given to this machine, not to cache', async () => {
    const door = await openTestDoor();
    const response = await fetch(`${door.origin}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('is refused to what came through a proxy, as from any other machine', async () => {
    const door = await openTestDoor();
    const response = await fetch(`${door.origin}/metrics`, { headers: { 'X-Forwarded-For': '192.0.2.7' } });
    expect(response.status).toBe(403);
    expect((await issueOf(response)).kind).toBe('forbidden');
  });

  it('is given to who sends the token, and to nobody with another one', async () => {
    const door = await openTestDoor({ settings: { metricsToken: 'a-long-random-token' } });
    const ask = async (token: string) =>
      (await fetch(`${door.origin}/metrics`, { headers: { Via: '1.1 gate', Authorization: token } })).status;
    expect(await ask('Bearer a-long-random-token')).toBe(200);
    expect(await ask('Bearer a-long-random-tokem')).toBe(403);
    expect(await ask('Bearer ')).toBe(403);
    expect(await ask('')).toBe(403);
  });
});
