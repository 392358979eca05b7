/** SearchParameters of users, from the POST to the metadata. */
import { expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer();
const definition = {
  resourceType: 'SearchParameter',
  url: 'http://hospital.example/SearchParameter/patient-ward',
  name: 'PatientWard',
  description: 'The ward in which a patient lies.',
  status: 'active',
  code: 'ward',
  base: ['Patient'],
  type: 'token',
  expression: `Patient.extension('http://hospital.example/ward').value.ofType(Coding)`,
};
const lying = (code: string) => ({
  resourceType: 'Patient',
  extension: [{ url: 'http://hospital.example/ward', valueCoding: { system: 'http://hospital.example/wards', code } }],
});
const listed = async () => {
  const { json } = await server.get('metadata');
  const patient = json.rest[0].resource.find(({ type }: { type: string }) => type === 'Patient');
  return patient.searchParam.find(({ name }: { name: string }) => name === 'ward');
};

it('becomes a parameter within moments, is told in the metadata, and goes with its resource', async () => {
  await server.post('Patient', lying('B2'));
  const { status, json } = await server.post('SearchParameter', definition);
  expect(status).toBe(201);
  const early = await server.get('Patient?ward=B2');
  if (early.status !== 200) {
    expect([early.status, early.json.issue[0].code, early.headers['retry-after']]).toEqual([503, 'transient', '5']);
  }
  await expect.poll(async () => (await server.get('Patient?ward=B2')).json.total, { timeout: 10_000 }).toBe(1);
  await server.post('Patient', lying('B2'));
  expect((await server.get('Patient?ward=http://hospital.example/wards|B2')).json.total).toBe(2);
  expect(await listed()).toEqual({ name: 'ward', definition: definition.url, type: 'token' });
  const { json: same } = await server.request('POST', 'Patient', {
    body: lying('B2'),
    headers: { 'If-None-Exist': 'ward=C9' },
  });
  expect(same.id).toBeDefined();
  expect((await server.delete(`SearchParameter/${json.id}`)).status).toBeLessThan(300);
  const gone = await server.get('Patient?ward=B2');
  expect([gone.status, gone.json.issue[0].details.coding[0].code]).toEqual([400, 'unknown-parameter']);
  expect(await listed()).toBe(undefined);
});

it('is refused where it could never find anything', async () => {
  const { status, json } = await server.post('SearchParameter', { ...definition, expression: 'Patient.ward' });
  expect(status).toBe(422);
  expect(json.issue[0]).toMatchObject({ code: 'processing', expression: ['SearchParameter.expression'] });
  const taken = await server.post('SearchParameter', { ...definition, code: 'gender' });
  expect([taken.status, taken.json.issue[0].code]).toEqual([409, 'conflict']);
});

it('comes in a transaction with the resources that it finds', async () => {
  const entry = [definition, lying('D4')].map((resource) => ({
    resource,
    request: { method: 'POST', url: resource.resourceType },
  }));
  expect((await server.post('', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(200);
  await expect.poll(async () => (await server.get('Patient?ward=D4')).json.total, { timeout: 10_000 }).toBe(1);
});
