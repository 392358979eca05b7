import { expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer();

// More than a 16-bit number counts: the Provenance of a large transaction has a target for each of its entries.
const MANY = 33_000;

it('a resource that refers to 33,000 others is stored, and each reference is found', async () => {
  const target = Array.from({ length: MANY }, (_, i) => ({ reference: `Observation/o${i}` }));
  const provenance = {
    resourceType: 'Provenance',
    id: 'transaction',
    target,
    recorded: '2026-11-21T09:30:00Z',
    agent: [{ who: { reference: 'Organization/ward' } }],
  };
  expect((await server.put('Provenance/transaction', provenance)).status).toBe(201);
  for (const id of ['o0', `o${MANY - 1}`]) {
    const found = await server.get(`Provenance?target=Observation/${id}&_summary=count`);
    expect(found.json.total, id).toBe(1);
  }
  const last = { resourceType: 'Observation', id: `o${MANY - 1}`, status: 'final', code: { text: 'Weight' } };
  expect((await server.put(`Observation/${last.id}`, last)).status).toBe(201);
  const chained = await server.get('Provenance?target:Observation.status=final&_summary=count');
  expect(chained.json.total).toBe(1);
  const included = await server.get('Provenance?_id=transaction&_include=Provenance:target');
  expect(included.json.entry.map(({ resource }: any) => resource.id)).toEqual(['transaction', last.id]);
  expect((await server.delete(`Observation/${last.id}`)).status).toBe(409);
});
