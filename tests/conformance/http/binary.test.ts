/** https://hl7.org/fhir/R4/binary.html#rest */
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer({ VESTA_LIMIT_STRING_BYTES: '40000' });

const FHIR_JSON = 'application/fhir+json';
/** Every byte there is, so that nothing can be mistaken for text. */
const scan = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))]);

let numbers = 0;
const unique = () => `bin-${++numbers}`;

interface Sent {
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
}

/** Bytes as they are, there and back. */
async function exchange(method: string, path: string, { body, headers }: Sent = {}) {
  const sent = body === undefined ? undefined : new Uint8Array(Buffer.from(body));
  const reply = await fetch(`${server.base}/${path}`, { method, body: sent, headers });
  const bytes = Buffer.from(await reply.arrayBuffer());
  return {
    status: reply.status,
    headers: Object.fromEntries(reply.headers),
    bytes,
    json: () => JSON.parse(bytes.toString('utf8')),
  };
}

async function stored(body: string | Buffer, type: string, headers: Record<string, string> = {}): Promise<string> {
  const reply = await exchange('POST', 'Binary', { body, headers: { 'Content-Type': type, ...headers } });
  expect(reply.status).toBe(201);
  return `Binary/${reply.json().id}`;
}
const resource = async (path: string) => (await server.get(path, { Accept: FHIR_JSON })).json;

describe('content that is sent as it is', () => {
  it.each(['application/pdf', 'image/png', 'text/plain; charset=iso-8859-1', 'application/dicom', 'text/html'])(
    'of type %s becomes a Binary',
    async (type) => {
      const reply = await exchange('POST', 'Binary', { body: scan, headers: { 'Content-Type': type } });
      expect(reply.status).toBe(201);
      const { id, ...binary } = reply.json();
      expect(reply.headers).toMatchObject({
        location: `${server.base}/Binary/${id}/_history/1`,
        etag: 'W/"1"',
        'content-type': expect.stringContaining(FHIR_JSON),
      });
      expect(binary).toMatchObject({ resourceType: 'Binary', contentType: type, data: scan.toString('base64') });
    },
  );

  it('takes the id of the URL and makes versions, none for the same content', async () => {
    const path = `Binary/${unique()}`;
    const put = (body: string) => exchange('PUT', path, { body, headers: { 'Content-Type': 'text/plain' } });
    expect((await put('Lab report 1')).status).toBe(201);
    expect((await put('Lab report 2')).headers.etag).toBe('W/"2"');
    expect((await put('Lab report 2')).headers.etag).toBe('W/"2"');
    expect((await exchange('GET', `${path}/_history/1`)).bytes.toString()).toBe('Lab report 1');
    expect((await exchange('GET', path)).bytes.toString()).toBe('Lab report 2');
  });

  it('answers as Prefer asks', async () => {
    const headers = { 'Content-Type': 'text/plain', Prefer: 'return=minimal' };
    const reply = await exchange('POST', 'Binary', { body: 'short', headers });
    expect({ status: reply.status, length: reply.bytes.length }).toEqual({ status: 201, length: 0 });
  });

  it('obeys If-Match', async () => {
    const path = await stored('one', 'text/plain');
    const put = (etag: string) =>
      exchange('PUT', path, { body: 'two', headers: { 'Content-Type': 'text/plain', 'If-Match': etag } });
    expect((await put('W/"7"')).status).toBe(412);
    expect((await put('W/"1"')).status).toBe(200);
  });

  it('belongs to whom X-Security-Context names, which reading tells again', async () => {
    const path = await stored(scan, 'application/pdf', { 'X-Security-Context': 'Patient/anna' });
    expect(await resource(path)).toMatchObject({ securityContext: { reference: 'Patient/anna' } });
    expect((await exchange('GET', path)).headers['x-security-context']).toBe('Patient/anna');
  });

  it('may be JSON or XML, of FHIR too, as long as it is no Binary', async () => {
    const patient = '{"resourceType":"Patient","active":true}';
    for (const [body, type] of [
      [patient, FHIR_JSON],
      ['{"made by": "somebody else"}', 'application/json'],
      ['[1, 2]', 'application/json'],
      ['<Patient xmlns="http://hl7.org/fhir"/>', 'application/fhir+xml'],
      ['<ClinicalDocument xmlns="urn:hl7-org:v3"/>', 'application/xml'],
    ] as const) {
      const path = await stored(body, type);
      expect(await resource(path)).toMatchObject({ contentType: type, data: Buffer.from(body).toString('base64') });
      const read = await exchange('GET', path);
      expect([read.headers['content-type'], read.bytes.toString()]).toEqual([type, body]);
    }
  });

  it('fits where it just fits, and is refused with 413 by a byte more', async () => {
    const headers = { 'Content-Type': 'application/octet-stream' };
    const most = 30_000;
    expect((await exchange('POST', 'Binary', { body: Buffer.alloc(most, 7), headers })).status).toBe(201);
    const { status, json } = await exchange('POST', 'Binary', { body: Buffer.alloc(most + 1, 7), headers });
    expect(status).toBe(413);
    expect(json().issue[0]).toMatchObject({
      code: 'too-long',
      details: { text: expect.stringContaining('30000 bytes') },
    });
    const asJson = { body: `[${' '.repeat(most)}]`, headers: { 'Content-Type': 'application/json' } };
    expect((await exchange('POST', 'Binary', asJson)).status).toBe(413);
  });

  it.each([
    ['nothing says of what type it is', undefined, 415],
    ['its type is none', 'pdf', 415],
    ['its type is a range', 'image/*', 415],
    ['it is a Binary in XML', 'application/fhir+xml', 415],
    ['it is said to be JSON and is not', FHIR_JSON, 400],
    ['it is JSON of FHIR without resourceType', FHIR_JSON, 400],
  ])('is refused where %s', async (reason, type, expected) => {
    const body = /XML/.test(reason)
      ? '<?xml version="1.0"?><!-- scan --><Binary xmlns="http://hl7.org/fhir"><contentType value="text/plain"/></Binary>'
      : /without/.test(reason)
        ? '{"contentType":"text/plain","data":"aGVsbG8="}'
        : 'hello';
    const headers: Record<string, string> = type === undefined ? {} : { 'Content-Type': type };
    const reply = await exchange('POST', 'Binary', { body, headers });
    expect(reply.status).toBe(expected);
    expect(reply.json().resourceType).toBe('OperationOutcome');
  });

  it('is refused for every other type', async () => {
    for (const type of ['Patient', 'Media', 'DocumentReference']) {
      const reply = await exchange('POST', type, { body: scan, headers: { 'Content-Type': 'application/pdf' } });
      expect(reply.status).toBe(415);
    }
  });
});

