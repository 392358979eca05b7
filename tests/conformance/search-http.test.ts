/** Searches over HTTP. https://hl7.org/fhir/R4/http.html#search */
import { describe, expect, it } from 'vitest';
import { testServer } from '../setup/server.ts';

const server = await testServer();
for (const [id, family] of [
  ['a', 'Adams'],
  ['b', 'Brown'],
  ['c', 'Clark'],
] as const) {
  await server.put(`Patient/${id}`, { resourceType: 'Patient', id, name: [{ family }], gender: 'female' });
}
await server.put('Observation/o', {
  resourceType: 'Observation',
  id: 'o',
  status: 'final',
  code: { text: 'x' },
  subject: { reference: 'Patient/a' },
});
const ids = (json: any) => (json.entry ?? []).map(({ resource }: any) => resource.id);

describe('a search', () => {
  it('is asked by GET, and followed by its links to the end', async () => {
    const first = await server.get('Patient?gender=female&_sort=-family&_count=2');
    expect(first.status).toBe(200);
    expect(ids(first.json)).toEqual(['c', 'b']);
    const next = first.json.link.find(({ relation }: any) => relation === 'next').url;
    expect(next.startsWith(server.base)).toBe(true);
    const second = await server.get(next);
    expect(ids(second.json)).toEqual(['a']);
    expect(second.json.link.map(({ relation }: any) => relation)).toEqual(['self', 'first', 'previous']);
  });

  it('is asked by POST of a form', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(ids((await server.post('Patient/_search', 'family=brown', form)).json)).toEqual(['b']);
    expect(ids((await server.post('_search?_type=Patient', '_id=c', form)).json)).toEqual(['c']);
    expect(
      (await server.post('Patient/_search', '{"family":"brown"}', { 'content-type': 'application/json' })).status,
    ).toBe(415);
  });

  it('is asked in a compartment and over all types', async () => {
    expect(ids((await server.get('Patient/a/Observation')).json)).toEqual(['o']);
    expect(ids((await server.get('?_id=o')).json)).toEqual(['o']);
  });

  it('is refused with an OperationOutcome that names the parameter', async () => {
    const { status, json } = await server.get('Patient?familly=brown');
    expect(status).toBe(400);
    expect(json).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ code: 'not-supported', expression: ['familly'] }],
    });
    expect(json.issue[0].diagnostics).toContain('family');
  });

  it('leaves out what is unknown for a lenient client', async () => {
    const { json } = await server.get('Patient?familly=brown&_id=a', { prefer: 'handling=lenient' });
    expect(json.entry.map(({ search }: any) => search.mode)).toEqual(['match', 'outcome']);
  });

  it('takes one trip to the database, whatever it includes', async () => {
    const { headers } = await server.get(
      'Patient?_sort=family&_count=1&_total=accurate&_revinclude=Observation:patient',
    );
    expect(headers['server-timing']).toMatch(/trips;desc="?1\b/);
  });
});
