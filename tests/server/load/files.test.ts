import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFiles, leftSentence, readText } from '../../../server/load/files.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vesta-load-'));
  await mkdir(join(folder, 'ward', 'night'), { recursive: true });
  await writeFile(join(folder, 'ward', 'night', 'c.ndjson'), '{"resourceType":"Patient"}\n');
  await writeFile(join(folder, 'ward', 'b.json'), '{"resourceType":"Patient"}');
  await writeFile(join(folder, 'a.ndjson.gz'), gzipSync('{"resourceType":"Patient","name":[{"family":"Żak"}]}\n'));
  await writeFile(join(folder, 'notes.txt'), 'not for us');
  await writeFile(join(folder, 'latin1.json'), Buffer.from('{"family":"M\xfcller"}', 'latin1'));
  await writeFile(join(folder, 'torn.json.gz'), gzipSync('{"resourceType":"Patient"}'.repeat(50)).subarray(0, 40));
});

afterAll(() => rm(folder, { recursive: true }));

describe('the files of a load', () => {
  it('are those in a folder; folders inside are left, and told', async () => {
    const { files, left } = await findFiles([folder]);
    expect(files.map(({ path, kind, packed }) => [basename(path), kind, packed])).toEqual([
      ['a.ndjson.gz', 'ndjson', true],
      ['latin1.json', 'json', false],
      ['torn.json.gz', 'json', true],
    ]);
    expect(left).toEqual(['ward']);
    expect(leftSentence(left)).toBe('1 folder inside was left: ward/ (name it, or add --deep)');
  });

  it('are found at any depth where that is asked', async () => {
    const { files, left } = await findFiles([folder], true);
    expect(files.map(({ path }) => relative(folder, path))).toEqual([
      'a.ndjson.gz',
      'latin1.json',
      'torn.json.gz',
      join('ward', 'b.json'),
      join('ward', 'night', 'c.ndjson'),
    ]);
    expect(left).toEqual([]);
  });

  it('are each taken once, however often they are named; a folder inside that is named too was not left', async () => {
    const { files, left } = await findFiles([folder, `${folder}/`, join(folder, 'ward', 'b.json')]);
    expect(files).toHaveLength(4);
    expect(left).toEqual(['ward']);
    expect((await findFiles([folder, join(folder, 'ward')])).left).toEqual(['night']);
  });

  it('must be there, and of a kind that can be loaded when they are named', async () => {
    await expect(findFiles([join(folder, 'nowhere')])).rejects.toThrow('nowhere is not there');
    await expect(findFiles([join(folder, 'notes.txt')])).rejects.toThrow('cannot be loaded');
  });

  it('must stand in the folder itself: one of nothing but folders is refused with what to do', async () => {
    const years = join(folder, '..', `${basename(folder)}-years`);
    await mkdir(join(years, '2019'), { recursive: true });
    await mkdir(join(years, '2020'));
    try {
      await expect(findFiles([years])).rejects.toThrow(
        'is nothing to load. 2 folders inside were left: 2019/, 2020/ (name them, or add --deep).',
      );
      expect((await findFiles([years], true)).files).toEqual([]);
    } finally {
      await rm(years, { recursive: true });
    }
  });

  it('leaves a link that leads nowhere', async () => {
    const lonely = await mkdtemp(join(folder, 'ward', 'lonely-'));
    await symlink(join(lonely, 'gone.json'), join(lonely, 'link.json'));
    expect(await findFiles([lonely])).toEqual({ files: [], left: [] });
    await rm(lonely, { recursive: true });
  });

  it('are named by five folders at most where many were left', () => {
    const left = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    expect(leftSentence(left)).toBe(
      '7 folders inside were left: a/, b/, c/, d/, e/ and 2 more (name them, or add --deep)',
    );
  });

  it('are unpacked', async () => {
    const [packed] = (await findFiles([join(folder, 'a.ndjson.gz')])).files;
    expect(await readText(packed!, 1000)).toContain('Żak');
  });

  it('are refused with a sentence where they are torn, no UTF-8, or too long', async () => {
    const [torn] = (await findFiles([join(folder, 'torn.json.gz')])).files;
    await expect(readText(torn!, 10_000)).rejects.toThrow('torn.json.gz cannot be read');
    const [latin1] = (await findFiles([join(folder, 'latin1.json')])).files;
    await expect(readText(latin1!, 10_000)).rejects.toThrow('not UTF-8');
    const [long] = (await findFiles([join(folder, 'ward', 'b.json')])).files;
    await expect(readText(long!, 5)).rejects.toThrow('longer than 5 bytes');
  });
});
