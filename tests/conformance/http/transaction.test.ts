/** https://hl7.org/fhir/R4/http.html#transaction, #trules */
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer();

type Resource = { resourceType: string; id?: string; [key: string]: unknown };

const transact = (entry: object[], headers: Record<string, string> = {}) =>
  server.post('', { resourceType: 'Bundle', type: 'transaction', entry }, headers);
const get = (url: string, more: object = {}) => ({ request: { method: 'GET', url, ...more } });
const put = (resource: Resource, more: object = {}) => ({
  resource,
  request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}`, ...more },
});
const post = (resource: Resource, more: object = {}) => ({
  resource,
  request: { method: 'POST', url: resource.resourceType, ...more },
});
const remove = (url: string, more: object = {}) => ({ request: { method: 'DELETE', url, ...more } });
const statuses = (json: any): string[] => json.entry.map((entry: any) => entry.response.status);
const nameOf = (entry: any): string =>
  new URL(entry.response.location).pathname.replace(/^\/fhir\/|\/_history\/\d+$/g, '');
const systemTotal = async (): Promise<number> => (await server.get('_history?_summary=count')).json.total;

const MRN = 'http://hospital.example/mrn';
const ANNA = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a';
const LAB = 'urn:oid:1.2.36.146.595.217.0.1';

let numbers = 0;
const unique = (prefix: string) => `${prefix}-${++numbers}`;
const patient = (value: string, more: object = {}): Resource => ({
  resourceType: 'Patient',
  identifier: [{ system: MRN, value }],
  ...more,
});
const weight = (subject: string, more: object = {}): Resource => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'Weight' },
  subject: { reference: subject },
  ...more,
});

/** Sends a transaction that is wrong and checks that nothing of it was done. */
async function refused(entry: object[]) {
  const before = await systemTotal();
  const { status, json } = await transact(entry);
  expect(json.resourceType).toBe('OperationOutcome');
  expect(await systemTotal()).toBe(before);
  return { status, issue: json.issue[0], expression: json.issue[0].expression?.[0] };
}

describe('a transaction', () => {
  it('answers in the order of its entries with location, etag and lastModified of each', async () => {
    const [a, b] = [unique('device'), unique('device')];
    await server.put(`Device/${b}`, { resourceType: 'Device', id: b });
    const { status, json } = await transact([
      get(`Device/${a}`),
      put({ resourceType: 'Device', id: a, status: 'active' }),
      post({ resourceType: 'Device', status: 'active' }),
      remove(`Device/${b}`),
    ]);
    expect(status).toBe(200);
    expect(json).toMatchObject({ resourceType: 'Bundle', type: 'transaction-response' });
    expect(statuses(json)).toEqual(['200 OK', '201 Created', '201 Created', '204 No Content']);
    expect(json.entry[0].resource).toMatchObject({ id: a, status: 'active' });
    expect(json.entry[1]).toEqual({
      response: {
        status: '201 Created',
        location: `${server.base}/Device/${a}/_history/1`,
        etag: 'W/"1"',
        lastModified: expect.any(String),
      },
    });
    expect(json.entry[2].response.location).toMatch(/\/Device\/[0-9a-f-]{36}\/_history\/1$/);
    expect(json.entry[3].response.etag).toBe('W/"2"');
    expect((await server.get(`Device/${b}`)).status).toBe(410);
  });

  it('may be empty', async () => {
    const { status, json } = await server.post('', { resourceType: 'Bundle', type: 'transaction' });
    expect(status).toBe(200);
    expect(json).toEqual({ resourceType: 'Bundle', type: 'transaction-response' });
  });

  it('gives everything that it stores one time', async () => {
    const { json } = await transact([post(patient(unique('t'))), post(patient(unique('t')))]);
    expect(json.entry[0].response.lastModified).toBe(json.entry[1].response.lastModified);
  });

  it('stores one id of two types', async () => {
    const id = unique('shared');
    const { json } = await transact([put(patient(id, { id })), put({ ...weight(`Patient/${id}`), id })]);
    expect(statuses(json)).toEqual(['201 Created', '201 Created']);
    expect((await server.get(`Observation/${id}`)).json.subject.reference).toBe(`Patient/${id}`);
  });

  it('returns what it stored to those who prefer it', async () => {
    const { json } = await transact([post(patient(unique('t')))], { Prefer: 'return=representation' });
    expect(json.entry[0].resource).toMatchObject({ resourceType: 'Patient', meta: { versionId: '1' } });
    const told = await transact([post(patient(unique('t')))], { Prefer: 'return=OperationOutcome' });
    expect(told.json.entry[0].response.outcome.issue[0].severity).toBe('information');
  });

  it('makes no version of the same content, when it is sent a second time', async () => {
    const id = unique('again');
    const entries = [put(patient(id, { id })), post(patient(`${id}-b`), { ifNoneExist: `identifier=${MRN}|${id}-b` })];
    const first = await transact(entries);
    const total = await systemTotal();
    const second = await transact(entries);
    expect(statuses(second.json)).toEqual(['200 OK', '200 OK']);
    expect(nameOf(second.json.entry[1])).toBe(nameOf(first.json.entry[1]));
    expect(await systemTotal()).toBe(total);
  });

  it('brings back what was deleted', async () => {
    const id = unique('back');
    await server.put(`Patient/${id}`, patient(id, { id }));
    await server.delete(`Patient/${id}`);
    expect(statuses((await transact([put(patient(id, { id }))])).json)).toEqual(['201 Created']);
    expect((await server.get(`Patient/${id}`)).json.meta.versionId).toBe('3');
  });

  it('deletes twice without an error', async () => {
    expect(statuses((await transact([remove(`Patient/${unique('never')}`)])).json)).toEqual(['204 No Content']);
  });

  it('patches', async () => {
    const id = unique('patched');
    await server.put(`Patient/${id}`, patient(id, { id, gender: 'unknown' }));
    const data = Buffer.from(JSON.stringify([{ op: 'replace', path: '/gender', value: 'female' }])).toString('base64');
    const { json } = await transact([
      {
        resource: { resourceType: 'Binary', contentType: 'application/json-patch+json', data },
        request: { method: 'PATCH', url: `Patient/${id}` },
      },
    ]);
    expect(statuses(json)).toEqual(['200 OK']);
    expect((await server.get(`Patient/${id}`)).json).toMatchObject({ gender: 'female', meta: { versionId: '2' } });
  });
});

describe('links between entries', () => {
  it('are replaced wherever the specification asks', async () => {
    const { json } = await transact([
      { fullUrl: LAB, ...post({ resourceType: 'Organization', name: 'Laboratory' }) },
      { fullUrl: ANNA, ...post(patient(unique('links'))) },
      post({
        resourceType: 'DocumentReference',
        text: {
          status: 'generated',
          div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${ANNA}">Anna</a> <img src="${LAB}" alt="logo"/> ${ANNA}</div>`,
        },
        contained: [{ resourceType: 'RelatedPerson', id: 'aunt', patient: { reference: ANNA } }],
        extension: [
          { url: 'http://hospital.example/guardian', valueReference: { reference: ANNA } },
          { url: 'http://hospital.example/source', valueUri: LAB },
        ],
        status: 'current',
        subject: { reference: ANNA, display: ANNA },
        author: [{ reference: LAB }, { reference: '#aunt' }],
        description: ANNA,
        content: [{ attachment: { url: ANNA } }],
      }),
    ]);
    const [lab, anna, document] = json.entry.map(nameOf) as [string, string, string];
    const stored = (await server.get(document)).json;
    expect(stored).toMatchObject({
      contained: [{ patient: { reference: anna } }],
      extension: [{ valueReference: { reference: anna } }, { valueUri: lab }],
      subject: { reference: anna, display: ANNA },
      author: [{ reference: lab }, { reference: '#aunt' }],
      description: ANNA,
      content: [{ attachment: { url: anna } }],
    });
    expect(stored.text.div).toContain(`<a href="${anna}">`);
    expect(stored.text.div).toContain(`<img src="${lab}"`);
    expect(stored.text.div).toContain(`/> ${ANNA}</div>`);
  });

  it('lead to what a conditional create found', async () => {
    const value = unique('found');
    const { json: anna } = await server.post('Patient', patient(value));
    const { json } = await transact([
      { fullUrl: ANNA, ...post(patient(value), { ifNoneExist: `identifier=${MRN}|${value}` }) },
      post(weight(ANNA)),
    ]);
    expect(statuses(json)).toEqual(['200 OK', '201 Created']);
    expect((await server.get(nameOf(json.entry[1]))).json.subject.reference).toBe(`Patient/${anna.id}`);
  });

  it('lead round in a circle', async () => {
    const [encounter, condition] = [
      'urn:uuid:c1a1b1d0-0000-4000-8000-000000000001',
      'urn:uuid:c1a1b1d0-0000-4000-8000-000000000002',
    ];
    const { json } = await transact([
      {
        fullUrl: encounter,
        ...post({
          resourceType: 'Encounter',
          status: 'finished',
          class: { code: 'AMB' },
          diagnosis: [{ condition: { reference: condition } }],
        }),
      },
      {
        fullUrl: condition,
        ...post({
          resourceType: 'Condition',
          subject: { reference: 'Patient/x' },
          encounter: { reference: encounter },
        }),
      },
    ]);
    const [first, second] = json.entry.map(nameOf) as [string, string];
    expect((await server.get(first)).json.diagnosis[0].condition.reference).toBe(second);
    expect((await server.get(second)).json.encounter.reference).toBe(first);
  });

  it('lead from addresses of another server to the new ids', async () => {
    const { json } = await transact([
      { fullUrl: 'http://old.example/fhir/Patient/12', ...post(patient(unique('moved'))) },
      { fullUrl: 'http://old.example/fhir/Observation/13', ...post(weight('Patient/12')) },
      { fullUrl: 'http://old.example/fhir/Observation/14', ...post(weight('http://old.example/fhir/Patient/12')) },
    ]);
    const [anna, first, second] = json.entry.map(nameOf) as [string, string, string];
    expect((await server.get(first)).json.subject.reference).toBe(anna);
    expect((await server.get(second)).json.subject.reference).toBe(anna);
  });

  it('leave references to other resources as they are', async () => {
    const id = unique('kept');
    const { json } = await transact([
      put(patient(id, { id })),
      post(weight(`Patient/${id}`)),
      post(weight('Patient/elsewhere')),
    ]);
    expect((await server.get(nameOf(json.entry[1]))).json.subject.reference).toBe(`Patient/${id}`);
    expect((await server.get(nameOf(json.entry[2]))).json.subject.reference).toBe('Patient/elsewhere');
  });
});

