import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { findFiles } from '../../../server/load/files.ts';
import { inWaves, type Survey, survey } from '../../../server/load/order.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

function file(name: string, holds: string[], needs: string[] = []): Survey {
  return {
    file: { path: name, bytes: 1, kind: 'json', packed: false },
    hash: Buffer.alloc(32),
    holds: new Set(holds),
    needs: new Set(needs),
  };
}

const names = (waves: Survey[][]) => waves.map((wave) => wave.map((one) => one.file.path).sort());

describe('the order of a load', () => {
  it('puts the targets of conditional references first', () => {
    const waves = inWaves([
      file('patient-1', ['Patient', 'Encounter'], ['Practitioner', 'Organization']),
      file('practitioners', ['Practitioner', 'PractitionerRole'], ['Organization']),
      file('patient-2', ['Patient', 'Claim'], ['Practitioner']),
      file('hospitals', ['Organization', 'Location']),
    ]);
    expect(names(waves)).toEqual([['hospitals'], ['practitioners'], ['patient-1', 'patient-2']]);
  });

  it('loads files that need each other together, at the end', () => {
    const waves = inWaves([
      file('a', ['Patient'], ['Practitioner']),
      file('b', ['Practitioner'], ['Patient']),
      file('c', ['Organization']),
    ]);
    expect(names(waves)).toEqual([['c'], ['a', 'b']]);
  });

  it('does not let a file wait for types that it holds itself', () => {
    const waves = inWaves([file('a', ['Patient'], ['Patient']), file('b', ['Patient'])]);
    expect(names(waves)).toEqual([['a', 'b']]);
  });

  it('finds what a file holds and needs without parsing it, also across the pieces it is read in', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vesta-order-'));
    folders.push(folder);
    const filler = Array.from({ length: 20_000 }, (_, i) => `{"resourceType":"Observation","id":"o${i}"}`).join(',');
    const text = `{"resourceType": "Bundle","entry":[${filler},{"resourceType" : "Claim","provider":{"reference": "Organization?identifier=x|1"}}]}`;
    await writeFile(join(folder, 'one.json.gz'), gzipSync(text));
    const {
      files: [found],
    } = await findFiles([folder]);
    const { holds, needs, hash } = await survey(found!);
    expect([...holds].sort()).toEqual(['Bundle', 'Claim', 'Observation']);
    expect([...needs]).toEqual(['Organization']);
    expect(hash).toHaveLength(32);
  });
});
