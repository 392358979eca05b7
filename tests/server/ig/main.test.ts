import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../../server/ig/main.ts';
import { testServer } from '../../setup/server.ts';
import { BASE, filesOf, folderFor, manifest, parameter, profile, valueSet, writePackage } from './packages.ts';

const folder = await folderFor('ig');
const server = await testServer();

/** Runs `npm run ig` as its own process, beside the server. */
function ig(...args: string[]): Promise<{ code: number; told: string; said: string }> {
  const { host, port, user, password, database } = server.connection;
  const url = `postgresql://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
  const env = { PATH: process.env.PATH, VESTA_DATABASE_URL: url, VESTA_DATA_DIR: join(folder, 'data') };
  const script = join(import.meta.dirname, '../../../server/ig/main.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env }, (error, told, said) =>
      resolve({ code: error ? Number(error.code) : 0, told, said }),
    );
  });
}

describe('beside a running server', () => {
  const total = async (search: string) => JSON.parse((await server.request('GET', search)).text).total;

  it('makes what a package defines work at once, and takes it away again', async () => {
    const patient = { resourceType: 'Patient', id: 'p1', contact: [{ name: { family: 'Jansen' } }] };
    const condition = {
      resourceType: 'Condition',
      id: 'c1',
      subject: { reference: 'Patient/p1' },
      code: { coding: [{ system: 'http://snomed.info/sct', code: '44054006' }] },
    };
    for (const one of [patient, condition]) {
      const { status } = await server.request('PUT', `${one.resourceType}/${one.id}`, { body: JSON.stringify(one) });
      expect(status).toBe(201);
    }
    const files = filesOf(
      manifest(),
      profile('our-patient'),
      valueSet('chronic'),
      parameter('kin', 'kin', 'Patient.contact.name.family'),
    );
    const path = await writePackage(folder, 'guide.tgz', files);
    const set = `Condition?code:in=${BASE}/ValueSet/chronic`;
    expect((await server.request('GET', set)).status).toBe(400);
    expect(await ig('add', path)).toMatchObject({ code: 0, said: expect.stringContaining('3 written') });
    expect(await total('Patient?kin=jansen')).toBe(1);
    expect(await total(set)).toBe(1);
    expect(await total(`StructureDefinition?url=${BASE}/StructureDefinition/our-patient`)).toBe(1);
    expect((await ig('list')).told).toMatch(
      /^example\.hospital@1\.0\.0 {2}How our hospital writes\n {2}3 definitions, 3 of them pinned/,
    );
    expect(await ig('remove', 'example.hospital')).toMatchObject({
      code: 0,
      said: expect.stringContaining('3 definitions deleted.'),
    });
    expect((await server.request('GET', set)).status).toBe(400);
    expect((await server.request('GET', 'Patient?kin=jansen', { headers: { prefer: 'handling=strict' } })).status).toBe(
      400,
    );
    expect((await server.request('GET', 'StructureDefinition/our-patient')).status).toBe(410);
  });

  it('tells in a sentence why it did not do what it was asked for', async () => {
    expect(await ig('add', join(folder, 'absent.tgz'))).toMatchObject({
      code: 1,
      said: expect.stringMatching(/absent\.tgz is not there\.\n$/),
    });
    expect(await ig('remove', 'never')).toEqual({
      code: 1,
      told: '',
      said: 'never is not installed.\n`npm run ig -- list` tells what is.\n',
    });
    expect((await ig('list')).told).toContain('No guide is installed.');
    expect(await ig('install', 'x')).toMatchObject({ code: 2, said: expect.stringContaining('is not understood.') });
    const bad = await writePackage(folder, 'bad.tgz', filesOf(manifest({ fhirVersions: ['5.0.0'] })));
    expect(await ig('add', bad)).toMatchObject({
      code: 1,
      said: expect.stringContaining('Not installed: bad.tgz: package/package.json is for FHIR 5.0.0'),
    });
  });
});

it('stores the own profiles of the server for those who want to read them', async () => {
  expect(await ig('add', 'vesta')).toMatchObject({ code: 0, said: expect.stringContaining('vesta.profiles@') });
  const { json } = await server.get(
    'StructureDefinition?url=https://vesta.health/fhir/StructureDefinition/vesta-claim',
  );
  expect(json.entry[0].resource.id).toBe('vesta-claim');
  expect(await ig('remove', 'vesta.profiles')).toMatchObject({ code: 0 });
});

describe('readArguments', () => {
  it('understands names with and without versions, as npm and as FHIR write them', () => {
    expect(readArguments(['remove', 'hl7.fhir.us.core'])).toEqual({
      do: 'remove',
      name: 'hl7.fhir.us.core',
      version: undefined,
    });
    for (const one of ['hl7.fhir.us.core@6.1.0', 'hl7.fhir.us.core#6.1.0']) {
      expect(readArguments(['pin', one])).toEqual({ do: 'pin', name: 'hl7.fhir.us.core', version: '6.1.0' });
    }
    expect(readArguments(['remove', '@hospital/guide@1.0.0'])).toMatchObject({
      name: '@hospital/guide',
      version: '1.0.0',
    });
    expect(readArguments(['add', 'a.tgz', 'b'])).toEqual({ do: 'add', paths: ['a.tgz', 'b'] });
    expect(readArguments(['--help'])).toEqual({ do: 'help' });
    expect(readArguments([])).toEqual({ do: 'help' });
  });

  it('prints the whole help where it does not understand', () => {
    for (const args of [
      ['add'],
      ['pin', 'hl7.fhir.us.core'],
      ['remove'],
      ['list', 'all'],
      ['install', 'x'],
      ['add', '--force'],
    ]) {
      expect(() => readArguments(args)).toThrow(/npm run ig -- add FILE\.tgz/);
    }
  });
});