describe('conditional references', () => {
  it('become the one resource that matches, also where one entry of several needs it', async () => {
    const value = unique('ref');
    const { json: anna } = await server.post('Patient', patient(value));
    const { json } = await transact([
      post(weight(`Patient?identifier=${MRN}|${value}`)),
      post(weight(`Patient?identifier=${encodeURIComponent(`${MRN}|${value}`)}`)),
    ]);
    for (const entry of json.entry)
      expect((await server.get(nameOf(entry))).json.subject.reference).toBe(`Patient/${anna.id}`);
  });

  it('fail the transaction where nothing matches', async () => {
    const { status, expression } = await refused([
      post(patient(unique('t'))),
      post(weight(`Patient?identifier=${MRN}|nobody`)),
    ]);
    expect(status).toBe(422);
    expect(expression).toMatch(/^Bundle\.entry\[1\]\.resource/);
  });

  it('fail the transaction where several match', async () => {
    const value = unique('many');
    await server.post('Patient', patient(value));
    await server.post('Patient', patient(value));
    const { status } = await refused([post(weight(`Patient?identifier=${MRN}|${value}`))]);
    expect(status).toBe(412);
  });

  it.each(['Patient?unknown=1', 'Patient?identifier=', 'Patient?_count=1', 'Unknown?identifier=1'])(
    'fail the transaction where they were not understood: %s',
    async (reference) => {
      expect((await refused([post(weight(reference))])).status).toBe(400);
    },
  );
});

