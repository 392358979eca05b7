import { afterEach, expect, it } from 'vitest';
import { closeThreads, runOnThread } from '../../../operations/bundle/threads.ts';
import type { Needs } from '../../../profiles/index.ts';
import { operationSettings } from '../../setup/environment.ts';
import { faultFrom } from '../../setup/fault.ts';

afterEach(closeThreads);

const data = {
  key: new Uint8Array(16),
  zone: 'UTC',
  bases: [],
  typeNumbers: new Map([['Patient', 1]]),
  rowTypes: new Map(),
  custom: { generation: 0, parameters: [] },
};
const base = 'http://localhost:8080/fhir';
const { limits } = operationSettings;

const bundleOf = (url: string) =>
  JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url } }] });

it('answers each of many tasks with its own result, faults between them', async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) =>
      runOnThread(data, { task: 'read', text: i % 5 === 0 ? '{' : bundleOf(`Patient/${i}`), base, limits }),
    ),
  );
  for (const [i, result] of results.entries()) {
    if (i % 5 === 0)
      expect(result).toMatchObject({ status: 'rejected', reason: { kind: 'invalid-json', status: 400 } });
    else expect(result).toMatchObject({ status: 'fulfilled', value: { entries: [{ path: `Patient/${i}` }] } });
  }
});

it('brings a fault over with its findings', async () => {
  const text = '{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"x","when":"now"}}]}';
  expect((await faultFrom(runOnThread(data, { task: 'read', text, base, limits }))).findings).toMatchObject([
    { expression: 'Bundle.entry[0].request.when' },
  ]);
});

it('does not hold up the event loop', async () => {
  const entry = Array.from({ length: 20_000 }, (_, i) => ({ request: { method: 'GET', url: `Patient/${i}` } }));
  let done = false;
  const work = runOnThread(data, {
    task: 'read',
    text: JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry }),
    base,
    limits,
  }).then(() => {
    done = true;
  });
  let turns = 0;
  while (!done) {
    await new Promise((resolve) => setImmediate(resolve));
    turns++;
  }
  await work;
  expect(turns).toBeGreaterThan(10);
});

it('gives up what runs when it is closed, and starts anew when it is needed again', async () => {
  const running = runOnThread(data, { task: 'read', text: bundleOf('Patient/1'), base, limits });
  const ended = expect(running).rejects.toThrow(/ended/);
  await closeThreads();
  await ended;
  await expect(runOnThread(data, { task: 'read', text: bundleOf('Patient/2'), base, limits })).resolves.toMatchObject({
    entries: [{ path: 'Patient/2' }],
  });
});

it('judges each task by the definitions that there are when it begins', async () => {
  const asked: Needs[] = [];
  const url = 'http://hospital.example.org/StructureDefinition/ours';
  const supply = (stamp: string) => ({
    stamp,
    async fetch(needs: Needs) {
      asked.push(needs);
      const structures = needs.structures.map((one) => [one, '', null] as const);
      const valueSets = needs.valueSets.map((one) => [one, null] as const);
      return { stamp, structures, valueSets, codes: [] };
    },
  });
  const text = JSON.stringify({
    resourceType: 'Patient',
    meta: { profile: [url] },
    maritalStatus: { text: 'married' },
  });
  const judged = (stamp: string) =>
    runOnThread(data, { task: 'judge', type: 'Patient', text, limits, judging: { level: 'full' } }, supply(stamp));
  await judged('1');
  const first = asked.length;
  await judged('1');
  expect(asked).toHaveLength(first);
  await judged('2');
  expect(asked).toHaveLength(2 * first);
});
