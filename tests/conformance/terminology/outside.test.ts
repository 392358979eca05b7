/** A terminology server elsewhere, for what is not at hand. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const SNOMED = 'http://snomed.info/sct';
const state = { isAway: false, asked: [] as string[] };
/** Knows one code of SNOMED CT. */
const elsewhere = createServer(async (request, reply) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  state.asked.push(request.url!);
  if (state.isAway) return;
  const result = body.includes('"22298006"');
  reply.end(JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'result', valueBoolean: result }] }));
});
await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
afterAll(() => {
  elsewhere.closeAllConnections();
  elsewhere.close();
});
const server = await testServer({
  VESTA_TERMINOLOGY_URL: `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/r4`,
  VESTA_LIMIT_TERMINOLOGY_MS: '100',
});

const VALUE_SET = 'http://hospital.example.org/ValueSet/diseases';
const PROFILE = 'http://hospital.example.org/StructureDefinition/diagnosis';
const condition = (code: string) => ({
  resourceType: 'Condition',
  meta: { profile: [PROFILE] },
  subject: { reference: 'Patient/1' },
  code: { coding: [{ system: SNOMED, code }] },
});

it('stores what it needs', async () => {
  const include = [{ system: SNOMED, filter: [{ property: 'concept', op: 'is-a', value: '64572001' }] }];
  const set = { resourceType: 'ValueSet', url: VALUE_SET, status: 'active', compose: { include } };
  expect((await server.post('ValueSet', set)).status).toBe(201);
  const profile = {
    resourceType: 'StructureDefinition',
    url: PROFILE,
    name: 'Diagnosis',
    status: 'active',
    kind: 'resource',
    abstract: false,
    type: 'Condition',
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Condition',
    derivation: 'constraint',
    differential: {
      element: [
        { id: 'Condition', path: 'Condition' },
        {
          id: 'Condition.code',
          path: 'Condition.code',
          min: 1,
          binding: { strength: 'required', valueSet: VALUE_SET },
        },
      ],
    },
  };
  const stored = await server.post('StructureDefinition', profile);
  expect(stored.status, stored.text).toBe(201);
});

it('asks it about codes of systems that are not at hand', async () => {
  const valid = await server.get(`CodeSystem/$validate-code?url=${SNOMED}&code=22298006`);
  expect(valid.json.parameter).toEqual([{ name: 'result', valueBoolean: true }]);
  expect(state.asked).toEqual(['/r4/CodeSystem/$validate-code']);
});

it('holds bindings of profiles to what it says', async () => {
  expect((await server.post('Condition', condition('22298006'))).status).toBe(201);
  const refused = await server.post('Condition', condition('80891009'));
  expect([refused.status, refused.json.issue[0].expression]).toEqual([422, ['Condition.code']]);
});

it('stores with a warning what could not be checked while it is away', async () => {
  state.isAway = true;
  const reply = await server.post('Condition', condition('56265001'), { prefer: 'return=OperationOutcome' });
  expect(reply.status, reply.text).toBe(201);
  expect(reply.text).toContain('could not be checked');
});
