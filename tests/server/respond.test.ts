import { describe, expect, it } from 'vitest';
import { openTestDoor, openWire, patient } from './door.ts';

describe('respond', () => {
  it('gives a resource with type, length, ETag, Last-Modified as an HTTP date, and what keeps caches honest', async () => {
    const door = await openTestDoor();
    const response = await fetch(`${door.base}/Patient/pat-1`);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/fhir+json; charset=utf-8',
      'content-length': `${Buffer.byteLength(patient)}`,
      etag: 'W/"3"',
      'last-modified': 'Mon, 09 Mar 2026 07:05:02 GMT',
      'cache-control': 'private, no-cache',
      vary: 'Accept, Accept-Encoding, Origin, Prefer',
      'x-content-type-options': 'nosniff',
    });
    expect(await response.text()).toBe(patient);
  });

  it('tells HTTP dates of different days right, one after the other', async () => {
    const instants = [
      '2024-02-29T23:59:59.999Z',
      '2024-03-01T00:00:00.000Z',
      '2024-02-29T00:00:00.000Z',
      '2026-12-31T12:00:00.001Z',
    ];
    let next = 0;
    const door = await openTestDoor({ perform: () => ({ status: 200, body: '{}', lastModified: instants[next++]! }) });
    for (const instant of instants) {
      const { headers } = await fetch(`${door.base}/Patient/pat-1`);
      expect(headers.get('last-modified')).toBe(new Date(instant).toUTCString());
    }
  });

  it('gives Location with the base of the caller', async () => {
    const door = await openTestDoor({
      perform: () => ({ status: 201, body: patient, location: 'Patient/pat-1/_history/1' }),
    });
    const post = (origin: string) =>
      fetch(`${origin}/fhir/Patient`, {
        method: 'POST',
        body: patient,
        headers: { 'Content-Type': 'application/fhir+json' },
      });
    expect((await post(door.origin)).headers.get('location')).toBe(`${door.base}/Patient/pat-1/_history/1`);
    expect((await post(`http://localhost:${door.port}`)).headers.get('location')).toBe(
      `http://localhost:${door.port}/fhir/Patient/pat-1/_history/1`,
    );
  });

  it('gives 204 and 304 without body, type or length, and 201 without a body with length 0', async () => {
    let status = 204;
    const door = await openTestDoor({ perform: () => ({ status, etag: 'W/"4"' }) });
    for (status of [204, 304, 201]) {
      const response = await fetch(`${door.base}/Patient/pat-1`);
      expect(response.status).toBe(status);
      expect(response.headers.get('etag')).toBe('W/"4"');
      expect(response.headers.get('content-type')).toBeNull();
      expect(response.headers.get('content-length')).toBe(status === 201 ? '0' : null);
    }
  });

  it('indents where _pretty=true asks it, digits and Unicode as they were written', async () => {
    const door = await openTestDoor({ perform: () => ({ status: 200, body: '{"unit":"µg/L","value":1.00}' }) });
    const response = await fetch(`${door.base}/Observation/o?_pretty=true`);
    const text = await response.text();
    expect(text).toBe('{\n  "unit": "µg/L",\n  "value": 1.00\n}');
    expect(response.headers.get('content-length')).toBe(`${Buffer.byteLength(text)}`);
  });

  it('echoes a usable X-Request-Id, and gives an id of its own otherwise', async () => {
    const door = await openTestDoor();
    const idFor = async (id: string) =>
      (await fetch(`${door.base}/Patient/pat-1`, { headers: { 'X-Request-Id': id } })).headers.get('x-request-id');
    expect(await idFor('lab:2026-11-21/4711')).toBe('lab:2026-11-21/4711');
    expect(await idFor('x'.repeat(200))).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idFor('a b"<script>')).toMatch(/^[0-9a-f-]{36}$/);
    const twice = await Promise.all([1, 2].map(() => fetch(`${door.base}/Patient/pat-1`)));
    expect(new Set(twice.map(({ headers }) => headers.get('x-request-id'))).size).toBe(2);
  });

  it('refuses with internal, and does not hang, where a header could not be written', async () => {
    const door = await openTestDoor({ perform: () => ({ status: 201, location: 'Patient/a\r\nSet-Cookie: x=1' }) });
    const response = await fetch(`${door.base}/Patient/pat-1`);
    expect(response.status).toBe(500);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  it('cuts off a client that takes nothing of a long answer', async () => {
    const body = JSON.stringify({ resourceType: 'Bundle', note: 'x'.repeat(40_000_000) });
    const door = await openTestDoor({ limits: { idleMs: 200 }, perform: () => ({ status: 200, body }) });
    const wire = openWire(door.port);
    wire.socket.pause();
    wire.socket.write('GET /fhir/Patient HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    wire.socket.resume();
    await wire.ended;
    expect(wire.text().length).toBeLessThan(body.length);
  });
});

describe('refuse', () => {
  it('indents the OperationOutcome where _pretty=true asks it', async () => {
    const door = await openTestDoor();
    const text = await (await fetch(`${door.base}/patient?_pretty=true`)).text();
    expect(text).toMatch(/^\{\n {2}"resourceType": "OperationOutcome",/);
  });
});
