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
