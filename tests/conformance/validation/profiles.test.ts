/** Profiles over HTTP: those of clients, value sets of clients, Vesta's own. */
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const base = 'https://hospital.example/fhir';
const { get, post, put } = await profiledServer();

async function profiledServer() {
  const server = await testServer();
  const store = async (resource: Record<string, any>) => {
    const answer = await server.put(`${resource.resourceType}/${resource.id}`, resource);
    expect(answer.status).toBe(201);
  };
  await store({
    resourceType: 'CodeSystem',
    id: 'wards',
    url: `${base}/CodeSystem/wards`,
    status: 'active',
    content: 'complete',
    concept: [{ code: 'cardiology' }, { code: 'surgery' }],
  });
  await store({
    resourceType: 'ValueSet',
    id: 'wards',
    url: `${base}/ValueSet/wards`,
    status: 'active',
    compose: { include: [{ system: `${base}/CodeSystem/wards` }] },
  });
  await store(
    profile('stay', 'Encounter', 'http://hl7.org/fhir/StructureDefinition/Encounter', [
      { id: 'Encounter.subject', path: 'Encounter.subject', min: 1 },
    ]),
  );
  await store(
    profile('ward-stay', 'Encounter', `${base}/StructureDefinition/stay`, [
      {
        id: 'Encounter.serviceType',
        path: 'Encounter.serviceType',
        min: 1,
        binding: { strength: 'required', valueSet: `${base}/ValueSet/wards` },
      },
    ]),
  );
  return server;
}

function profile(id: string, type: string, baseDefinition: string, element: object[]) {
  const url = `${base}/StructureDefinition/${id}`;
  const kind = { kind: 'resource', abstract: false, type, baseDefinition, derivation: 'constraint' };
  return {
    resourceType: 'StructureDefinition',
    id,
    url,
    name: id.replace('-', ''),
    status: 'active',
    ...kind,
    differential: { element },
  };
}

function stay(code: string | undefined, more: object = { subject: { display: 'Ana Ruiz' } }) {
  const serviceType =
    code === undefined ? {} : { serviceType: { coding: [{ system: `${base}/CodeSystem/wards`, code }] } };
  return {
    resourceType: 'Encounter',
    meta: { profile: [`${base}/StructureDefinition/ward-stay`] },
    status: 'planned',
    class: { code: 'IMP' },
    ...serviceType,
    ...more,
  };
}

const issues = (outcome: any): string[] =>
  outcome.issue.map(({ severity, expression }: any) => `${severity} ${expression}`);

describe('profiles that clients store', () => {
  it('count from the next request on, with what they are derived from and the value sets that they bind', async () => {
    expect((await post('Encounter', stay('surgery'))).status).toBe(201);
    const refused = await post('Encounter', stay('surgrey', {}));
    expect(refused.status).toBe(422);
    expect(issues(refused.json).sort()).toEqual(['error Encounter.serviceType', 'error Encounter.subject']);
    expect(JSON.stringify(refused.json)).toContain(`Did you mean \`${base}/CodeSystem/wards|surgery\`?`);
  });

  it('are asked for by $validate, claimed or not', async () => {
    const { meta: _, ...plain } = stay(undefined);
    const asked = await post(`Encounter/$validate?profile=${base}/StructureDefinition/ward-stay`, plain);
    expect(issues(asked.json)).toContain('error Encounter.serviceType');
    const nobody = await post(`Encounter/$validate?profile=${base}/StructureDefinition/nobody`, plain);
    expect(issues(nobody.json)).toContain('error Encounter');
  });

  it('count in transactions, at the entry that breaks them', async () => {
    const entry = [stay('surgery'), stay(undefined)].map((resource) => ({
      resource,
      request: { method: 'POST', url: 'Encounter' },
    }));
    const refused = await post('', { resourceType: 'Bundle', type: 'transaction', entry });
    expect(refused.status).toBe(422);
    expect(issues(refused.json)).toEqual(['error Bundle.entry[1].resource.serviceType']);
  });

  it('change with their definition', async () => {
    await put(
      'StructureDefinition/stay',
      profile('stay', 'Encounter', 'http://hl7.org/fhir/StructureDefinition/Encounter', [
        { id: 'Encounter.period', path: 'Encounter.period', min: 1 },
      ]),
    );
    const refused = await post('Encounter', stay('surgery'));
    expect(issues(refused.json)).toEqual(['error Encounter.period']);
  });
});

describe("Vesta's own profiles", () => {
  it('warn where no profile is claimed, and are named by the metadata', async () => {
    const answer = await post(
      'Patient',
      { resourceType: 'Patient', gender: 'male' },
      { Prefer: 'return=OperationOutcome' },
    );
    expect(answer.status).toBe(201);
    expect(issues(answer.json)).toContain('warning Patient.birthDate');
    const { json } = await get('metadata');
    const patient = json.rest[0].resource.find(({ type }: any) => type === 'Patient');
    expect(patient.supportedProfile).toContain('https://vesta.health/fhir/StructureDefinition/vesta-patient');
  });
});
