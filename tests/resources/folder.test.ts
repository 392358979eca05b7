import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFolder } from '../../resources/folder.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'vesta-folder-'));
});
afterAll(() => rm(root, { recursive: true }));

async function folderOf(files: Record<string, string>): Promise<URL> {
  const folder = await mkdtemp(join(root, 'f-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return pathToFileURL(`${folder}/`);
}

const load = (folder: URL) => loadFolder<{ type: string }>(folder, 'definition', ({ type }) => type);

describe('a folder of definitions', () => {
  it('is loaded by the names of its files, index.ts and other kinds of files left out', async () => {
    const folder = await folderOf({
      'Patient.ts': "export const definition = { type: 'Patient' };",
      'Claim.ts': "export const definition = { type: 'Claim' };",
      'index.ts': 'throw new Error("not to be loaded");',
      'notes.md': 'nothing',
    });
    expect([...(await load(folder)).keys()]).toEqual(['Claim', 'Patient']);
  });

  it('refuses a file whose definition disagrees with its name, and says which', async () => {
    const folder = await folderOf({ 'Patient.ts': "export const definition = { type: 'Person' };" });
    await expect(load(folder)).rejects.toThrow('Patient.ts defines Person; the file must be called Person.ts');
  });

  it('refuses a file that defines nothing', async () => {
    const folder = await folderOf({ 'Patient.ts': 'export const other = 1;' });
    await expect(load(folder)).rejects.toThrow('Patient.ts exports no definition');
  });
});
