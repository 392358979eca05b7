import { describe, expect, it } from 'vitest';
import { openAccess } from '../../../resources/index.ts';
import { addPackages, listed, told } from '../../../server/ig/add.ts';
import { toPackage } from '../../../server/ig/package.ts';
import { openStore } from '../../../store/index.ts';
import { testContext } from '../../setup/context.ts';
import { testDatabase } from '../../setup/database.ts';
import { BASE, filesOf, folderFor, manifest, parameter, profile, valueSet, writePackage } from './packages.ts';

const folder = await folderFor('adding');
const store = await openStore({ connection: await testDatabase(), applicationName: 'vesta test' });
const context = testContext();
const limits = { bytes: 2 ** 24, files: 1000 };

/** What a person is told. */
async function add(...paths: string[]): Promise<{ refused: number; said: string[] }> {
  const said: string[] = [];
  return { refused: await addPackages(paths, { store, context, limits }, (line) => said.push(line)), said };
}

const seconds = (lines: readonly string[]) => lines.map((line) => line.replace(/\d+\.\d s/, '0.0 s'));

describe('addPackages', () => {
  it('installs a package with what it depends on, and tells of both', async () => {
    await writePackage(folder, 'terms.tgz', filesOf(manifest({ name: 'hospital.terms' }), valueSet('chronic')));
    const depends = { 'hospital.terms': '1.0.0', 'hl7.terminology.r4': '5.0.0' };
    const guide = filesOf(
      manifest({ dependencies: { 'hl7.fhir.r4.core': '4.0.1', ...depends } }),
      profile('our-patient'),
      parameter('kin', 'kin', 'Patient.contact.name.family'),
    );
    const path = await writePackage(folder, 'guide.tgz', guide);
    const { refused, said } = await add(path);
    expect(refused).toBe(0);
    // Over nothing an index may be whole before anybody could be told that it is being made.
    const indexing = 'Indexing 1 search parameters: Patient.kin';
    expect(seconds(said).filter((line) => line !== indexing)).toEqual([
      'hospital.terms@1.0.0 installed: 1 definitions (1 ValueSet); 1 written in 0.0 s.',
      'example.hospital@1.0.0 installed: 2 definitions (1 SearchParameter, 1 StructureDefinition); 2 written in 0.0 s.',
      'example.hospital@1.0.0 depends on hl7.terminology.r4@5.0.0, which is not here.',
    ]);
    expect(store.parameters.of('Patient').get('kin')?.custom?.building).toBe(undefined);
    expect((await add(path)).said).toEqual([
      'example.hospital@1.0.0 is installed already, just so: nothing was written.',
      'example.hospital@1.0.0 depends on hl7.terminology.r4@5.0.0, which is not here.',
    ]);
  });

  it('installs what is right of a folder and names what is not, of which nothing stays', async () => {
    const many = await folderFor('many');
    await writePackage(many, 'good.tgz', filesOf(manifest({ name: 'many.good' }), valueSet('good')));
    const bad = filesOf(manifest({ name: 'many.bad' }), valueSet('fine'), { ...valueSet('bad'), status: 'valid' });
    await writePackage(many, 'bad.tgz', bad);
    await writePackage(
      many,
      'old.tgz',
      filesOf(manifest({ name: 'many.old', fhirVersions: ['3.0.2'] }), valueSet('old')),
    );
    const { refused, said } = await add(many);
    expect(refused).toBe(2);
    expect(said.filter((line) => line.startsWith('Not installed')).map((line) => line.slice(0, 90))).toEqual([
      expect.stringMatching(/^Not installed: old\.tgz: package\/package\.json is for FHIR 3\.0\.2/),
      expect.stringMatching(
        /^Not installed: bad\.tgz: package\/ValueSet-bad\.json is no ValueSet of R4: ValueSet\.status/,
      ),
    ]);
    expect(await store.records.read(openAccess, 'ValueSet', 'fine', context)).toBe(undefined);
    expect(await store.records.read(openAccess, 'ValueSet', 'good', context)).toMatchObject({ version: 1 });
    expect((await store.guides.list(context)).map(({ name }) => name)).not.toContain('many.bad');
  });
});

it('tells what became of a package', () => {
  const content = toPackage(
    new Map([
      ['package.json', JSON.stringify(manifest())],
      ['a.json', JSON.stringify(valueSet('a'))],
      ['b.json', '{"resourceType":"Basic"}'],
    ]),
    'x',
  );
  const member = (id: string) => ({ type: 'ValueSet', id, url: `${BASE}/ValueSet/${id}`, version: '1.0.0' });
  const added = {
    did: 'replaced',
    written: 1,
    deleted: 2,
    changed: [member('c')],
    there: [
      { ...member('t'), of: 'other@1.0.0' },
      { ...member('u'), of: undefined },
    ],
    shared: 3,
    unpinned: 4,
  } as const;
  expect(told(content, added, 1.23)).toEqual([
    'example.hospital@1.0.0 replaced by other content of the same version: 1 definitions (1 ValueSet); 1 written, 2 deleted in 1.2 s.',
    '  Left out: 1 Basic: R4 has no canonical for these.',
    '  3 came with another guide just so: both have them.',
    '  4 are not what their canonical means without a version, since another version is pinned: npm run ig -- pin example.hospital@1.0.0',
    '  1 were changed or deleted since, and stay so: ValueSet/c.',
    `  ${BASE}/ValueSet/t|1.0.0 is there with other content, as other@1.0.0 has it: ValueSet/t stays.`,
    `  ${BASE}/ValueSet/u|1.0.0 is there with other content, stored by somebody: ValueSet/u stays.`,
  ]);
});

it('tells the first of many', () => {
  const names = Array.from({ length: 8 }, (_, i) => ({
    type: 'ValueSet',
    id: `v${i}`,
    url: undefined,
    version: undefined,
  }));
  expect(listed(names)).toBe('ValueSet/v0, ValueSet/v1, ValueSet/v2, ValueSet/v3, ValueSet/v4 and 3 more');
});
