/** Definitions that clients store count from their next request on, and soon in every other process. */
import { afterAll, expect, it } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { serve } from '../../server/serve.ts';
import { testServer } from '../setup/server.ts';

const server = await testServer();
const config = readConfig({ VESTA_PORT: '0', VESTA_LOG: 'error' });
const other = await serve(config, server.connection, 'of this test run');
afterAll(() => other.close());

const BASE = 'http://hospital.example.org/fhir';
const named = `${BASE}/StructureDefinition/named-patient`;
const wards = `${BASE}/ValueSet/wards`;

const profile = (min: number, more: object = {}) => ({
  resourceType: 'StructureDefinition',
  id: 'named-patient',
  url: named,
  name: 'NamedPatient',
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Patient',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
  derivation: 'constraint',
  differential: { element: [{ id: 'Patient.name', path: 'Patient.name', min }] },
  ...more,
});
const patient = { resourceType: 'Patient', id: 'p1', meta: { profile: [named] }, gender: 'female' };

/** Status of a write that is only rehearsed. */
async function judged(resource: { resourceType: string; id: string }, elsewhere = false): Promise<number> {
  const path = `${resource.resourceType}/${resource.id}`;
  const url = elsewhere ? `${other.base}/${path}` : path;
  return (await server.put(url, resource, { prefer: 'dry-run' })).status;
}

it('a profile holds from the next request on, in each of its versions', async () => {
  expect(await judged(patient)).toBe(201);
  await server.put('StructureDefinition/named-patient', profile(1));
  expect(await judged(patient)).toBe(422);
  await server.put('StructureDefinition/named-patient', profile(0));
  expect(await judged(patient)).toBe(201);
  for (let n = 0; n < 10; n++) {
    await server.put('StructureDefinition/named-patient', profile(n % 2));
    expect(await judged(patient)).toBe(n % 2 === 1 ? 422 : 201);
  }
});

it('what is derived from a profile changes with it', async () => {
  const derived = `${BASE}/StructureDefinition/derived-patient`;
  const more = {
    id: 'derived-patient',
    url: derived,
    baseDefinition: named,
    differential: { element: [{ id: 'Patient.gender', path: 'Patient.gender', min: 1 }] },
  };
  await server.put('StructureDefinition/named-patient', profile(0));
  await server.put('StructureDefinition/derived-patient', profile(0, more));
  const claiming = { ...patient, meta: { profile: [derived] } };
  expect(await judged(claiming)).toBe(201);
  await server.put('StructureDefinition/named-patient', profile(1));
  expect(await judged(claiming)).toBe(422);
});

it('a value set holds with it, and is judged by what it says now', async () => {
  const binding = { strength: 'required', valueSet: wards };
  const element = [{ id: 'Patient.maritalStatus', path: 'Patient.maritalStatus', binding }];
  await server.put('StructureDefinition/named-patient', profile(0, { differential: { element } }));
  const system = `${BASE}/CodeSystem/ward`;
  const set = (...codes: string[]) => ({
    resourceType: 'ValueSet',
    id: 'wards',
    url: wards,
    status: 'active',
    compose: { include: [{ system, concept: codes.map((code) => ({ code })) }] },
  });
  const coded = { ...patient, maritalStatus: { coding: [{ system, code: 'west' }] } };
  await server.put('ValueSet/wards', set('north', 'south'));
  expect(await judged(coded)).toBe(422);
  await server.put('ValueSet/wards', set('north', 'west'));
  expect(await judged(coded)).toBe(201);
});

it('a profile that is deleted holds no longer', async () => {
  await server.put('StructureDefinition/named-patient', profile(1));
  expect(await judged(patient)).toBe(422);
  await server.delete('StructureDefinition/named-patient');
  expect(await judged(patient)).toBe(201);
});

it('another process hears of it soon', async () => {
  await server.put('StructureDefinition/named-patient', profile(1));
  await expect.poll(() => judged(patient, true), { interval: 5 }).toBe(422);
  await server.put('StructureDefinition/named-patient', profile(0));
  await expect.poll(() => judged(patient, true), { interval: 5 }).toBe(201);
});

it('the metadata name a profile as long as it is stored', async () => {
  const supported = async () => {
    const { json } = await server.get('metadata');
    return json.rest[0].resource.find(({ type }: { type: string }) => type === 'Patient').supportedProfile;
  };
  const own = 'https://vesta.health/fhir/StructureDefinition/vesta-patient';
  await server.delete('StructureDefinition/derived-patient');
  await server.put('StructureDefinition/named-patient', profile(1));
  expect(await supported()).toEqual([own, named]);
  await server.put('StructureDefinition/named-patient', profile(1, { status: 'retired' }));
  expect(await supported()).toEqual([own]);
});
