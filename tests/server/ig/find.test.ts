import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FoundPackage, findPackages, inOrder, missingOf } from '../../../server/ig/find.ts';
import { filesOf, folderFor, manifest, writePackage } from './packages.ts';

const limits = { bytes: 2 ** 20, files: 100 };
const own = (name: string, version: string, depends: Record<string, string> = {}) =>
  manifest({ name, version, dependencies: { 'hl7.fhir.r4.core': '4.0.1', ...depends } });

const folder = await folderFor('finding');
const path = (name: string) => join(folder, name);
await writePackage(
  folder,
  'a-payers.tgz',
  filesOf(own('example.payers', '2.0.0', { 'example.core': '6.1.0', 'example.terms': '1.x' })),
);
await writePackage(folder, 'core-6.tgz', filesOf(own('example.core', '6.1.0')));
await writePackage(folder, 'core-7.tgz', filesOf(own('example.core', '7.0.0')));
await writeFile(path('broken.tgz'), 'no archive');
await writeFile(path('notes.txt'), 'no package');

const names = (packages: readonly FoundPackage[]) =>
  packages.map(({ manifest: { name, version } }) => `${name}@${version}`);

describe('findPackages', () => {
  it('takes with a package what it depends on and lies beside it, first', async () => {
    const { packages, refused } = await findPackages([path('a-payers.tgz')], limits, []);
    expect(names(packages)).toEqual(['example.core@6.1.0', 'example.payers@2.0.0']);
    expect(refused).toEqual([]);
  });

  it('leaves out what is installed already, unless it was named itself', async () => {
    const installed = [{ name: 'example.core', version: '6.1.0' }];
    expect(names((await findPackages([path('a-payers.tgz')], limits, installed)).packages)).toEqual([
      'example.payers@2.0.0',
    ]);
    expect(names((await findPackages([path('core-6.tgz')], limits, installed)).packages)).toEqual([
      'example.core@6.1.0',
    ]);
  });

  it('takes all packages of a folder, and tells of those that are broken', async () => {
    const { packages, refused } = await findPackages([folder], limits, []);
    expect(names(packages)).toEqual(['example.core@6.1.0', 'example.core@7.0.0', 'example.payers@2.0.0']);
    expect(refused.map(({ message }) => message.split(':')[0])).toEqual(['broken.tgz cannot be unpacked']);
  });

  it('takes folders of unpacked packages, as other tools keep them', async () => {
    const cache = path('cache');
    await mkdir(join(cache, 'example.core#6.1.0', 'package'), { recursive: true });
    await writeFile(
      join(cache, 'example.core#6.1.0', 'package', 'package.json'),
      JSON.stringify(own('example.core', '6.1.0')),
    );
    expect(names((await findPackages([cache], limits, [])).packages)).toEqual(['example.core@6.1.0']);
    expect(names((await findPackages([join(cache, 'example.core#6.1.0')], limits, [])).packages)).toEqual([
      'example.core@6.1.0',
    ]);
  });

  it('refuses paths that lead nowhere', async () => {
    await mkdir(path('empty'));
    await expect(findPackages([path('absent.tgz')], limits, [])).rejects.toThrow('absent.tgz is not there.');
    await expect(findPackages([path('empty')], limits, [])).rejects.toThrow('There is no FHIR package in');
    const { refused } = await findPackages([path('notes.txt')], limits, []);
    expect(refused[0]!.message).toMatch(/^notes\.txt cannot be unpacked/);
  });
});

describe('inOrder', () => {
  const found = (name: string, depends: Record<string, string>): FoundPackage => ({
    path: name,
    manifest: { name, version: '1.0.0', canonical: undefined, title: undefined, depends },
  });

  it('ends where packages depend on each other', () => {
    const [a, b] = [found('a', { b: '1.0.0' }), found('b', { a: '1.0.0' })];
    expect(inOrder([a, b], [a, b], [])).toEqual([b, a]);
  });

  it('takes one of two files of the same package', () => {
    const twice = [found('a', {}), { ...found('a', {}), path: 'copy' }];
    expect(inOrder(twice, twice, [])).toEqual([twice[0]]);
  });
});

it('tells what a package depends on and is not there', () => {
  const depends = { 'example.core': '6.1.x', 'example.terms': '5.0.0' };
  expect(missingOf({ depends }, [{ name: 'example.core', version: '6.1.3' }])).toEqual(['example.terms@5.0.0']);
});
