import { describe, expect, it } from 'vitest';
import { issueOf, openTestDoor } from './door.ts';

const FHIR_JSON = { 'Content-Type': 'application/fhir+json' };

describe('handle', () => {
  it('passes a create on with its text, media type and preconditions', async () => {
    const door = await openTestDoor({ perform: () => ({ status: 201, location: 'Patient/p/_history/1' }) });
    await fetch(`${door.base}/Patient`, {
      method: 'POST',
      body: '{"resourceType":"Patient"}',
      headers: {
        ...FHIR_JSON,
        'If-None-Exist': 'identifier=urn:oid:2.16.840.1.113883.4.1|123',
        Prefer: 'return=minimal',
      },
    });
    expect(door.asked[0]).toMatchObject({
      method: 'POST',
      body: '{"resourceType":"Patient"}',
      mediaType: 'application/fhir+json',
      headers: { ifNoneExist: 'identifier=urn:oid:2.16.840.1.113883.4.1|123' },
      prefer: { return: 'minimal' },
    });
  });

  it('passes an empty If-None-Exist on, so that it is refused and not overlooked', async () => {
    const door = await openTestDoor();
    await fetch(`${door.base}/Patient`, { method: 'POST', body: '{}', headers: { ...FHIR_JSON, 'If-None-Exist': '' } });
    expect(door.asked[0]!.headers.ifNoneExist).toBe('');
  });

  it('refuses an unknown type before it reads the body, and the wrong method with 405', async () => {
    const door = await openTestDoor();
    const unknown = await fetch(`${door.base}/patient`, {
      method: 'POST',
      body: 'x'.repeat(90_000),
      headers: { 'Content-Type': 'text/plain' },
    });
    expect(unknown.status).toBe(404);
    expect((await issueOf(unknown)).hint).toContain('Patient');
    const wrong = await fetch(`${door.base}/Patient/_history`, { method: 'POST', body: '{}', headers: FHIR_JSON });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toBe('GET, HEAD');
    expect(door.asked).toEqual([]);
  });

  it('returns 415 for a body without a Content-Type and for one of another type', async () => {
    const door = await openTestDoor();
    for (const headers of [{}, { 'Content-Type': 'application/fhir+xml' }]) {
      const body = new Uint8Array(Buffer.from('{"resourceType":"Patient"}'));
      const response = await fetch(`${door.base}/Patient`, {
        method: 'POST',
        body,
        headers: headers as Record<string, string>,
      });
      expect(response.status).toBe(415);
      expect(response.headers.get('accept-post')).toContain('application/fhir+json');
      expect((await issueOf(response)).code).toBe('not-supported');
    }
  });

  it('leaves a missing body to the operations, and the body of a DELETE unread', async () => {
    const door = await openTestDoor();
    await fetch(`${door.base}/Patient`, { method: 'POST' });
    await fetch(`${door.base}/Patient/pat-1`, {
      method: 'DELETE',
      body: 'anything',
      headers: { 'Content-Type': 'text/plain' },
    });
    expect(door.asked.map(({ body, mediaType }) => [body, mediaType])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('returns 406 for another format than JSON, by Accept and by _format, at the base too', async () => {
    const door = await openTestDoor();
    const asked = [
      fetch(`${door.base}/Patient/pat-1`, { headers: { Accept: 'application/fhir+xml' } }),
      fetch(`${door.base}/Patient/pat-1?_format=xml`),
      fetch(`${door.base}/Patient/pat-1?%5Fformat=ttl`),
      fetch(`${door.base}/`, { headers: { Accept: 'text/plain' } }),
    ];
    for (const response of await Promise.all(asked)) {
      expect(response.status).toBe(406);
      expect(response.headers.get('content-type')).toContain('application/fhir+json');
      expect((await issueOf(response)).kind).toBe('not-acceptable');
    }
  });

  it('reads _format and _pretty in the form of a search by POST', async () => {
    const door = await openTestDoor({ perform: () => ({ status: 200, body: '{"a":1.00}' }) });
    const search = (body: string) =>
      fetch(`${door.base}/Patient/_search`, {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      });
    expect(await (await search('name=Anna&_pretty=true')).text()).toBe('{\n  "a": 1.00\n}');
    expect((await search('name=Anna&_format=xml')).status).toBe(406);
    expect(door.asked[0]!.body).toBe('name=Anna&_pretty=true');
  });

  it('ends the wait at the deadline: the signal is aborted, and the answer is 503 with Retry-After', async () => {
    const door = await openTestDoor({
      limits: { requestMs: 50 },
      perform: (_request, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const response = await fetch(`${door.base}/Patient?name=Anna`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('10');
    expect((await issueOf(response)).kind).toBe('timeout');
  });

  it('tells the deadline also where what was stopped fails in words of its own', async () => {
    const door = await openTestDoor({
      limits: { requestMs: 50 },
      perform: (_request, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('canceling statement'))),
        ),
    });
    expect((await issueOf(await fetch(`${door.base}/Patient?name=Anna`))).kind).toBe('timeout');
  });

  it('answers in the place of what does not stop at its deadline', async () => {
    const door = await openTestDoor({ limits: { requestMs: 50, drainMs: 50 }, perform: () => new Promise(() => {}) });
    expect((await fetch(`${door.base}/Patient?name=Anna`)).status).toBe(503);
  });

  it('gives a transaction a longer deadline than a read', async () => {
    const slowly =
      (answer: { status: number }) =>
      (_request: unknown, { signal }: { signal: AbortSignal }) =>
        new Promise<{ status: number }>((resolve, reject) => {
          const timer = setTimeout(resolve, 600, answer);
          signal.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(signal.reason);
          });
        });
    const door = await openTestDoor({ limits: { requestMs: 50 }, perform: slowly({ status: 200 }) });
    const bundle = '{"resourceType":"Bundle","type":"transaction"}';
    const [posted, read] = await Promise.all([
      fetch(door.base, { method: 'POST', body: bundle, headers: FHIR_JSON }),
      fetch(`${door.base}/Patient/pat-1`),
    ]);
    expect([posted.status, read.status]).toEqual([200, 503]);
  });

  it('aborts the signal where the client hangs up, and logs 499', async () => {
    const stopped = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const door = await openTestDoor({
      perform: (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          started.resolve();
          signal.addEventListener('abort', () => {
            stopped.resolve();
            reject(signal.reason);
          });
        }),
    });
    const client = new AbortController();
    const answer = fetch(`${door.base}/Patient?name=Anna`, { signal: client.signal }).catch(() => undefined);
    await started.promise;
    client.abort();
    await answer;
    await stopped.promise;
    await door.http.close();
    expect(door.lines.at(-1)).toMatchObject({ interaction: 'search-type', status: 499 });
  });
});
