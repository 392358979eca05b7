/** https://hl7.org/fhir/R4/http.html#mime-type, #general, #ops */
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer();

const weight =
  '{"resourceType":"Observation","id":"weight","status":"final","code":{"text":"Weight"},"valueQuantity":{"value":70.50}}';
await server.put('Observation/weight', weight);

describe('the format', () => {
  it.each([
    'application/fhir+json',
    'application/json',
    'text/json',
    '*/*',
    'application/*',
    'text/html, application/xml;q=0.9, */*;q=0.8',
    'application/fhir+xml, application/fhir+json;q=0.5',
  ])('is JSON for Accept: %s', async (accept) => {
    const { status, headers } = await server.get('Observation/weight', { Accept: accept });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/fhir+json; charset=utf-8');
  });

  it.each([
    'application/fhir+xml',
    'text/plain',
    'application/fhir+json;q=0',
    'application/fhir+json; fhirVersion=5.0',
    'image/png',
  ])('is refused with 406 for Accept: %s', async (accept) => {
    const { status, json } = await server.get('Observation/weight', { Accept: accept });
    expect(status).toBe(406);
    expect(json).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ code: 'not-supported' }] });
  });

  it.each(['json', 'application/json', 'application/fhir%2Bjson', 'text/json'])(
    'is JSON for _format=%s, whatever Accept says',
    async (format) => {
      expect(
        (await server.get(`Observation/weight?_format=${format}`, { Accept: 'application/fhir+xml' })).status,
      ).toBe(200);
    },
  );

  it.each(['xml', 'application/fhir%2Bxml', 'ttl', 'html', ''])(
    'is refused with 406 for _format=%s',
    async (format) => {
      expect((await server.get(`Observation/weight?_format=${format}`)).status).toBe(406);
    },
  );

  it('is refused before anything is written', async () => {
    expect(
      (await server.put('Observation/unseen', weight.replace('weight', 'unseen'), { Accept: 'application/fhir+xml' }))
        .status,
    ).toBe(406);
    expect((await server.get('Observation/unseen')).status).toBe(404);
  });

  it('is told to caches', async () => {
    expect((await server.get('Observation/weight')).headers.vary).toContain('Accept');
  });
});

describe('_pretty', () => {
  it('breaks the text into lines and leaves every digit', async () => {
    const { text } = await server.get('Observation/weight?_pretty=true');
    expect(text.split('\n').length).toBeGreaterThan(5);
    expect(text).toContain('70.50');
  });

  it('is for faults too', async () => {
    expect((await server.get('Observation/nobody?_pretty=true')).text).toContain('\n');
  });

  it('is true or false', async () => {
    expect((await server.get('Observation/weight?_pretty=maybe')).status).toBe(400);
  });
});

describe('the body of a request', () => {
  const create = (contentType: string, body: string | Buffer = weight) =>
    server.request('POST', 'Observation', { body: body as string, headers: { 'Content-Type': contentType } });

  it.each([
    'application/fhir+json',
    'application/json',
    'text/json',
    'application/fhir+json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/fhir+json; fhirVersion=4.0',
  ])('is read from %s', async (type) => {
    expect((await create(type)).status).toBe(201);
  });

  it.each([
    'application/fhir+xml',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=iso-8859-1',
    'application/fhir+json; fhirVersion=3.0',
    'multipart/form-data',
    'nonsense',
    '',
  ])('is refused with 415 from %j', async (type) => {
    const { status, headers, json } = await create(type);
    expect(status).toBe(415);
    expect(headers['accept-post']).toContain('application/fhir+json');
    expect(json.resourceType).toBe('OperationOutcome');
  });

  it('may have a byte order mark', async () => {
    expect((await create('application/fhir+json', `\uFEFF${weight}`)).status).toBe(201);
  });
});

describe('compression', () => {
  const anna = {
    resourceType: 'Patient',
    id: 'long',
    name: Array.from({ length: 60 }, (_, i) => ({ family: `Keller ${i}`, given: ['Anna'] })),
  };

  it('is for answers that are worth it, where the client takes it', async () => {
    await server.put('Patient/long', anna);
    const plain = await server.get('Patient/long');
    for (const encoding of ['gzip', 'br']) {
      const reply = await raw('Patient/long', encoding);
      expect(reply.headers.get('content-encoding')).toBe(encoding);
      expect(reply.headers.get('vary')).toContain('Accept-Encoding');
      expect(JSON.parse(reply.text)).toEqual(plain.json);
    }
    expect(
      (await server.get('Observation/weight', { 'Accept-Encoding': 'gzip' })).headers['content-encoding'],
    ).toBeUndefined();
  });

  it('is undone in requests', async () => {
    const body = gzipSync(weight);
    const response = await fetch(`${server.base}/Observation`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/fhir+json', 'Content-Encoding': 'gzip' },
    });
    expect(response.status).toBe(201);
    expect(await response.text()).toContain('70.50');
  });

  it('is refused with 415 where it is unknown, with 400 where it is broken', async () => {
    const headers = { 'Content-Type': 'application/fhir+json' };
    expect((await server.post('Observation', weight, { ...headers, 'Content-Encoding': 'zip' })).status).toBe(415);
    expect((await server.post('Observation', weight, { ...headers, 'Content-Encoding': 'gzip' })).status).toBe(400);
  });

  async function raw(path: string, encoding: string) {
    const { request } = await import('node:http');
    const url = new URL(`${server.base}/${path}`);
    return new Promise<{ headers: Map<string, unknown>; text: string }>((resolve, reject) => {
      const asked = request(
        { host: '127.0.0.1', port: url.port, path: url.pathname, headers: { 'Accept-Encoding': encoding } },
        async (response) => {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk);
          const bytes = Buffer.concat(chunks);
          resolve({
            headers: new Map(Object.entries(response.headers)),
            text: (encoding === 'br' ? brotliDecompressSync(bytes) : gunzipSync(bytes)).toString(),
          });
        },
      );
      asked.once('error', reject).end();
    });
  }
});

