import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../resources/index.ts';
import { issueOf, openTestDoor, openWire } from './door.ts';

describe('startHttp', () => {
  it('answers under /fhir on 127.0.0.1, with localhost in the printed base', async () => {
    const door = await openTestDoor();
    const response = await fetch(`${door.base}/Patient/pat-1`);
    expect(response.status).toBe(200);
    expect(door.http.base).toBe(`http://localhost:${door.port}/fhir`);
  });

  it('answers every loopback spelling that the machine has', async () => {
    const door = await openTestDoor();
    expect(door.http.addresses[0]!.host).toBe('127.0.0.1');
    for (const { host, port } of door.http.addresses) {
      const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/fhir/Patient/pat-1`;
      expect((await fetch(url)).status, url).toBe(200);
    }
  });

  it('gives the path after the base, the query and the preconditions to the operations', async () => {
    const door = await openTestDoor();
    await fetch(`${door.base}/Patient/pat-1?_elements=name`, {
      headers: {
        'If-None-Match': 'W/"3"',
        'If-Modified-Since': 'Mon, 09 Mar 2026 07:05:02 GMT',
        Prefer: 'handling=lenient',
      },
    });
    expect(door.asked[0]).toMatchObject({
      method: 'GET',
      path: '/Patient/pat-1',
      query: '_elements=name',
      headers: { ifNoneMatch: 'W/"3"', ifModifiedSince: 'Mon, 09 Mar 2026 07:05:02 GMT' },
      prefer: { handling: 'lenient' },
    });
  });

  it('decodes the path by segment, an encoded slash staying part of its segment', async () => {
    const door = await openTestDoor();
    await fetch(`${door.base}/Patient/pat%2D1`);
    expect(door.asked[0]!.path).toBe('/Patient/pat-1');
    expect((await fetch(`${door.base}/Patient/a%2Fb`)).status).toBe(404);
  });

  it('returns 400 for a path that is not percent-encoded UTF-8', async () => {
    const door = await openTestDoor();
    const response = await fetch(`${door.base}/Patient/%E0%A4%A`);
    expect(response.status).toBe(400);
    expect((await issueOf(response)).text).toContain('percent-encoded');
  });

  it('returns 404 and no 414 for an id of 300 characters', async () => {
    const door = await openTestDoor();
    expect((await fetch(`${door.base}/Patient/${'a'.repeat(300)}`)).status).toBe(404);
  });

  it('returns 414 with an OperationOutcome for a URL over the limit', async () => {
    const door = await openTestDoor({ limits: { urlBytes: 2_000 } });
    const response = await fetch(`${door.base}/Patient?identifier=${'9'.repeat(2_000)}`);
    expect(response.status).toBe(414);
    expect((await issueOf(response)).hint).toContain('_search');
  });

  it('returns 404 with an OperationOutcome outside the base, naming the base', async () => {
    const door = await openTestDoor();
    for (const path of ['/Patient/pat-1', '/fhirx/Patient', '/index.php?x=1']) {
      const response = await fetch(`${door.origin}${path}`);
      expect(response.status, path).toBe(404);
      expect((await issueOf(response)).hint).toContain('/fhir');
    }
  });

  it('returns 405 with Allow for a method that a route does not have, and for one that nobody knows', async () => {
    const door = await openTestDoor();
    const response = await fetch(`${door.base}/metadata`, {
      method: 'PUT',
      body: '{}',
      headers: { 'Content-Type': 'application/fhir+json' },
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect((await issueOf(response)).kind).toBe('method-not-allowed');
    const wire = openWire(door.port);
    wire.socket.write('PROPFIND /fhir/Patient/pat-1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await wire.ended;
    expect(wire.text()).toMatch(/^HTTP\/1\.1 405 /);
  });

  it('answers a request whose target is a whole URL', async () => {
    const door = await openTestDoor();
    const wire = openWire(door.port);
    wire.socket.write(
      `GET http://localhost:${door.port}/fhir/Patient/pat-1 HTTP/1.1\r\nHost: localhost:${door.port}\r\nConnection: close\r\n\r\n`,
    );
    await wire.ended;
    expect(wire.text()).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('answers under the path of the public base too, with that base in Location', async () => {
    const baseUrl = 'https://records.example.org/hospital/fhir';
    const created = { status: 201, location: 'Patient/pat-1/_history/1' };
    const door = await openTestDoor({ settings: { baseUrl }, perform: () => created });
    for (const path of ['/hospital/fhir/Patient', '/fhir/Patient']) {
      const response = await fetch(`${door.origin}${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/fhir+json' },
        body: '{"resourceType":"Patient"}',
      });
      expect(response.status, path).toBe(201);
      expect(response.headers.get('location')).toBe(`${baseUrl}/Patient/pat-1/_history/1`);
    }
  });

  it('refuses a port that another program has, and says how to choose another', async () => {
    const door = await openTestDoor();
    const settings = { host: '127.0.0.1', port: door.port };
    await expect(openTestDoor({ settings })).rejects.toThrow(/is used by another program.*\n.*VESTA_PORT/);
  });

  it('refuses a range of trusted proxies that is none', async () => {
    await expect(openTestDoor({ settings: { trustedProxies: ['10.0.0.0/99'] } })).rejects.toThrow(/10\.0\.0\.0\/99/);
  });
});

describe('close', () => {
  it('lets a request under way finish, and ends its connection', async () => {
    const started = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const door = await openTestDoor({
      async perform() {
        started.resolve();
        await go.promise;
        return { status: 200, body: '{"resourceType":"Patient"}' };
      },
    });
    const answer = fetch(`${door.base}/Patient/pat-1`);
    await started.promise;
    const closed = door.http.close();
    go.resolve();
    const response = await answer;
    expect(response.status).toBe(200);
    expect(response.headers.get('connection')).toBe('close');
    await closed;
    await expect(fetch(`${door.base}/Patient/pat-1`)).rejects.toThrow();
  });

  it('does not wait for a connection that nobody uses', async () => {
    const door = await openTestDoor();
    const idle = connect(door.port, '127.0.0.1');
    await new Promise<void>((resolve) => idle.once('connect', () => resolve()));
    const ended = new Promise<void>((resolve) => idle.once('close', () => resolve()));
    await door.http.close();
    await ended;
  });

  it('gives up on a request that does not finish in the time for draining', async () => {
    const started = Promise.withResolvers<void>();
    const door = await openTestDoor({
      limits: { drainMs: 50 },
      perform() {
        started.resolve();
        return new Promise(() => {});
      },
    });
    const answer = fetch(`${door.base}/Patient/pat-1`).catch(() => 'cut');
    await started.promise;
    await door.http.close();
    expect(await answer).toBe('cut');
  });
});

describe('faults', () => {
  it('answers a Fault with its status, headers, kind, place and hint', async () => {
    const door = await openTestDoor({
      perform() {
        throw new Fault('invalid-value', '2020-13-40 is no date.', {
          expression: 'Patient.birthDate',
          hint: 'Months go from 01 to 12.',
          headers: { 'Retry-After': '7' },
        });
      },
    });
    const response = await fetch(`${door.base}/Patient/pat-1`);
    expect(response.status).toBe(400);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(response.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(await issueOf(response)).toEqual({
      code: 'value',
      kind: 'invalid-value',
      text: '2020-13-40 is no date.',
      hint: 'Months go from 01 to 12.',
      expression: ['Patient.birthDate'],
    });
  });

  it('answers anything else as internal with the id of the request only, and logs it whole', async () => {
    const door = await openTestDoor({
      perform() {
        throw new Error('select * from secret_table where name = Müller');
      },
    });
    const response = await fetch(`${door.base}/Patient/pat-1`, { headers: { 'X-Request-Id': 'ward-7' } });
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).toContain('ward-7');
    expect(text).not.toMatch(/secret_table|Müller|\.ts/);
    const logged = door.lines.find(({ level }) => level === 50);
    expect(logged).toMatchObject({ id: 'ward-7', err: { message: expect.stringContaining('secret_table') } });
  });
});
