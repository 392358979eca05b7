import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFiles, readText } from '../../../server/load/files.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vesta-load-'));
  await mkdir(join(folder, 'ward'));
  await writeFile(join(folder, 'ward', 'b.json'), '{"resourceType":"Patient"}');
  await writeFile(join(folder, 'a.ndjson.gz'), gzipSync('{"resourceType":"Patient","name":[{"family":"Żak"}]}\n'));
  await writeFile(join(folder, 'notes.txt'), 'not for us');
  await writeFile(join(folder, 'latin1.json'), Buffer.from('{"family":"M\xfcller"}', 'latin1'));
  await writeFile(join(folder, 'torn.json.gz'), gzipSync('{"resourceType":"Patient"}'.repeat(50)).subarray(0, 40));
});

afterAll(() => rm(folder, { recursive: true }));

describe('the files of a load', () => {
  it('are found in folders at any depth; others are passed over', async () => {
    const files = await findFiles([folder]);
    expect(files.map(({ path, kind, packed }) => [basename(path), kind, packed])).toEqual([
      ['a.ndjson.gz', 'ndjson', true],
      ['latin1.json', 'json', false],
      ['torn.json.gz', 'json', true],
      ['b.json', 'json', false],
    ]);
  });

  it('are each taken once, however often they are named', async () => {
    expect(await findFiles([folder, folder, join(folder, 'ward', 'b.json')])).toHaveLength(4);
  });

  it('must be there, and of a kind that can be loaded when they are named', async () => {
    await expect(findFiles([join(folder, 'nowhere')])).rejects.toThrow('nowhere is not there');
    await expect(findFiles([join(folder, 'notes.txt')])).rejects.toThrow('cannot be loaded');
  });

  it('are unpacked', async () => {
    const [packed] = await findFiles([join(folder, 'a.ndjson.gz')]);
    expect(await readText(packed!, 1000)).toContain('Żak');
  });

  it('are refused with a sentence where they are torn, no UTF-8, or too long', async () => {
    const [torn] = await findFiles([join(folder, 'torn.json.gz')]);
    await expect(readText(torn!, 10_000)).rejects.toThrow('torn.json.gz cannot be read');
    const [latin1] = await findFiles([join(folder, 'latin1.json')]);
    await expect(readText(latin1!, 10_000)).rejects.toThrow('not UTF-8');
    const [long] = await findFiles([join(folder, 'ward', 'b.json')]);
    await expect(readText(long!, 5)).rejects.toThrow('longer than 5 bytes');
  });
});
