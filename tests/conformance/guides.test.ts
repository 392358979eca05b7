/** Guides as they are published: what of them works, and how. https://hl7.org/fhir/R4/packages.html */
import { fileURLToPath } from 'node:url';
import type { StructureDefinition } from 'fhir/r4.js';
import { afterAll, describe, expect, it } from 'vitest';
import { systemAccess } from '../../resources/index.ts';
import { addPackages } from '../../server/ig/add.ts';
import { meantFirst, openStore } from '../../store/index.ts';
import { testContext } from '../setup/context.ts';
import { testServer } from '../setup/server.ts';
import { hasSharedData, sharedData } from '../setup/shared-data.ts';

const US_CORE = 'http://hl7.org/fhir/us/core';
const access = systemAccess('test');
const context = testContext();

describe.runIf(hasSharedData)('guides of HL7', async () => {
  if (!hasSharedData) return;
  const server = await testServer();
  // Another process than the server: what it installs the server has to hear of.
  const store = await openStore({ connection: server.connection, applicationName: 'vesta test ig', sequencer: false });
  afterAll(() => store.close());
  const said: string[] = [];
  const add = (name: string) => {
    const path = fileURLToPath(sharedData(`ig-packages/${name}`));
    return addPackages([path], { store, context, limits: { bytes: 2 ** 30, files: 10_000 } }, (line) =>
      said.push(line),
    );
  };
  const total = async (search: string): Promise<number> => (await server.get(search)).json.total;

  it('install, each with all of its definitions', async () => {
    expect(await add('us_core_610.tgz')).toBe(0);
    expect(await add('')).toBe(0);
    const installed = said.flatMap(
      (line) => /^(\S+) installed: (\d+) definitions/.exec(line)?.slice(1, 3).join(' ') ?? [],
    );
    expect(installed).toEqual([
      'hl7.fhir.us.core@6.1.0 210',
      'hl7.fhir.us.carin-bb@2.0.0 91',
      'hl7.fhir.us.core@7.0.0 211',
      'hl7.fhir.us.davinci-pas@2.2.1 111',
      'hl7.fhir.uv.ips@1.1.0 104',
    ]);
    expect(said.filter((line) => line.startsWith('Not installed'))).toEqual([]);
  });

  it('can be read and searched like any other resource', async () => {
    expect(await total(`StructureDefinition?url=${US_CORE}/StructureDefinition/us-core-patient`)).toBe(2);
    expect(await total(`StructureDefinition?url=${US_CORE}/StructureDefinition/us-core-patient|7.0.0`)).toBe(1);
    expect((await server.get('StructureDefinition/us-core-patient')).json.version).toBe('6.1.0');
    expect((await server.get('StructureDefinition/us-core-patient-7.0.0')).json.version).toBe('7.0.0');
    expect(await total('ImplementationGuide?name:contains=core')).toBe(2);
  });

  it('leave no reference to examples that somebody else may have under the same id', async () => {
    const { json } = await server.get('ImplementationGuide/hl7.fhir.us.core-7.0.0');
    const links: string[] = json.definition.resource.map((one: any) => one.reference.reference);
    expect(links).toContain('StructureDefinition/us-core-patient-7.0.0');
    expect(links).toContain(`${US_CORE}/Patient/example`);
    expect((await server.put('Patient/example', { resourceType: 'Patient', id: 'example' })).status).toBe(201);
    expect((await server.delete('Patient/example')).status).toBeLessThan(300);
  });

  it('add search parameters that R4 has not, of the pinned version', async () => {
    const race = {
      url: `${US_CORE}/StructureDefinition/us-core-race`,
      extension: [
        { url: 'ombCategory', valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code: '2106-3' } },
        { url: 'text', valueString: 'White' },
      ],
    };
    const patient = { resourceType: 'Patient', id: 'amy', name: [{ family: 'Shaw' }], extension: [race] };
    expect((await server.put('Patient/amy', patient)).status).toBe(201);
    expect(await total('Patient?race=2106-3')).toBe(1);
    expect(await total('Patient?race=2028-9')).toBe(0);
  });

  it('answer searches by their value sets', async () => {
    const condition = (id: string, code: string, system: string) => ({
      resourceType: 'Condition',
      id,
      subject: { reference: 'Patient/amy' },
      category: [{ coding: [{ system, code }] }],
    });
    const own = `${US_CORE}/CodeSystem/condition-category`;
    await server.put('Condition/worry', condition('worry', 'health-concern', own));
    const r4 = 'http://terminology.hl7.org/CodeSystem/condition-category';
    await server.put('Condition/visit', condition('visit', 'encounter-diagnosis', r4));
    const set = `${US_CORE}/ValueSet/us-core-problem-or-health-concern`;
    const found = await server.get(`Condition?category:in=${set}`);
    expect(found.json.entry.map((one: any) => one.resource.id)).toEqual(['worry']);
  });

  it('hold whatever claims one of their profiles to it', async () => {
    const profile = [`${US_CORE}/StructureDefinition/us-core-patient`];
    const patient = { resourceType: 'Patient', id: 'ruth', meta: { profile }, gender: 'female' };
    const refused = await server.put('Patient/ruth', patient);
    expect(refused.status).toBe(422);
    const places = refused.json.issue
      .filter((one: any) => one.severity === 'error')
      .map((one: any) => one.expression[0]);
    expect(places.sort()).toEqual(['Patient.identifier', 'Patient.name']);
    const whole = {
      ...patient,
      identifier: [{ system: 'http://hospital.example.org/mrn', value: 'C-1001' }],
      name: [{ family: 'Keller', given: ['Ruth'] }],
    };
    expect((await server.put('Patient/ruth', whole)).status).toBe(201);
  });

  it('mean by their own definitions those of their own version', async () => {
    const profileOf = async (version: string) => {
      const url = `${US_CORE}/StructureDefinition/us-core-patient`;
      const names = [{ type: 'StructureDefinition', url, version }] as const;
      const [found] = await store.definitions.find<StructureDefinition>(access, names, context);
      const element = found!.resource.snapshot!.element.find(({ id }) => id === 'Patient.extension:race')!;
      return element.type![0]!.profile![0];
    };
    const race = `${US_CORE}/StructureDefinition/us-core-race`;
    expect([await profileOf('6.1.0'), await profileOf('7.0.0')]).toEqual([race, `${race}|7.0.0`]);
  });

  it('mean another version when that is pinned', async () => {
    const names = [{ type: 'StructureDefinition', url: `${US_CORE}/StructureDefinition/us-core-patient` }] as const;
    const meant = async () =>
      (await store.definitions.find<StructureDefinition>(access, names, context)).toSorted(meantFirst)[0]!.resource
        .version;
    expect(await meant()).toBe('6.1.0');
    await store.guides.pin('hl7.fhir.us.core', '7.0.0', context);
    expect(await meant()).toBe('7.0.0');
  });

  it('go without a trace', async () => {
    for (const name of ['hl7.fhir.us.davinci-pas', 'hl7.fhir.us.carin-bb', 'hl7.fhir.uv.ips']) {
      await store.guides.remove(name, undefined, context);
    }
    await store.guides.remove('hl7.fhir.us.core', '7.0.0', context);
    await store.guides.remove('hl7.fhir.us.core', '6.1.0', context);
    expect(await total('StructureDefinition?_summary=count')).toBe(0);
    expect(await total('ValueSet?_summary=count')).toBe(0);
    expect(await total('SearchParameter?_summary=count')).toBe(0);
  });
});
