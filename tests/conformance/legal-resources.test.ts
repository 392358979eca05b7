/** What R4 does not forbid is taken, however little or however odd it is: what clients and the suites of others send. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { testServer } from '../setup/server.ts';

const server = await testServer();
const legal: Readonly<Record<string, { readonly resourceType: string }>> = JSON.parse(
  readFileSync(new URL('legal-resources.json', import.meta.url), 'utf8'),
);

it.each(Object.entries(legal))('takes %s', async (_, resource) => {
  const { status, json } = await server.post(resource.resourceType, resource, { prefer: 'return=OperationOutcome' });
  expect(json.issue.filter(({ severity }: any) => severity === 'error')).toEqual([]);
  expect(status).toBe(201);
});