describe('the order of processing', () => {
  it('is DELETE, POST, PUT and PATCH, GET, whatever the order of entries', async () => {
    const value = unique('order');
    const { json: old } = await server.post('Patient', patient(value));
    const { json } = await transact([
      get(`Patient?identifier=${MRN}|${value}`),
      post(patient(value), { ifNoneExist: `identifier=${MRN}|${value}` }),
      remove(`Patient/${old.id}`),
    ]);
    // The create does not find what the transaction deletes, and the search finds what it created.
    expect(statuses(json)).toEqual(['200 OK', '201 Created', '204 No Content']);
    expect(json.entry[0].resource.entry).toHaveLength(1);
    expect(json.entry[0].resource.entry[0].resource.id).not.toBe(old.id);
  });

  it('lets a resource be deleted with everything that refers to it', async () => {
    const id = unique('whole');
    await server.put(`Patient/${id}`, patient(id, { id }));
    await server.put(`Observation/${id}`, { ...weight(`Patient/${id}`), id });
    expect((await server.delete(`Patient/${id}`)).status).toBe(409);
    const { status } = await transact([remove(`Patient/${id}`), remove(`Observation/${id}`)]);
    expect(status).toBe(200);
  });

  it('answers a read that has it already with 304', async () => {
    const id = unique('known');
    await server.put(`Patient/${id}`, patient(id, { id }));
    expect(statuses((await transact([get(`Patient/${id}`, { ifNoneMatch: 'W/"1"' })])).json)).toEqual([
      '304 Not Modified',
    ]);
  });

  it('reads a version that it writes', async () => {
    const id = unique('version');
    await server.put(`Patient/${id}`, patient(id, { id }));
    const { json } = await transact([
      put(patient(id, { id, gender: 'male' })),
      get(`Patient/${id}/_history/2`),
      get(`Patient/${id}/_history/1`),
    ]);
    expect(statuses(json)).toEqual(['200 OK', '200 OK', '200 OK']);
    expect(json.entry[1].resource.gender).toBe('male');
  });

  it('honours handling=lenient in its searches', async () => {
    expect((await transact([get('Patient?brithdate=1984')])).status).toBe(400);
    expect((await transact([get('Patient?brithdate=1984')], { Prefer: 'handling=lenient' })).status).toBe(200);
  });
});

