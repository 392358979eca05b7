/** https://hl7.org/fhir/R4/http.html#transaction: a batch */
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer();

const batch = (...entry: object[]) => server.post('', { resourceType: 'Bundle', type: 'batch', entry });
const get = (url: string, more: object = {}) => ({ request: { method: 'GET', url, ...more } });
const put = (resource: { resourceType: string; id: string; [key: string]: unknown }, more: object = {}) => ({
  resource,
  request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}`, ...more },
});
const post = (resource: { resourceType: string; [key: string]: unknown }, more: object = {}) => ({
  resource,
  request: { method: 'POST', url: resource.resourceType, ...more },
});
const remove = (url: string, more: object = {}) => ({ request: { method: 'DELETE', url, ...more } });
const statuses = (json: any): string[] => json.entry.map((entry: any) => entry.response.status);

await server.put('Patient/anna', {
  resourceType: 'Patient',
  id: 'anna',
  name: [{ family: 'Keller' }],
  birthDate: '1984-03-05',
});

describe('a batch', () => {
  it('answers each entry in its place, with its own status', async () => {
    const { status, json } = await batch(
      get('Patient/nobody'),
      put({ resourceType: 'Group', id: 'study', type: 'person', actual: true }),
      post({ resourceType: 'Patient', birthDate: 'never' }),
      remove('Patient/never-was'),
      get('Patient/anna'),
      get('Unknown/1'),
    );
    expect(status).toBe(200);
    expect(json).toMatchObject({ resourceType: 'Bundle', type: 'batch-response' });
    expect(statuses(json)).toEqual([
      '404 Not Found',
      '201 Created',
      '400 Bad Request',
      '204 No Content',
      '200 OK',
      '404 Not Found',
    ]);
    expect(json.entry[0].response.outcome.issue[0].code).toBe('not-found');
    expect(json.entry[1]).toEqual({
      response: {
        status: '201 Created',
        location: `${server.base}/Group/study/_history/1`,
        etag: 'W/"1"',
        lastModified: expect.any(String),
      },
    });
    expect(json.entry[2].response.outcome.issue[0].expression).toEqual(['Bundle.entry[2].resource.birthDate']);
    expect(json.entry[4]).toMatchObject({ resource: { id: 'anna' }, response: { etag: 'W/"1"' } });
    expect((await server.get('Group/study')).status).toBe(200);
  });

  it('reads what it wrote, whatever the order of its entries', async () => {
    const { json } = await batch(
      get('Device/new-pump'),
      put({ resourceType: 'Device', id: 'new-pump', status: 'active' }),
    );
    expect(statuses(json)).toEqual(['200 OK', '201 Created']);
    expect(json.entry[0].resource.id).toBe('new-pump');
  });

  it('may be empty', async () => {
    const { status, json } = await server.post('', { resourceType: 'Bundle', type: 'batch' });
    expect(status).toBe(200);
    expect(json).toEqual({ resourceType: 'Bundle', type: 'batch-response' });
  });

  it('returns stored resources to those who prefer it, outcomes to others', async () => {
    const resource = { resourceType: 'Device', id: 'told', status: 'active' };
    const bundle = { resourceType: 'Bundle', type: 'batch', entry: [put(resource)] };
    const represented = await server.post('', bundle, { Prefer: 'return=representation' });
    expect(represented.json.entry[0].resource).toMatchObject(resource);
    const told = await server.post('', bundle, { Prefer: 'return=OperationOutcome' });
    expect(told.json.entry[0].response.outcome.resourceType).toBe('OperationOutcome');
  });

  it('obeys the conditions of an entry', async () => {
    const resource = { resourceType: 'Device', id: 'conditions', status: 'active' };
    await server.put('Device/conditions', resource);
    const { json } = await batch(
      get('Device/conditions', { ifNoneMatch: 'W/"1"' }),
      get('Device/conditions', { ifNoneMatch: 'W/"9"' }),
      put({ ...resource, status: 'inactive' }, { ifMatch: 'W/"9"' }),
      put({ ...resource, status: 'inactive' }, { ifNoneMatch: '*' }),
      remove('Device/conditions', { ifMatch: 'W/"9"' }),
    );
    expect(statuses(json)).toEqual([
      '304 Not Modified',
      '200 OK',
      '412 Precondition Failed',
      '412 Precondition Failed',
      '412 Precondition Failed',
    ]);
  });

  it('creates conditionally', async () => {
    const identifier = [{ system: 'http://hospital.example/mrn', value: 'B-1' }];
    const entry = post(
      { resourceType: 'Patient', identifier },
      { ifNoneExist: 'identifier=http://hospital.example/mrn|B-1' },
    );
    expect(statuses((await batch(entry)).json)).toEqual(['201 Created']);
    expect(statuses((await batch(entry)).json)).toEqual(['200 OK']);
    await server.post('Patient', { resourceType: 'Patient', identifier });
    expect(statuses((await batch(entry)).json)).toEqual(['412 Precondition Failed']);
  });

  it('patches, by Parameters or by a Binary that holds a patch', async () => {
    await server.put('Device/patched', { resourceType: 'Device', id: 'patched', status: 'active' });
    const data = Buffer.from('[{"op":"replace","path":"/status","value":"inactive"}]').toString('base64');
    const { json } = await batch({
      resource: { resourceType: 'Binary', contentType: 'application/json-patch+json', data },
      request: { method: 'PATCH', url: 'Device/patched' },
    });
    expect(statuses(json)).toEqual(['200 OK']);
    expect((await server.get('Device/patched')).json.status).toBe('inactive');
  });

  it('searches by GET and by POST, in a compartment too', async () => {
    const { json } = await batch(
      get('Patient?family=keller&birthdate=1984-03-05'),
      { request: { method: 'POST', url: 'Patient/_search?family=keller' } },
      get('Patient/-999/Observation'),
      get('Patient?brithdate=1984'),
    );
    expect(statuses(json)).toEqual(['200 OK', '200 OK', '200 OK', '400 Bad Request']);
    expect(json.entry[0].resource).toMatchObject({
      resourceType: 'Bundle',
      type: 'searchset',
      entry: [{ resource: { id: 'anna' } }],
    });
    expect(json.entry[1].resource.entry.length).toBeGreaterThan(0);
    expect(json.entry[2].resource.entry).toBeUndefined();
  });

  it('takes request.url with the base before it', async () => {
    expect(statuses((await batch(get(`${server.base}/Patient/anna`), get('/Patient/anna'))).json)).toEqual([
      '200 OK',
      '200 OK',
    ]);
  });

  it('is forgiven unknown parameters where handling=lenient was asked for', async () => {
    const bundle = { resourceType: 'Bundle', type: 'batch', entry: [get('Patient?brithdate=1984')] };
    expect(statuses((await server.post('', bundle, { Prefer: 'handling=lenient' })).json)).toEqual(['200 OK']);
  });
});

describe('an entry that cannot be done does not keep the others from it', () => {
  it.each([
    ['no request', { resource: { resourceType: 'Patient' } }, '400'],
    ['no resource', { request: { method: 'PUT', url: 'Patient/x' } }, '400'],
    [
      'a resource of another type',
      { resource: { resourceType: 'Person' }, request: { method: 'POST', url: 'Patient' } },
      '400',
    ],
    ['a method that the address does not have', remove('metadata'), '405'],
    [
      'a batch in it',
      { resource: { resourceType: 'Bundle', type: 'batch' }, request: { method: 'POST', url: '' } },
      '400',
    ],
    ['an impossible id', put({ resourceType: 'Patient', id: 'a_b' }), '400'],
    [
      'a patch that is no JSON',
      {
        resource: { resourceType: 'Binary', contentType: 'application/json-patch+json', data: 'W3s=' },
        request: { method: 'PATCH', url: 'Patient/anna' },
      },
      '400',
    ],
    [
      'a patch in a format that is none',
      {
        resource: { resourceType: 'Binary', contentType: 'text/plain', data: 'W10=' },
        request: { method: 'PATCH', url: 'Patient/anna' },
      },
      '415',
    ],
  ])('%s', async (_what, entry, expected) => {
    const { status, json } = await batch(entry, get('Patient/anna'));
    if (status === 400) {
      // The Bundle itself is not right by its definition: then nothing of it was done.
      expect(json.issue[0].expression[0]).toMatch(/^Bundle\.entry\[0\]/);
      return;
    }
    expect(status).toBe(200);
    expect(statuses(json)[0]).toMatch(new RegExp(`^${expected}`));
    expect(json.entry[0].response.outcome.issue[0].expression[0]).toMatch(/^Bundle\.entry\[0\]/);
    expect(statuses(json)[1]).toBe('200 OK');
  });
});
