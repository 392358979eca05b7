/** What is refused, with which status, and that nothing is left half-done. */
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer({
  VESTA_LIMIT_BODY_BYTES: '300000',
  VESTA_LIMIT_STRING_BYTES: '100000',
  VESTA_LIMIT_ENTRIES: '20',
});

const outcomeOf = (json: any) => {
  expect(json.resourceType).toBe('OperationOutcome');
  for (const issue of json.issue) {
    expect(issue).toMatchObject({
      severity: expect.stringMatching(/^(fatal|error)$/),
      code: expect.any(String),
      details: { coding: [{ system: 'urn:vesta:fault' }], text: expect.any(String) },
    });
  }
  return json.issue[0];
};

describe('JSON that cannot be stored', () => {
  it.each([
    ['broken JSON, with line and column', '{\n  "resourceType": "Patient",\n  "active": tru\n}', 400, /line 3/],
    ['JSON that ends too early', '{"resourceType":"Patient"', 400, /line 1/],
    ['text after the end', '{"resourceType":"Patient"} {}', 400, /line 1/],
    ['a list', '[{"resourceType":"Patient"}]', 400, /JSON object/],
    ['a trailing comma', '{"resourceType":"Patient",}', 400, /line 1/],
    ['a comment', '{"resourceType":"Patient" /* who */}', 400, /line 1/],
    ['no resourceType', '{"active":true}', 400, /resourceType/],
    ['a resourceType that is no text', '{"resourceType":7}', 400, /resourceType/],
    ['one key twice', '{"resourceType":"Patient","active":true,"active":false}', 400, /active/],
    ['one key twice, once escaped', '{"resourceType":"Patient","active":true,"\\u0061ctive":false}', 400, /active/],
    ['__proto__', '{"resourceType":"Patient","__proto__":{"admin":true}}', 400, /__proto__/],
    ['constructor', '{"resourceType":"Patient","constructor":{"name":"x"}}', 400, /constructor/],
    ['a lone surrogate', '{"resourceType":"Patient","name":[{"family":"\\ud83d"}]}', 400, /surrogate/],
    ['NUL in a string', '{"resourceType":"Patient","name":[{"family":"Kel\\u0000ler"}]}', 400, /U\+0000|NUL|\\u0000/],
    ['a decimal of too many digits', `{"resourceType":"Observation","valueQuantity":{"value":1e2000}}`, 400, /digits/],
    ['a number that is none', '{"resourceType":"Observation","valueQuantity":{"value":NaN}}', 400, /line 1/],
    ['a number with a leading zero', '{"resourceType":"Observation","valueQuantity":{"value":007}}', 400, /line 1/],
    [
      'a string that is too long',
      `{"resourceType":"Patient","name":[{"family":"${'x'.repeat(100_001)}"}]}`,
      413,
      /long/,
    ],
    [
      'a body that is too large',
      `{"resourceType":"Patient","name":[{"family":"${'x'.repeat(300_000)}"}]}`,
      413,
      /300000 bytes/,
    ],
    ['an empty body', '', 400, /empty/],
  ])('is %s', async (_what, body, expected, sentence) => {
    const type = body.includes('Observation') ? 'Observation' : 'Patient';
    const { status, json, text } = await server.post(type, body);
    expect(status).toBe(expected);
    outcomeOf(json);
    expect(text).toMatch(sentence);
  });

  it.each([101, 5_000, 100_000])('is nested too deep: %i', async (depth) => {
    const body = `{"resourceType":"Basic","extension":${'[{"extension":'.repeat(depth)}[]${'}]'.repeat(depth)}}`;
    const { status, json } = await server.request('POST', 'Basic', { body: body.slice(0, 299_000) });
    expect(status).toBe(400);
    outcomeOf(json);
  });

  it('is not UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('{"resourceType":"Patient","name":[{"family":"M'),
      Buffer.from([0xfc]),
      Buffer.from('ller"}]}'),
    ]);
    const response = await fetch(`${server.base}/Patient`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/fhir+json' },
    });
    expect(response.status).toBe(400);
    expect(outcomeOf(await response.json()).details.text).toContain('UTF-8');
  });

  it('leaves nothing behind', async () => {
    const { json } = await server.get('_history?_summary=count');
    expect(json.total).toBe(0);
  });

  it('has no prototype changed', () => {
    expect(({} as any).admin).toBeUndefined();
  });
});

describe('addresses', () => {
  it.each([
    ['GET', 'Unknown/1', 404],
    ['GET', 'patient/1', 404],
    ['GET', 'Patient/1/2/3/4', 404],
    ['GET', 'Patient/1/_history/1/x', 404],
    ['GET', '$unknown', 404],
    ['POST', 'Patient/$match', 404],
    ['GET', 'Patient/1/$everything', 404],
    ['GET', '%00', 404],
    ['GET', '..%2f..%2fetc/passwd', 404],
    ['PATCH', 'metadata', 405],
    ['PUT', 'metadata', 405],
    ['DELETE', '', 405],
    ['PUT', 'Patient/1/_history/1', 405],
    ['POST', 'Patient/1', 405],
    ['DELETE', '_history', 405],
    ['TRACE', 'Patient/1', 405],
  ])('%s %s is %i', async (method, path, expected) => {
    const body = ['PUT', 'POST', 'PATCH'].includes(method) ? { resourceType: 'Patient' } : undefined;
    const { status, headers, json } = await server.request(method, path, { body });
    expect(status).toBe(expected);
    outcomeOf(json);
    if (status === 405) expect(headers.allow).toMatch(/GET|POST/);
  });

  it('outside of the base are answered with an OperationOutcome too', async () => {
    const { status, json } = await server.get('/nothing/here');
    expect(status).toBe(404);
    outcomeOf(json);
  });

  it('that are too long are 414', async () => {
    const { status, json } = await server.get(`Patient?name=${'x'.repeat(10_000)}`);
    expect(status).toBe(414);
    outcomeOf(json);
  });

  it('with a query that is not percent-encoded UTF-8 are 400', async () => {
    expect((await server.get('_history?_since=%E0%A4%A')).status).toBe(400);
    expect((await server.get('%E0%A4%A')).status).toBe(400);
  });
});

describe('Bundles', () => {
  it('of too many entries are 413', async () => {
    const entry = Array.from({ length: 21 }, () => ({ request: { method: 'GET', url: 'metadata' } }));
    const { status, json } = await server.post('', { resourceType: 'Bundle', type: 'batch', entry });
    expect(status).toBe(413);
    expect(outcomeOf(json).expression).toEqual(['Bundle.entry']);
  });

  it.each(['document', 'message', 'history', 'searchset', 'collection', 'foo'])(
    'of type %s are not processed',
    async (type) => {
      const { status, json } = await server.post('', { resourceType: 'Bundle', type });
      expect(status).toBe(400);
      outcomeOf(json);
    },
  );

  it('are not Patients', async () => {
    expect((await server.post('', { resourceType: 'Patient' })).status).toBe(400);
    expect((await server.post('', '[]')).status).toBe(400);
    expect((await server.post('', '')).status).toBe(400);
  });
});

describe('what a fault never tells', () => {
  it('is SQL, stacks, or what stands in the record', async () => {
    const secret = 'Hildegard-von-Bingen';
    const { text } = await server.post('Patient', {
      resourceType: 'Patient',
      name: [{ family: secret, nick: secret }],
      birthDate: secret,
    });
    expect(text).not.toMatch(/select |insert |at .*\.ts|node_modules/i);
  });
});
