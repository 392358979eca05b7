import { expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer({ VESTA_REFERENCES: 'exist' });

const account = (id: string, subject: string) => ({
  resourceType: 'Account',
  id,
  status: 'active',
  subject: [{ reference: subject }],
});
const post = (resource: object & { resourceType: string }, more: object = {}) => ({
  ...more,
  resource,
  request: { method: 'POST', url: resource.resourceType },
});

it('VESTA_REFERENCES=exist refuses a reference to nothing, and names it', async () => {
  const { status, json } = await server.put('Account/a', account('a', 'Patient/nobody'));
  expect(status).toBe(422);
  expect(json.issue[0]).toMatchObject({
    code: 'not-found',
    expression: ['Account.subject[0]'],
    details: { text: 'Patient/nobody does not exist.' },
  });
  expect((await server.get('Account/a')).status).toBe(404);
});

it('refuses a reference to what was deleted', async () => {
  await server.put('Patient/gone', { resourceType: 'Patient', id: 'gone' });
  await server.delete('Patient/gone');
  expect((await server.put('Account/b', account('b', 'Patient/gone'))).status).toBe(422);
});

it('takes a reference to what is there, by its address too, and one to elsewhere', async () => {
  await server.put('Patient/there', { resourceType: 'Patient', id: 'there' });
  for (const [i, subject] of [
    'Patient/there',
    'Patient/there/_history/1',
    `${server.base}/Patient/there`,
    'http://elsewhere.example/fhir/Patient/1',
  ].entries()) {
    expect((await server.put(`Account/c${i}`, account(`c${i}`, subject))).status, subject).toBe(201);
  }
});

it('takes a transaction that brings the target itself, and refuses one that does not', async () => {
  const urn = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a';
  const entry = [
    post({ resourceType: 'Account', status: 'active', subject: [{ reference: urn }] } as any),
    post({ resourceType: 'Patient' }, { fullUrl: urn }),
  ];
  expect((await server.post('', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(200);
  const { status, json } = await server.post('', {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      post({ resourceType: 'Patient' }),
      post({ resourceType: 'Account', status: 'active', subject: [{ reference: 'Patient/nobody' }] } as any),
    ],
  });
  expect(status).toBe(422);
  expect(json.issue[0].expression).toEqual(['Bundle.entry[1].resource.subject[0]']);
});

it('holds for a patch too', async () => {
  await server.put('Account/d', account('d', 'Patient/there'));
  const { status } = await server.patch(
    'Account/d',
    [{ op: 'replace', path: '/subject/0/reference', value: 'Patient/nobody' }],
    'application/json-patch+json',
  );
  expect(status).toBe(422);
});

it('and the metadata promises integrity', async () => {
  const { json } = await server.get('metadata');
  expect(json.rest[0].resource[0].referencePolicy).toContain('enforced');
});
