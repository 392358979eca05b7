/** https://hl7.org/fhir/R4/http.html#read, #vread, #cread */
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer();

const weight = {
  resourceType: 'Observation',
  id: 'weight',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">70.5 kg</div>' },
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
  valueQuantity: { value: 70.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
};
await server.put('Observation/weight', weight);
await server.put('Observation/weight', { ...weight, status: 'amended' });

await server.put('Device/pump', { resourceType: 'Device', id: 'pump', status: 'active' });
await server.delete('Device/pump');

describe('a read', () => {
  it('answers 200 with the current version, its ETag and its time', async () => {
    const { status, headers, json } = await server.get('Observation/weight');
    expect(status).toBe(200);
    expect(json).toMatchObject({ ...weight, status: 'amended', meta: { versionId: '2' } });
    expect(headers.etag).toBe('W/"2"');
    expect(headers['last-modified']).toBe(new Date(json.meta.lastUpdated).toUTCString());
  });

  it('answers 404 for what never was', async () => {
    const { status, json } = await server.get('Observation/nobody');
    expect(status).toBe(404);
    expect(json.issue[0]).toMatchObject({
      severity: 'error',
      code: 'not-found',
      details: { text: 'Observation/nobody does not exist.' },
    });
  });

  it('answers 404 for the same id of another type', async () => {
    expect((await server.get('Patient/weight')).status).toBe(404);
  });

  it('tells ids apart that differ only in case', async () => {
    expect((await server.get('Observation/WEIGHT')).status).toBe(404);
  });

  it.each(['Observation/a_b', `Observation/${'x'.repeat(65)}`, 'Observation/%3Cscript%3E', 'Observation/a%2Fb'])(
    'answers 404 for the impossible id in %s',
    async (path) => {
      expect((await server.get(path)).status).toBe(404);
    },
  );

  it('answers 410 for a deleted resource, and says where its versions are', async () => {
    const { status, headers, json } = await server.get('Device/pump');
    expect(status).toBe(410);
    expect(headers.etag).toBe('W/"2"');
    expect(json.issue[0]).toMatchObject({ code: 'deleted', diagnostics: 'Its versions are at Device/pump/_history.' });
  });

  it('refuses a parameter that does nothing on a read', async () => {
    const { status, json } = await server.get('Observation/weight?code=29463-7');
    expect(status).toBe(400);
    expect(json.issue[0].expression).toEqual(['code']);
  });
});

describe('a parameter that does nothing', () => {
  it.each([
    ['GET', 'Observation/weight?code=29463-7'],
    ['GET', 'Observation/weight/_history/1?code=29463-7'],
    ['GET', 'Observation/weight/_history?code=29463-7'],
    ['GET', '_history?code=29463-7'],
    ['GET', 'metadata?code=29463-7'],
    ['POST', 'Observation?code=29463-7'],
    ['PUT', 'Observation/weight?code=29463-7'],
    ['PATCH', 'Observation/weight?code=29463-7'],
    ['DELETE', 'Observation/weight?code=29463-7'],
    ['POST', '?code=29463-7'],
  ])(
    'is refused in %s %s also of lenient clients: only a search can tell that it was ignored',
    async (method, path) => {
      const body = method === 'GET' || method === 'DELETE' ? undefined : weight;
      const { status, json } = await server.request(method, path, { body, headers: { Prefer: 'handling=lenient' } });
      expect(status).toBe(400);
      expect(json.issue[0].expression).toEqual(['code']);
    },
  );
});

describe('a conditional read', () => {
  it.each(['W/"2"', '"2"', 'W/"1", W/"2"', '*'])('answers 304 without a body for If-None-Match: %s', async (etag) => {
    const { status, headers, text } = await server.get('Observation/weight', { 'If-None-Match': etag });
    expect({ status, text }).toEqual({ status: 304, text: '' });
    expect(headers.etag).toBe('W/"2"');
  });

  it('answers 200 where another version is current', async () => {
    expect((await server.get('Observation/weight', { 'If-None-Match': 'W/"1"' })).status).toBe(200);
  });

  it('answers 400 for what is no ETag', async () => {
    expect((await server.get('Observation/weight', { 'If-None-Match': '2' })).status).toBe(400);
  });

  it('answers 304 where nothing changed since, 200 where something did', async () => {
    const modified = (await server.get('Observation/weight')).headers['last-modified']!;
    const before = new Date(Date.parse(modified) - 60_000).toUTCString();
    expect((await server.get('Observation/weight', { 'If-Modified-Since': modified })).status).toBe(304);
    expect((await server.get('Observation/weight', { 'If-Modified-Since': before })).status).toBe(200);
  });

  it('lets If-None-Match decide where both are sent', async () => {
    const headers = { 'If-None-Match': 'W/"1"', 'If-Modified-Since': new Date(Date.now() + 60_000).toUTCString() };
    expect((await server.get('Observation/weight', headers)).status).toBe(200);
  });

  it('answers 410 for a deleted resource whatever is asked', async () => {
    expect((await server.get('Device/pump', { 'If-None-Match': 'W/"2"' })).status).toBe(410);
  });
});

describe('HEAD', () => {
  it.each([
    'Observation/weight',
    'Observation/nobody',
    'Device/pump',
    'Observation/weight/_history/1',
    'Observation/weight?_elements=status',
    'metadata',
  ])('answers for %s as GET does, without the body', async (path) => {
    const [head, get] = [await server.request('HEAD', path), await server.get(path)];
    expect(head.status).toBe(get.status);
    expect(head.text).toBe('');
    const compared = ['content-type', 'content-length', 'etag', 'last-modified'];
    for (const name of compared) expect(head.headers[name]).toBe(get.headers[name]);
  });
});

describe('a part of a resource', () => {
  it('has what _elements names, what is mandatory, and the tag SUBSETTED', async () => {
    const { json } = await server.get('Observation/weight?_elements=value');
    expect(json).toEqual({
      resourceType: 'Observation',
      id: 'weight',
      meta: expect.objectContaining({
        tag: [
          expect.objectContaining({
            system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
            code: 'SUBSETTED',
          }),
        ],
      }),
      status: 'amended',
      code: weight.code,
      valueQuantity: weight.valueQuantity,
    });
  });

  it.each([
    ['true', { text: undefined, status: 'amended' }],
    ['data', { text: undefined, status: 'amended' }],
    ['text', { text: weight.text, valueQuantity: undefined }],
  ])('has what _summary=%s allows', async (summary, expected) => {
    const { json } = await server.get(`Observation/weight?_summary=${summary}`);
    for (const [name, value] of Object.entries(expected)) expect(json[name]).toEqual(value);
    expect(json.meta.tag[0].code).toBe('SUBSETTED');
  });

  it('is the whole for _summary=false', async () => {
    expect((await server.get('Observation/weight?_summary=false')).json).toEqual(
      (await server.get('Observation/weight')).json,
    );
  });

  it.each(['_summary=short', '_elements=id&_summary=data', '_summary=true&_summary=data'])(
    'is refused for %s',
    async (query) => {
      expect((await server.get(`Observation/weight?${query}`)).status).toBe(400);
    },
  );
});

describe('a vread', () => {
  it('answers with that version, whatever happened later', async () => {
    const { status, headers, json } = await server.get('Observation/weight/_history/1');
    expect(status).toBe(200);
    expect(headers.etag).toBe('W/"1"');
    expect(json).toMatchObject({ status: 'final', meta: { versionId: '1' } });
  });

  it('answers with a version of a resource that was deleted since', async () => {
    expect((await server.get('Device/pump/_history/1')).json.status).toBe('active');
  });

  it('answers 410 for the version that is the deletion', async () => {
    expect((await server.get('Device/pump/_history/2')).status).toBe(410);
  });

  it.each(['3', '99', '0', '-1', '01', '1.0', 'abc', '99999999999999999999'])(
    'answers 404 for version %s, which is none',
    async (version) => {
      expect((await server.get(`Observation/weight/_history/${version}`)).status).toBe(404);
    },
  );

  it('may be a part of the version', async () => {
    const { json } = await server.get('Observation/weight/_history/1?_elements=status');
    expect(json).toMatchObject({ status: 'final', meta: { versionId: '1' } });
    expect(json.valueQuantity).toBeUndefined();
  });
});