describe('all or nothing', () => {
  const good = () => post(patient(unique('good')));

  it.each([
    [
      'content is wrong',
      () => post({ resourceType: 'Patient', birthDate: '2021-02-29' }),
      400,
      'Bundle.entry[1].resource.birthDate',
    ],
    [
      'an element is of the wrong JSON type',
      () => post({ resourceType: 'Patient', active: 'yes' }),
      400,
      'Bundle.entry[1].resource.active',
    ],
    [
      'the type is not that of the URL',
      () => ({ resource: { resourceType: 'Person' }, request: { method: 'POST', url: 'Patient' } }),
      400,
      'Bundle.entry[1].resource.resourceType',
    ],
    [
      'the id is not that of the URL',
      () => ({ resource: patient('x', { id: 'other' }), request: { method: 'PUT', url: 'Patient/this' } }),
      400,
      'Bundle.entry[1].resource.id',
    ],
    [
      'a reference leads to no entry',
      () => post(weight('urn:uuid:00000000-0000-4000-8000-000000000000')),
      400,
      'Bundle.entry[1].resource.subject',
    ],
    ['there is nothing to read', () => get('Patient/nobody'), 404, 'Bundle.entry[1].request.url'],
    [
      'there is nothing to patch',
      () => ({ resource: { resourceType: 'Parameters' }, request: { method: 'PATCH', url: 'Patient/nobody' } }),
      404,
      'Bundle.entry[1].request.url',
    ],
    ['the type is none', () => get('Unknown/1'), 404, 'Bundle.entry[1].request.url'],
    ['the method is not possible', () => remove('metadata'), 405, 'Bundle.entry[1].request.url'],
    ['there is no request', () => ({ resource: { resourceType: 'Patient' } }), 400, 'Bundle.entry[1]'],
    ['a condition is no ETag', () => put(patient('x', { id: 'x' }), { ifMatch: '1' }), 400, 'Bundle.entry[1]'],
    [
      'a condition does not hold',
      () => put(patient('x', { id: 'absent' }), { ifMatch: 'W/"1"' }),
      412,
      'Bundle.entry[1]',
    ],
    ['a search is wrong', () => get('Patient?birthdate=yesterday'), 400, 'Bundle.entry[1].request.url'],
    [
      'it is a transaction itself',
      () => ({ resource: { resourceType: 'Bundle', type: 'transaction' }, request: { method: 'POST', url: '' } }),
      400,
      'Bundle.entry[1]',
    ],
    [
      'its criteria say nothing',
      () => post(patient('x'), { ifNoneExist: '_count=1' }),
      400,
      'Bundle.entry[1].request.ifNoneExist',
    ],
  ] as const)('where %s', async (_what, bad, expected, place) => {
    const { status, expression } = await refused([good(), bad()]);
    expect(status).toBe(expected);
    expect(expression).toMatch(new RegExp(`^${RegExp.escape(place)}`));
  });

  it('where resource is null', async () => {
    const { status, expression } = await refused([
      good(),
      { resource: null, request: { method: 'POST', url: 'Patient' } },
    ]);
    expect(status).toBe(400);
    expect(expression).toBe('Bundle.entry[1].resource');
  });

  it('where a resource is broken JSON: told by line and column of the whole', async () => {
    const before = await systemTotal();
    const { status, json } = await server.post(
      '',
      '{"resourceType":"Bundle","type":"transaction","entry":[\n{"resource":{"resourceType":"Patient","active":tru},"request":{"method":"POST","url":"Patient"}}]}',
    );
    expect(status).toBe(400);
    expect(json.issue[0].code).toBe('structure');
    expect(await systemTotal()).toBe(before);
  });

  it('deletes nothing where a later entry fails', async () => {
    const id = unique('stays');
    await server.put(`Patient/${id}`, patient(id, { id }));
    const { status } = await refused([remove(`Patient/${id}`), post({ resourceType: 'Patient', gender: 'xx' })]);
    expect(status).toBe(400);
    expect((await server.get(`Patient/${id}`)).status).toBe(200);
  });

  it('deletes nothing that others refer to', async () => {
    const id = unique('referred');
    await server.put(`Patient/${id}`, patient(id, { id }));
    await server.put(`Observation/${id}`, { ...weight(`Patient/${id}`), id });
    const { status } = await refused([good(), remove(`Patient/${id}`)]);
    expect(status).toBe(409);
  });

  it('stores nothing where a create finds several', async () => {
    const value = unique('several');
    await server.post('Patient', patient(value));
    await server.post('Patient', patient(value));
    const { status, expression } = await refused([
      good(),
      post(patient(value), { ifNoneExist: `identifier=${MRN}|${value}` }),
    ]);
    expect(status).toBe(412);
    expect(expression).toBe('Bundle.entry[1].request.ifNoneExist');
  });
});