describe('a Binary that is sent as a resource', () => {
  const binary = { resourceType: 'Binary', contentType: 'text/plain', data: 'aGVsbG8=' };

  it.each([FHIR_JSON, 'application/json'])(
    'as %s is stored as it is, wherever its resourceType stands',
    async (type) => {
      const { resourceType, ...rest } = binary;
      for (const body of [binary, { ...rest, resourceType }]) {
        const path = await stored(JSON.stringify(body), type);
        expect(await resource(path)).toMatchObject(binary);
        expect((await exchange('GET', path)).bytes.toString()).toBe('hello');
      }
    },
  );

  it('is judged like every resource', async () => {
    for (const wrong of [{ data: 'no base64!' }, { contentType: undefined }, { title: 'scan' }]) {
      expect((await server.post('Binary', { ...binary, ...wrong })).status).toBe(400);
    }
  });

  it('has its securityContext inside, not in a header', async () => {
    expect((await server.post('Binary', binary, { 'X-Security-Context': 'Patient/anna' })).status).toBe(400);
  });

  it('may be without data: its content is then empty', async () => {
    const path = await stored(JSON.stringify({ ...binary, data: undefined }), FHIR_JSON);
    const reply = await exchange('GET', path);
    expect([reply.status, reply.bytes.length, reply.headers['content-length']]).toEqual([200, 0, '0']);
  });
});

