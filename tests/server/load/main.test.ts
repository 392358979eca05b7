import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAccess, parseJson } from '../../../resources/index.ts';
import { openStore } from '../../../store/index.ts';
import { testDatabase } from '../../setup/database.ts';
import { testContext } from '../../store/double.ts';

const connection = await testDatabase();
const store = await openStore({ connection, applicationName: 'vesta test' });
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vesta-loading-'));
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

interface Ended {
  readonly code: number;
  /** On standard error. */
  readonly said: string;
  /** On standard output. */
  readonly told: string;
}

/** Runs `npm run load` as its own process, on the database of this test file. */
function load(...args: string[]): Promise<Ended> {
  const { host, port, user, password, database } = connection;
  const url = `postgresql://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
  const env = { PATH: process.env.PATH, VESTA_DATABASE_URL: url, VESTA_DATA_DIR: join(folder, 'data') };
  const script = join(import.meta.dirname, '../../../server/load/main.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env }, (error, told, said) =>
      resolve({ code: error ? Number(error.code) : 0, said, told }),
    );
  });
}

const transaction = (...entry: object[]) => JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
const post = (resource: { resourceType: string }) => ({
  resource,
  request: { method: 'POST', url: resource.resourceType },
});
const practitioner = (value: string) =>
  post({ resourceType: 'Practitioner', identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value }] } as never);
const visit = (npi: string) =>
  post({
    resourceType: 'Encounter',
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    participant: [{ individual: { reference: `Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|${npi}` } }],
  } as never);

const slot = (comment: string) =>
  post({
    resourceType: 'Slot',
    schedule: { reference: 'Schedule/ward-3' },
    status: 'free',
    start: '2026-03-02T09:00:00+01:00',
    end: '2026-03-02T09:20:00+01:00',
    comment,
  } as never);

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

describe('npm run load', () => {
  it('loads what others refer to first, skips what was loaded, and loads it again when told to', async () => {
    const needing = await write('a-visit.json', transaction(visit('9999999499')));
    const needed = await write('z-practitioners.json.gz', transaction(practitioner('9999999499')));
    const lines = await write(
      'patients.ndjson',
      '{"resourceType":"Patient","id":"p1","active":true}\n{"resourceType":"Patient","id":"p2"}\n',
    );
    const first = await load(needing, needed, lines);
    expect(first).toMatchObject({ code: 0, said: expect.stringContaining('4 resources of 3 files') });
    expect(await store.counts()).toEqual({ Encounter: 1, Patient: 2, Practitioner: 1 });
    expect((await store.records.read(openAccess, 'Patient', 'p1', testContext()))!.text).toContain('"active": true');

    const second = await load(needing, needed, lines);
    expect(second).toMatchObject({ code: 0, said: expect.stringContaining('3 of them were loaded before') });
    const third = await load(lines, needing, '--again');
    expect(third.code).toBe(0);
    expect(await store.counts()).toEqual({ Encounter: 2, Patient: 2, Practitioner: 1 });
  });

  it('ends with 1 and a report where something was refused, and stores the rest', async () => {
    const lines = await write(
      'mixed.ndjson',
      '{"resourceType":"Device","id":"d1"}\n{"resourceType":"Device","id":"d2","colour":"red"}\n',
    );
    const nobody = await write('nobody.json', transaction(visit('0000000000')));
    const { code, said } = await load(lines, nobody);
    expect(code).toBe(1);
    expect(said).toContain('line 2');
    expect(said).toContain('matches nothing');
    expect((await store.counts()).Device).toBe(1);
    const reports = join(folder, 'data', 'reports');
    const [report] = await readdir(reports);
    const refusals = (await readFile(join(reports, report!), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(refusals.map(({ kind }) => kind).sort()).toEqual(['invalid-structure', 'missing-target']);
  });

  it('says what it needs where it is told nothing, nonsense, or a path that is not there', async () => {
    expect(await load()).toMatchObject({ code: 2, said: expect.stringContaining('Say what to load') });
    expect(await load('--agian', folder)).toMatchObject({ code: 2, said: expect.stringContaining('--agian') });
    expect(await load(join(folder, 'nowhere.json'))).toMatchObject({
      code: 2,
      said: expect.stringContaining('is not there'),
    });
    expect(await load(folder, '--help')).toMatchObject({ code: 0, told: expect.stringContaining('--deep') });
  });

  it('loads the files in a folder, tells what it left, and enters it when told to', async () => {
    const years = join(folder, 'years');
    await mkdir(join(years, '2019', 'june'), { recursive: true });
    expect(await load(join(years, '2019'))).toMatchObject({
      code: 2,
      said: expect.stringContaining('1 folder inside was left: june/ (name it, or add --deep)'),
    });
    await write(join('years', '2019', 'june', 'rooms.ndjson'), '{"resourceType":"Location","id":"r1"}\n');
    await write(join('years', 'wards.json'), '{"resourceType":"Location","id":"w1"}');
    const { code, said } = await load(years);
    expect(code).toBe(0);
    expect(said).toContain('1 resources of 1 files');
    expect(said).toContain('1 folder inside was left: 2019/ (name it, or add --deep)');
    const deep = await load(years, '--deep');
    expect(deep).toMatchObject({ code: 0, said: expect.stringContaining('1 resources of 2 files') });
    expect(deep.said).not.toContain('left:');
    expect((await store.counts()).Location).toBe(2);
  });

  it('loads beside a process that stores at the same time, and neither loses anything', async () => {
    const loaded = Array.from({ length: 400 }, (_, i) => transaction(...[0, 1].map((n) => slot(`loaded-${i}-${n}`))));
    const path = await write('slots.ndjson', loaded.join('\n'));
    const ended = load(path);
    let isLoading = true;
    void ended.finally(() => {
      isLoading = false;
    });
    const stored: string[] = [];
    while (isLoading) {
      const { resource } = slot(`stored-${stored.length}`);
      const parsed = parseJson(JSON.stringify(resource));
      const draft = { type: 'Slot', id: undefined, method: 'POST', parsed, references: [] } as const;
      stored.push((await store.records.create(openAccess, draft, testContext())).id);
    }
    expect(await ended).toMatchObject({ code: 0, said: expect.stringContaining('800 resources of 1 files') });
    expect(stored.length).toBeGreaterThan(0);
    expect((await store.counts()).Slot).toBe(800 + stored.length);
    for (const [i, id] of stored.entries()) {
      const version = await store.records.read(openAccess, 'Slot', id, testContext());
      expect(JSON.parse(version!.text).comment).toBe(`stored-${i}`);
    }
  });
});
