import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const port = await freePort();
const BASE = `http://localhost:${port}/fhir`;
const server = await testServer({ VESTA_PORT: String(port) });

const weight = (id: string, reference: string) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
  subject: { reference },
});

describe('an absolute reference below the own base', () => {
  it('is found like the relative one, in searches, compartments and chains, and keeps a referenced resource', async () => {
    await server.put('/fhir/Patient/bob', { resourceType: 'Patient', id: 'bob', name: [{ family: 'Brandt' }] });
    await server.put('/fhir/Observation/own', weight('own', `${BASE}/Patient/bob`));
    await server.put('/fhir/Observation/other', weight('other', 'https://elsewhere.example/fhir/Patient/bob'));
    for (const query of [
      'Observation?subject=Patient/bob',
      `Observation?subject=${BASE}/Patient/bob`,
      'Patient/bob/Observation',
      'Observation?subject:Patient.family=brandt',
    ]) {
      const { json } = await server.get(`/fhir/${query}`);
      expect(
        json.entry.map((entry: any) => entry.resource.id),
        query,
      ).toEqual(['own']);
    }
    const { status, text } = await server.delete('/fhir/Patient/bob');
    expect(status).toBe(409);
    expect(text).toContain('Observation/own');
  });
});

describe('a conditional create by a phone number', () => {
  it('finds the patient whatever punctuation the number was stored with', async () => {
    const patient = { resourceType: 'Patient', telecom: [{ system: 'phone', value: '+49 (30) 901-820' }] };
    const headers = { 'If-None-Exist': 'phone=%2B4930901820' };
    expect((await server.post('/fhir/Patient', patient, headers)).status).toBe(201);
    expect((await server.post('/fhir/Patient', patient, headers)).status).toBe(200);
  });
});

/** Known before the server starts, since its base is made of it. */
async function freePort(): Promise<number> {
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => holder.once('listening', resolve));
  const { port: free } = holder.address() as AddressInfo;
  await new Promise((resolve) => holder.close(resolve));
  return free;
}