describe('the edges of the grammar', () => {
  it.each(['Observation/weight/', 'Observation/', 'Observation/weight/_history/', 'metadata/', '/?_id=weight'])(
    'a slash at the end changes nothing: %s',
    async (path) => {
      const [one, other] = [path.replace(/\/$/, '').replace('/?', '?'), path].map((it) => `${server.base}/${it}`);
      expect((await server.get(other!)).json).toEqual((await server.get(one!)).json);
    },
  );

  it('the base alone searches everything', async () => {
    const bare = await server.get(server.base);
    expect(bare).toMatchObject({ status: 200, json: { type: 'searchset' } });
    expect((await server.get(`${server.base}/`)).json).toEqual(bare.json);
  });

  it.each(['Observation?_count=1', 'Observation/weight/_history', '_history?_count=1', 'Observation/_history', ''])(
    'HEAD of %s is GET without the body',
    async (path) => {
      const [head, get] = [await server.request('HEAD', path), await server.get(path)];
      expect([head.status, head.text]).toEqual([200, '']);
      expect(head.headers['content-length']).toBe(get.headers['content-length']);
    },
  );

  it.each([
    ['', 'GET, HEAD, POST, OPTIONS'],
    ['Observation', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'],
    ['Observation/weight', 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'],
    ['Observation/weight/_history/1', 'GET, HEAD, OPTIONS'],
    ['Observation/_search', 'POST, OPTIONS'],
  ])('OPTIONS of %j tells what is possible there', async (path, allow) => {
    const { status, headers } = await server.request('OPTIONS', path);
    expect([status, headers.allow]).toEqual([204, allow]);
  });

  it('a search by POST adds the parameters of its URL to those of its body', async () => {
    const form = (path: string, body: string) =>
      server.request('POST', path, { body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    expect((await form('Observation/_search?_id=weight', 'status=final')).json.total).toBe(1);
    expect((await form('Observation/_search?_id=weight', 'status=cancelled')).json.total).toBe(0);
    expect((await form('Observation/_search?_format=json', '_format=xml')).status).toBe(400);
    expect((await form('Observation/_search?_id=weight', '')).json.total).toBe(1);
  });

  it('a search by GET has no _search in its address', async () => {
    const { status, headers } = await server.get('Observation/_search?_id=weight');
    expect([status, headers.allow]).toEqual([405, 'POST']);
  });

  it.each(['Observation/weight/_history', 'Observation/weight/_history/1', 'Observation/_history', '_history'])(
    'versions are never deleted: DELETE %s',
    async (path) => {
      const { status, headers, json } = await server.delete(path);
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
      expect(json.issue[0].diagnostics).toContain('Versions are kept');
    },
  );
});

describe('Prefer: respond-async', () => {
  it('is a preference that is not followed: the answer comes at once', async () => {
    const prefer = { Prefer: 'respond-async' };
    expect((await server.get('Observation?_count=1', prefer)).status).toBe(200);
    expect((await server.get('metadata', prefer)).status).toBe(200);
    expect((await server.post('', { resourceType: 'Bundle', type: 'batch' }, prefer)).status).toBe(200);
    const both = { Prefer: 'respond-async, return=minimal' };
    const { status, text } = await server.post('Observation', weight, both);
    expect([status, text]).toEqual([201, '']);
  });
});

describe('browser apps of other origins', () => {
  const origin = 'https://app.example';

  it('may ask beforehand', async () => {
    const { status, headers } = await server.request('OPTIONS', 'Patient/1', {
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Headers': 'content-type,if-match,prefer',
      },
    });
    expect(status).toBe(204);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['access-control-allow-methods']).toContain('PUT');
    expect(headers['access-control-allow-headers']!.toLowerCase()).toContain('if-match');
  });

  it.each(['Observation/weight', 'Observation/nobody', 'metadata'])(
    'may read the answer and its headers, faults too: %s',
    async (path) => {
      const { headers } = await server.get(path, { Origin: origin });
      expect(headers['access-control-allow-origin']).toBe('*');
      for (const name of ['ETag', 'Location', 'Last-Modified', 'X-Request-Id'])
        expect(headers['access-control-expose-headers']).toContain(name);
      expect(headers['access-control-allow-credentials']).toBeUndefined();
    },
  );
});

describe('each answer', () => {
  it('has the X-Request-Id that was sent, or one of its own', async () => {
    expect((await server.get('Observation/weight', { 'X-Request-Id': 'ward-3/42' })).headers['x-request-id']).toBe(
      'ward-3/42',
    );
    expect((await server.get('Observation/nobody', { 'X-Request-Id': 'ward-3/43' })).headers['x-request-id']).toBe(
      'ward-3/43',
    );
    const own = [await server.get('Observation/weight'), await server.get('Observation/weight')].map(
      ({ headers }) => headers['x-request-id'],
    );
    expect(new Set(own).size).toBe(2);
  });

  it('does not repeat an X-Request-Id that could break a log', async () => {
    expect((await server.get('Observation/weight', { 'X-Request-Id': 'a b"c' })).headers['x-request-id']).not.toContain(
      '"',
    );
  });

  it('may be kept by nobody without asking again', async () => {
    expect((await server.get('Observation/weight')).headers['cache-control']).toBe('private, no-cache');
  });
});
