import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

// No disk has as much free as is asked for here.
const data = mkdtempSync(join(tmpdir(), 'vesta-full-'));
mkdirSync(join(data, 'postgres'));
afterAll(() => rmSync(data, { recursive: true }));
const server = await testServer({
  VESTA_DATA_DIR: data,
  VESTA_LIMIT_DISK_FREE_BYTES: '1048576MB',
  VESTA_LOG: 'silent',
});

const patient = { resourceType: 'Patient', id: 'anna', name: [{ family: 'Keller', given: ['Anna'] }] };
const entry = { resource: patient, request: { method: 'PUT', url: 'Patient/anna' } };

it.each([
  ['create', () => server.post('Patient', { ...patient, id: undefined })],
  ['update', () => server.put('Patient/anna', patient)],
  ['conditional update', () => server.put('Patient?_id=anna', patient)],
  ['patch', () => server.patch('Patient/anna', [{ op: 'remove', path: '/name' }], 'application/json-patch+json')],
  ['delete', () => server.delete('Patient/anna')],
  ['transaction', () => server.post('', { resourceType: 'Bundle', type: 'transaction', entry: [entry] })],
])('a %s is refused with 507 while the disk is nearly full', async (_name, ask) => {
  const { status, json } = await ask();
  expect(status).toBe(507);
  expect(json.issue[0]).toMatchObject({
    severity: 'error',
    code: 'no-store',
    details: { text: expect.stringContaining('The disk of the database is full') },
    diagnostics: expect.stringContaining('Reading still works'),
  });
});

it('a batch that only reads is answered, one that also writes is refused', async () => {
  const reading = { request: { method: 'GET', url: 'Patient?family=Keller' } };
  const batch = (...entries: object[]) => server.post('', { resourceType: 'Bundle', type: 'batch', entry: entries });
  expect((await batch(reading)).status).toBe(200);
  expect((await batch(reading, entry)).status).toBe(507);
});

it('reads, searches and histories are answered, and nothing was stored', async () => {
  expect((await server.get('Patient/anna')).status).toBe(404);
  expect((await server.get('Patient?_summary=count')).json.total).toBe(0);
  expect((await server.get('_history')).json.entry ?? []).toEqual([]);
});