describe('one identity named twice is refused', () => {
  it.each([
    ['two updates', [put(patient('x', { id: 'same' })), put(patient('y', { id: 'same' }))]],
    ['an update and a delete', [put(patient('x', { id: 'same' })), remove('Patient/same')]],
    ['two conditional creates', [1, 2].map(() => post(patient('dup'), { ifNoneExist: `identifier=${MRN}|dup` }))],
    [
      'two conditional updates',
      [1, 2].map(() => ({
        resource: patient('dup'),
        request: { method: 'PUT', url: `Patient?identifier=${MRN}|dup` },
      })),
    ],
    ['one fullUrl', [1, 2].map(() => ({ fullUrl: ANNA, ...post(patient('dup')) }))],
  ])('%s', async (_what, entries) => {
    expect((await refused(entries)).status).toBe(400);
  });

  it('an update by id and one by criteria that finds the same', async () => {
    const value = unique('both');
    const { json } = await server.post('Patient', patient(value));
    const { status } = await refused([
      put(patient(value, { id: json.id, gender: 'male' })),
      { resource: patient(value), request: { method: 'PUT', url: `Patient?identifier=${MRN}|${value}` } },
    ]);
    expect(status).toBe(400);
  });
});

describe('a large transaction', () => {
  it('of 3,419 entries is one, and every link in it holds', async () => {
    const value = unique('large');
    const entries = [
      { fullUrl: ANNA, ...post(patient(value)) },
      ...Array.from({ length: 3418 }, (_, i) => post(weight(ANNA, { valueQuantity: { value: i } }))),
    ];
    const { status, json } = await transact(entries);
    expect(status).toBe(200);
    expect(json.entry).toHaveLength(3419);
    const anna = nameOf(json.entry[0]);
    expect((await server.get(nameOf(json.entry[3418]))).json).toMatchObject({
      subject: { reference: anna },
      valueQuantity: { value: 3417 },
    });
    const { json: found } = await server.get(`Observation?subject=${anna}&_total=accurate&_count=1`);
    expect(found.total).toBe(3418);
  });
});
