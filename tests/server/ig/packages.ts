/** FHIR packages as publishers make them, and those that are broken. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll } from 'vitest';

export const BASE = 'http://hospital.example.org/guide';

/** A folder that goes with the test file. */
export async function folderFor(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `vesta-${name}-`));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export const manifest = (more: object = {}) => ({
  name: 'example.hospital',
  version: '1.0.0',
  canonical: BASE,
  title: 'How our hospital writes',
  fhirVersions: ['4.0.1'],
  dependencies: { 'hl7.fhir.r4.core': '4.0.1' },
  ...more,
});

export const profile = (id: string, more: object = {}) => ({
  resourceType: 'StructureDefinition',
  id,
  url: `${BASE}/StructureDefinition/${id}`,
  version: '1.0.0',
  name: 'OurPatient',
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Patient',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
  derivation: 'constraint',
  differential: { element: [{ id: 'Patient.name', path: 'Patient.name', min: 1 }] },
  ...more,
});

export const valueSet = (id: string, more: object = {}) => ({
  resourceType: 'ValueSet',
  id,
  url: `${BASE}/ValueSet/${id}`,
  version: '1.0.0',
  status: 'active',
  compose: {
    include: [
      {
        system: 'http://snomed.info/sct',
        concept: [{ code: '44054006', display: 'Diabetes mellitus type 2' }],
      },
    ],
  },
  ...more,
});

export const parameter = (id: string, code: string, expression: string, more: object = {}) => ({
  resourceType: 'SearchParameter',
  id,
  url: `${BASE}/SearchParameter/${id}`,
  version: '1.0.0',
  name: id,
  description: code,
  status: 'active',
  code,
  base: ['Patient'],
  type: 'string',
  expression,
  ...more,
});

/** Name in the archive → its content: text, or an object that is written as JSON. */
export type Files = Readonly<Record<string, string | object>>;

export const filesOf = (
  own: object,
  ...resources: { resourceType: string; id?: string; [element: string]: unknown }[]
): Files => ({
  'package/package.json': own,
  ...Object.fromEntries(resources.map((one) => [`package/${one.resourceType}-${one.id}.json`, one])),
});

export async function tarOf(files: Files): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) {
    archive.entry({ name }, typeof content === 'string' ? content : JSON.stringify(content));
  }
  archive.finalize();
  return buffer(archive);
}

/** Writes a `.tgz`. @returns where */
export async function writePackage(folder: string, name: string, files: Files): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, gzipSync(await tarOf(files)));
  return path;
}
