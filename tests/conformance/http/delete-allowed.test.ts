import { expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer({ VESTA_DELETE_REFERENCED: 'allow' });

it('VESTA_DELETE_REFERENCED=allow deletes what others refer to, and leaves them as they are', async () => {
  await server.put('Patient/anna', { resourceType: 'Patient', id: 'anna' });
  const account = { resourceType: 'Account', id: 'bill', status: 'active', subject: [{ reference: 'Patient/anna' }] };
  await server.put('Account/bill', account);
  expect((await server.delete('Patient/anna')).status).toBe(204);
  expect((await server.get('Account/bill')).json).toMatchObject(account);
});

it('and the metadata promises no integrity', async () => {
  const { json } = await server.get('metadata');
  expect(json.rest[0].resource[0].referencePolicy).not.toContain('enforced');
});