describe('reading', () => {
  const png = Buffer.from('89504e470d0a1a0a', 'hex');

  it.each([
    undefined,
    '*/*',
    'image/png',
    'image/*',
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8',
    'application/fhir+json;q=0.5, image/png',
  ])('gives the content for Accept: %s', async (accept) => {
    const path = await stored(png, 'image/png');
    for (const one of [path, `${path}/_history/1`]) {
      const reply = await exchange('GET', one, { headers: accept === undefined ? {} : { Accept: accept } });
      expect(reply.status).toBe(200);
      expect(reply.bytes).toEqual(png);
      expect(reply.headers).toMatchObject({
        'content-type': 'image/png',
        'content-length': String(png.length),
        etag: 'W/"1"',
        'last-modified': expect.any(String),
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining('sandbox'),
      });
    }
  });

  it.each([
    ['', FHIR_JSON],
    ['', 'application/json'],
    ['', `${FHIR_JSON}, */*;q=0.9`],
    ['', `${FHIR_JSON}; fhirVersion=4.0`],
    ['?_format=json', 'image/png'],
    ['?_format=application/fhir%2Bjson', '*/*'],
    ['?_summary=false', '*/*'],
  ])('gives the resource for %s with Accept: %s', async (query, accept) => {
    const path = await stored(png, 'image/png');
    const { status, headers, json } = await server.get(`${path}${query}`, { Accept: accept });
    expect(status).toBe(200);
    expect(headers['content-type']).toContain(FHIR_JSON);
    expect(headers['content-security-policy']).toBeUndefined();
    expect(json).toMatchObject({ resourceType: 'Binary', data: png.toString('base64') });
  });

  it('gives JSON content for application/json where that is what it is', async () => {
    const path = await stored('{"a": 1.00}', 'application/json');
    expect((await exchange('GET', path, { headers: { Accept: 'application/json' } })).bytes.toString()).toBe(
      '{"a": 1.00}',
    );
    expect(await resource(path)).toMatchObject({ resourceType: 'Binary' });
  });

  it('answers 406 for what it is not, and tells what there is', async () => {
    const path = await stored(png, 'image/png');
    for (const accept of ['application/pdf', 'application/fhir+xml', 'image/*;q=0', `${FHIR_JSON}; fhirVersion=3.0`]) {
      const reply = await exchange('GET', path, { headers: { Accept: accept } });
      expect(reply.status).toBe(406);
      expect(reply.headers['content-type']).toContain(FHIR_JSON);
    }
    const { json } = await exchange('GET', path, { headers: { Accept: 'application/pdf' } });
    expect(json().issue[0].diagnostics).toContain('image/png');
  });

  it('tells faults as an OperationOutcome whatever was wanted', async () => {
    const path = await stored(png, 'image/png');
    await server.delete(path);
    for (const [gone, status] of [
      [path, 410],
      ['Binary/never-was', 404],
      [`${path}?x=1`, 400],
    ] as const) {
      const reply = await exchange('GET', gone, { headers: { Accept: 'image/png' } });
      expect(reply.status).toBe(status);
      expect(reply.json().resourceType).toBe('OperationOutcome');
    }
  });

  it('answers HEAD as GET, and 304 for what the caller has', async () => {
    const path = await stored(png, 'image/png');
    const [head, get] = [await exchange('HEAD', path), await exchange('GET', path)];
    expect(head.bytes).toHaveLength(0);
    for (const name of ['content-type', 'content-length', 'etag', 'last-modified', 'content-security-policy'])
      expect(head.headers[name]).toBe(get.headers[name]);
    const again = await exchange('GET', path, { headers: { 'If-None-Match': 'W/"1"' } });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
  });

  it('gives content whose type no header can hold as bytes', async () => {
    for (const contentType of ['text/plaîn', 'nonsense', 'text/plain\u0001']) {
      const { status, json } = await server.post('Binary', { resourceType: 'Binary', contentType, data: 'aGVsbG8=' });
      if (status === 400) continue;
      const reply = await exchange('GET', `Binary/${json.id}`);
      expect([reply.status, reply.headers['content-type'], reply.bytes.toString()]).toEqual([
        200,
        'application/octet-stream',
        'hello',
      ]);
    }
  });

  it('by a search, a history or a Bundle gives resources', async () => {
    const path = await stored(png, 'image/png');
    const id = path.slice('Binary/'.length);
    const found = (await server.get(`Binary?_id=${id}`)).json;
    expect(found.entry[0].resource.data).toBe(png.toString('base64'));
    expect((await server.get(`${path}/_history`)).json.entry[0].resource.contentType).toBe('image/png');
    const batch = { resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url: path } }] };
    expect((await server.post('', batch)).json.entry[0].resource.contentType).toBe('image/png');
  });
});
