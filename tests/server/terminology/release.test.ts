import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openRelease } from '../../../server/terminology/release.ts';
import { folderOf, zipOf } from './releases.ts';

const files = { 'inner/b.txt': 'one\ntwo\n', 'a.csv': 'x', '__MACOSX/a.csv': 'y', '.hidden': 'z' };

async function textOf(path: string): Promise<[string, number]> {
  let bytes = 0;
  const release = await openRelease(path, (count) => {
    bytes += count;
  });
  const lines: string[] = [];
  for await (const some of release.lines(release.one(/^b\.txt$/, 'b'))) lines.push(...some.map(({ text }) => text));
  await release.close();
  return [lines.join(' '), bytes];
}

it('reads a folder, a zip file and a single file alike, and tells how much it read', async () => {
  expect(await textOf(folderOf(files))).toEqual(['one two', 8]);
  expect(await textOf(zipOf(files))).toEqual(['one two', 8]);
  expect(await textOf(join(folderOf(files), 'inner/b.txt'))).toEqual(['one two', 8]);
});

it('passes over what systems leave behind', async () => {
  const release = await openRelease(zipOf(files));
  expect(release.files.map(({ path }) => path)).toEqual(['a.csv', 'inner/b.txt']);
  await release.close();
});

it('says what is not there or cannot be unpacked', async () => {
  await expect(openRelease('/nowhere')).rejects.toThrow('/nowhere is not there.');
  const release = await openRelease(folderOf(files));
  expect(() => release.one(/\.xml$/, 'table')).toThrow(/^There is no table in .*\nThere are: /s);
  const path = zipOf(files);
  truncateSync(path, 60);
  await expect(openRelease(path)).rejects.toThrow('release.zip: it cannot be unpacked');
});
