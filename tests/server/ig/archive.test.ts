import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readManifest, readPackage } from '../../../server/ig/archive.ts';
import { toPackage } from '../../../server/ig/package.ts';
import { filesOf, folderFor, manifest, profile, tarOf, valueSet, writePackage } from './packages.ts';

const folder = await folderFor('archives');
const limits = { bytes: 2 ** 20, files: 100 };
const all = filesOf(manifest(), profile('our-patient'), valueSet('chronic'));

/** Why a file is refused. */
async function refusal(path: string, own = limits): Promise<string> {
  const error = await readPackage(path, own).then(
    () => new Error('It was read.'),
    (refused: Error) => refused,
  );
  expect(error.name).toBe('Refusal');
  return error.message;
}

async function written(name: string, content: Buffer | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('readPackage', () => {
  it('reads what a package is made of, and neither examples nor other folders nor notes', async () => {
    const path = await writePackage(folder, 'whole.tgz', {
      ...all,
      'package/.index.json': { files: [] },
      'package/example/Patient-example.json': { resourceType: 'Patient', id: 'example' },
      'package/xml/ValueSet-chronic.xml': '<ValueSet/>',
      'package/openapi/x.openapi.json': {},
      'package/README.md': 'Read me',
    });
    const names = ['package.json', 'StructureDefinition-our-patient.json', 'ValueSet-chronic.json'];
    expect([...(await readPackage(path, limits)).keys()].sort()).toEqual(names.sort());
  });

  it('reads a folder that was unpacked, with and without `package`', async () => {
    for (const inside of ['unpacked/package', 'plain']) {
      await mkdir(join(folder, inside), { recursive: true });
      await writeFile(join(folder, inside, 'package.json'), JSON.stringify(manifest()));
      await writeFile(join(folder, inside, 'ValueSet-chronic.json'), `\uFEFF${JSON.stringify(valueSet('chronic'))}`);
      const files = await readPackage(join(folder, inside.split('/')[0]!), limits);
      expect(JSON.parse(files.get('ValueSet-chronic.json')!)).toEqual(valueSet('chronic'));
    }
  });

  it('lets names that lead out of the package lead nowhere', async () => {
    const before = await readdir(folder);
    const path = await writePackage(folder, 'tricks.tgz', {
      '../../evil.json': {},
      '/etc/evil.json': {},
      'package/../../evil.json': {},
      'package/..\\evil.json': {},
      ...all,
    });
    expect((await readPackage(path, limits)).size).toBe(3);
    expect(await readdir(folder)).toEqual([...before, 'tricks.tgz'].sort());
  });

  it('names a file that is no gzip, that ends too early, or that holds no archive', async () => {
    const tar = await tarOf(all);
    expect(await refusal(await written('plain.tgz', tar))).toMatch(
      /^plain\.tgz cannot be unpacked: incorrect header check\./,
    );
    expect(await refusal(await written('half.tgz', gzipSync(tar).subarray(0, 300)))).toMatch(
      /^half\.tgz cannot be unpacked: /,
    );
    expect(await refusal(await written('cut.tgz', gzipSync(tar.subarray(0, 700))))).toMatch(
      /^cut\.tgz cannot be unpacked: /,
    );
    const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 251));
    expect(await refusal(await written('noise.tgz', gzipSync(noise)))).toMatch(/^noise\.tgz cannot be unpacked: /);
  });

  it('refuses an archive without package.json', async () => {
    const path = await writePackage(folder, 'none.tgz', { 'package/ValueSet-chronic.json': valueSet('chronic') });
    expect(await refusal(path)).toBe('none.tgz is no FHIR package: there is no package/package.json in it.');
    expect(await readManifest(path, limits)).toBe(undefined);
  });

  it('refuses what is larger than the limits, before it has it in memory', async () => {
    const path = await writePackage(folder, 'bomb.tgz', { ...all, 'package/big.json': ' '.repeat(50 * 2 ** 20) });
    expect(await refusal(path)).toMatch(
      /^bomb\.tgz holds more than 1048576 bytes, unpacked\.\nVESTA_LIMIT_GUIDE_BYTES/,
    );
    const aside = await writePackage(folder, 'aside.tgz', {
      ...all,
      'package/example/big.json': ' '.repeat(50 * 2 ** 20),
    });
    expect(await refusal(aside)).toMatch(/^aside\.tgz holds more than 1048576 bytes/);
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`package/example/${i}.json`, '{}']));
    const crowd = await writePackage(folder, 'crowd.tgz', { ...all, ...many });
    expect(await refusal(crowd)).toMatch(/^crowd\.tgz holds more than 100 files\.\nVESTA_LIMIT_GUIDE_FILES/);
  });

  it('refuses text that is not UTF-8', async () => {
    const tar = await tarOf({ ...all, 'package/ValueSet-bad.json': 'Zürich' });
    const broken = Buffer.from(tar.toString('latin1').replace('Z\u00c3\u00bcrich', 'Z\u00fc\u00fcrich'), 'latin1');
    const path = await written('latin.tgz', gzipSync(broken));
    expect(await refusal(path)).toBe('latin.tgz: package/ValueSet-bad.json is not UTF-8 text.');
  });
});

it('takes or refuses, whatever happened to a file on its way', async () => {
  const whole = gzipSync(await tarOf(all));
  const damage = fc.record({
    at: fc.nat(2_000),
    byte: fc.nat(255),
    inTar: fc.boolean(),
    keep: fc.option(fc.nat(2_000), { nil: undefined }),
  });
  const path = join(folder, 'damaged.tgz');
  await fc.assert(
    fc.asyncProperty(damage, async ({ at, byte, inTar, keep }) => {
      const bytes = Buffer.from(inTar ? gunzipSync(whole) : whole);
      bytes[at % bytes.length] = byte;
      const cut = keep === undefined ? bytes : bytes.subarray(0, keep % bytes.length);
      await writeFile(path, inTar ? gzipSync(cut) : cut);
      try {
        toPackage(await readPackage(path, limits), 'damaged.tgz');
      } catch (error) {
        expect((error as Error).name).toBe('Refusal');
        expect((error as Error).message).toMatch(/^damaged\.tgz/);
      }
    }),
    { numRuns: 150 },
  );
});

it('reads a manifest without the rest', async () => {
  const path = await writePackage(folder, 'manifest.tgz', all);
  expect(JSON.parse((await readManifest(path, limits))!)).toEqual(manifest());
});
