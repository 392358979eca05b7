import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Context, Fault, systemAccess } from '../../../resources/index.ts';
import { findFiles } from '../../../server/load/files.ts';
import { loadFiles } from '../../../server/load/plan.ts';
import type { Store } from '../../../store/index.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vesta-plan-'));
  await writeFile(join(folder, 'a.json'), '{"resourceType":"Bundle","type":"transaction","entry":[],"id":"a"}');
  await writeFile(join(folder, 'b.json'), '{"resourceType":"Patient","id":"b"}');
});
afterAll(() => rm(folder, { recursive: true }));

const context: Context = {
  access: systemAccess('test'),
  requestId: 'load',
  base: 'http://localhost:8080/fhir',
  now: Date.now,
  signal: new AbortController().signal,
  observe: () => {},
};

it('tries once more, at the end, what was refused for a missing target; notes only what was stored whole', async () => {
  const asked: string[] = [];
  const noted: string[] = [];
  const store = {
    ledger: { known: async () => new Set<string>(), note: async ({ path }: { path: string }) => void noted.push(path) },
  } as unknown as Store;
  const operations = {
    async perform({ method, path }: { method: string; path: string }) {
      asked.push(`${method} ${path}`);
      if (path === '' && asked.length < 3)
        throw new Fault('missing-target', 'The conditional reference matches nothing.');
      return path === ''
        ? { status: 200, body: '{"resourceType":"Bundle","entry":[{"response":{"status":"201"}}]}' }
        : { status: 201 };
    },
    target: () => ({ interaction: 'update' }) as const,
    close: async () => {},
  };
  const loading = { operations, context: () => context, limits: { bodyBytes: 1000 }, stored: () => {} };
  const progress = { surveyed: () => {}, planned: () => {}, finished: () => {} };
  const report = await loadFiles((await findFiles([folder])).files, { store, loading, again: false, progress });
  expect(report).toEqual({ files: 2, skipped: 0, stored: 2, refusals: [] });
  expect(asked).toHaveLength(3);
  expect(asked.at(-1)).toBe('POST ');
  expect(noted.map((path) => path.slice(-6)).sort()).toEqual(['a.json', 'b.json']);
});
