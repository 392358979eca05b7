/** Operations by HTTP, whichever they are. https://hl7.org/fhir/R4/operations.html */
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer();
const anna = { resourceType: 'Patient', id: 'anna', name: [{ family: 'Keller', given: ['Anna'] }] };
await server.put('Patient/anna', anna);

const errorsOf = (outcome: any) => outcome.issue.filter(({ severity }: any) => severity === 'error');

describe('an operation', () => {
  it.each([
    ['POST', '$validate'],
    ['POST', 'Patient/$validate'],
    ['POST', 'Patient/anna/$validate'],
  ])('is carried out at %s %s', async (method, path) => {
    const { status, json } = await server.request(method, path, { body: anna });
    expect([status, json.resourceType]).toEqual([200, 'OperationOutcome']);
  });

  it('is carried out by GET and HEAD on an instance', async () => {
    expect((await server.get('Patient/anna/$validate')).status).toBe(200);
    expect((await server.request('HEAD', 'Patient/anna/$validate')).status).toBe(200);
  });

  it.each([
    ['GET', '$graphql'],
    ['GET', 'Patient/anna/$everything'],
    ['POST', 'Patient/$match'],
    ['DELETE', '$nothing'],
    ['OPTIONS', '$nothing'],
  ])('that is not there is not found: %s %s', async (method, path) => {
    const { status, json } = await server.request(method, path, { body: method === 'POST' ? anna : undefined });
    expect([status, json.issue[0].code]).toEqual([404, 'not-found']);
  });

  it('is refused by other methods with those that it takes', async () => {
    const { status, headers } = await server.delete('Patient/anna/$validate');
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, POST']);
    expect((await server.request('OPTIONS', 'Patient/$validate')).headers.allow).toBe('GET, HEAD, POST, OPTIONS');
  });

  it('takes JSON only', async () => {
    const { status } = await server.request('POST', '$validate', {
      body: '<Patient/>',
      headers: { 'content-type': 'application/fhir+xml' },
    });
    expect(status).toBe(415);
  });

  it('refuses parameters that it does not have, wherever they stand', async () => {
    const { status, json } = await server.post('Patient/$validate?profle=x', anna);
    expect([status, json.issue[0].diagnostics]).toEqual([400, 'Did you mean `profile`?']);
    const parameter = [{ name: 'mod', valueCode: 'create' }];
    const sent = await server.post('Patient/$validate', { resourceType: 'Parameters', parameter });
    expect([sent.status, sent.json.issue[0].expression]).toEqual([400, ['Parameters.parameter[0].name']]);
  });
});

describe('in a Bundle', () => {
  const entry = (method: string, url: string, resource?: object) => ({ request: { method, url }, resource });

  it.each(['batch', 'transaction'])(
    'of type %s an operation that changes nothing sees what was written',
    async (type) => {
      const put = entry('PUT', `Patient/of-${type}`, { resourceType: 'Patient', id: `of-${type}`, active: true });
      const stored = entry('GET', `Patient/of-${type}/$validate`);
      const sent = entry('POST', 'Patient/$validate', { resourceType: 'Patient', gender: 'femal' });
      const { status, json } = await server.post('', { resourceType: 'Bundle', type, entry: [stored, sent, put] });
      expect([status, json.entry.map((one: any) => one.response.status.slice(0, 3))]).toEqual([
        200,
        ['200', '200', '201'],
      ]);
      expect(errorsOf(json.entry[0].resource)).toEqual([]);
      expect(errorsOf(json.entry[1].resource)).toMatchObject([{ expression: ['Patient.gender'] }]);
    },
  );

  it('one that is not there fails its entry of a batch, and a whole transaction before anything is stored', async () => {
    const entries = [
      entry('PUT', 'Patient/kept', { resourceType: 'Patient', id: 'kept' }),
      entry('GET', 'Patient/kept/$everything'),
    ];
    const transaction = await server.post('', { resourceType: 'Bundle', type: 'transaction', entry: entries });
    expect([transaction.status, transaction.json.issue[0].expression]).toEqual([404, ['Bundle.entry[1].request.url']]);
    expect((await server.get('Patient/kept')).status).toBe(404);
    const batch = await server.post('', { resourceType: 'Bundle', type: 'batch', entry: entries });
    expect(batch.json.entry.map((one: any) => one.response.status.slice(0, 3))).toEqual(['201', '404']);
  });
});

describe('the metadata', () => {
  it('list each operation where it is offered, with its definition', async () => {
    const { rest } = (await server.get('metadata')).json;
    const validate = { name: 'validate', definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate' };
    expect(rest[0].operation).toContainEqual(expect.objectContaining(validate));
    const patient = rest[0].resource.find(({ type }: any) => type === 'Patient');
    expect(patient.operation).toContainEqual(expect.objectContaining(validate));
  });

  it('name definitions that can be read, under an id that a client may use for its own', async () => {
    const own = await server.get('OperationDefinition/Resource-validate');
    expect(own.json).toMatchObject({ resourceType: 'OperationDefinition', code: 'validate', system: true });
    expect((await server.get('OperationDefinition/Patient-nothing')).status).toBe(404);
    await server.put('OperationDefinition/Resource-validate', { ...own.json, title: 'Ours' });
    expect((await server.get('OperationDefinition/Resource-validate')).json.title).toBe('Ours');
  });
});
