import { expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer({ VESTA_CONDITIONAL_DELETE: 'multiple', VESTA_LIMIT_DELETE_MAX: '5' });

const add = (code: string) =>
  server.post('Basic', {
    resourceType: 'Basic',
    code: { coding: [{ system: 'http://hospital.example/lists', code }] },
  });

it('VESTA_CONDITIONAL_DELETE=multiple deletes every match', async () => {
  for (let i = 0; i < 3; i++) await add('waiting');
  expect((await server.delete('Basic?code=waiting')).status).toBe(204);
  expect((await server.get('Basic?code=waiting')).json.entry).toBeUndefined();
});

it('but none where there are more than VESTA_LIMIT_DELETE_MAX', async () => {
  for (let i = 0; i < 6; i++) await add('many');
  const { status, json } = await server.delete('Basic?code=many');
  expect(status).toBe(400);
  expect(json.issue[0].code).toBe('too-costly');
  expect((await server.get('Basic?code=many')).json.entry).toHaveLength(6);
});

it('and the metadata says so', async () => {
  const { json } = await server.get('metadata');
  expect(json.rest[0].resource[0].conditionalDelete).toBe('multiple');
});
