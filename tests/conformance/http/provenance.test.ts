/** https://hl7.org/fhir/R4/provenance.html: the X-Provenance header */
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer();

const MRN = 'http://hospital.example/mrn';
const MERGE_PATCH = 'application/merge-patch+json';

let numbers = 0;
const unique = () => `prov-${++numbers}`;
const patient = (value: string, more: object = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: MRN, value }],
  name: [{ family: 'Keller' }],
  ...more,
});

const provenance = (more: object = {}) => ({
  resourceType: 'Provenance',
  recorded: '2026-11-21T10:00:00.000Z',
  agent: [{ who: { display: 'Dr. Okafor' } }],
  ...more,
});
const header = (content: unknown = provenance()) => ({
  'X-Provenance': typeof content === 'string' ? content : JSON.stringify(content),
});

/** What is stored about one resource. */
async function about(path: string): Promise<any[]> {
  const { json } = await server.get(`Provenance?target=${path}`);
  return (json.entry ?? []).map((entry: any) => entry.resource);
}
const total = async () => (await server.get('Provenance?_summary=count')).json.total;

describe('a write with X-Provenance', () => {
  it('stores the Provenance of the version that a create made', async () => {
    const { status, json, headers } = await server.post('Patient', patient(unique()), header());
    expect(status).toBe(201);
    expect(headers.location).toBe(`${server.base}/Patient/${json.id}/_history/1`);
    const [stored, ...others] = await about(`Patient/${json.id}`);
    expect(others).toEqual([]);
    expect(stored).toMatchObject({ ...provenance(), target: [{ reference: `Patient/${json.id}/_history/1` }] });
    expect(stored.meta.versionId).toBe('1');
  });

  it('stores one for each version that an update makes, also under a new id', async () => {
    const id = unique();
    expect((await server.put(`Patient/${id}`, { ...patient(id), id }, header())).status).toBe(201);
    expect((await server.put(`Patient/${id}`, { ...patient(id), id, active: true }, header())).status).toBe(200);
    const targets = (await about(`Patient/${id}`)).map(({ target }) => target[0].reference).sort();
    expect(targets).toEqual([`Patient/${id}/_history/1`, `Patient/${id}/_history/2`]);
  });

  it('names the version by which an update brings a resource back', async () => {
    const id = unique();
    await server.put(`Patient/${id}`, { ...patient(id), id });
    await server.delete(`Patient/${id}`);
    expect((await server.put(`Patient/${id}`, { ...patient(id), id }, header())).status).toBe(201);
    expect((await about(`Patient/${id}`))[0].target).toEqual([{ reference: `Patient/${id}/_history/3` }]);
  });

  it('stores none where the update changes nothing', async () => {
    const id = unique();
    await server.put(`Patient/${id}`, { ...patient(id), id });
    const { status, headers } = await server.put(`Patient/${id}`, { ...patient(id), id }, header());
    expect({ status, etag: headers.etag }).toEqual({ status: 200, etag: 'W/"1"' });
    expect(await about(`Patient/${id}`)).toEqual([]);
  });

  it('stores it with a patch', async () => {
    const id = unique();
    await server.put(`Patient/${id}`, { ...patient(id), id });
    const { status } = await server.patch(`Patient/${id}`, { gender: 'female' }, MERGE_PATCH, header());
    expect(status).toBe(200);
    expect((await about(`Patient/${id}`))[0].target).toEqual([{ reference: `Patient/${id}/_history/2` }]);
  });

  it('stores it with a conditional create, update and patch, but not where a create finds its resource', async () => {
    const value = unique();
    const criteria = `identifier=${MRN}|${value}`;
    const created = await server.post('Patient', patient(value), { ...header(), 'If-None-Exist': criteria });
    const found = await server.post('Patient', patient(value), { ...header(), 'If-None-Exist': criteria });
    const updated = await server.put(`Patient?${criteria}`, patient(value, { active: true }), header());
    const patched = await server.patch(`Patient?${criteria}`, { gender: 'male' }, MERGE_PATCH, header());
    expect([created, found, updated, patched].map(({ status }) => status)).toEqual([201, 200, 200, 200]);
    const targets = (await about(`Patient/${created.json.id}`)).map(({ target }) => target[0].reference).sort();
    expect(targets).toEqual([1, 2, 3].map((version) => `Patient/${created.json.id}/_history/${version}`));
  });

  it('creates by a conditional update under a new id, or under the one in the body where that is free', async () => {
    const [value, id] = [unique(), unique()];
    const fresh = await server.put(`Patient?identifier=${MRN}|${value}`, patient(value), header());
    expect(fresh.status).toBe(201);
    expect(await about(`Patient/${fresh.json.id}`)).toHaveLength(1);
    const chosen = await server.put(`Patient?identifier=${MRN}|${id}`, { ...patient(id), id }, header());
    expect(chosen).toMatchObject({ status: 201, json: { id } });
    const taken = await server.put(`Patient?identifier=${MRN}|${unique()}`, { ...patient(id), id }, header());
    expect(taken.status).toBe(409);
    expect(await about(`Patient/${id}`)).toHaveLength(1);
  });

  it('keeps letters beyond ASCII, whether they are escaped or sent as UTF-8', async () => {
    const who = JSON.stringify(provenance({ agent: [{ who: { display: 'Dr. Łucja Müller' } }] }));
    const escaped = who.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    for (const text of [escaped, Buffer.from(who, 'utf8').toString('latin1')]) {
      const body = JSON.stringify(patient(unique()));
      const headers = { 'Content-Type': 'application/fhir+json', ...header(text) };
      // fetch sends the bytes of a header as they are.
      const reply = await fetch(`${server.base}/Patient`, { method: 'POST', body, headers });
      const { id } = (await reply.json()) as { id: string };
      expect((await about(`Patient/${id}`))[0].agent[0].who.display).toBe('Dr. Łucja Müller');
    }
  });

  it('obeys If-Match and If-None-Match', async () => {
    const id = unique();
    const put = (headers: Record<string, string>, more: object) =>
      server.put(`Patient/${id}`, { ...patient(id), id, ...more }, { ...header(), ...headers });
    expect((await put({ 'If-None-Match': '*' }, {})).status).toBe(201);
    expect((await put({ 'If-None-Match': '*' }, { active: true })).status).toBe(412);
    expect((await put({ 'If-Match': 'W/"1"' }, { active: true })).status).toBe(200);
    expect((await put({ 'If-Match': 'W/"1"' }, { active: false })).status).toBe(412);
    const patched = await server.patch(`Patient/${id}`, {}, MERGE_PATCH, { ...header(), 'If-Match': 'W/"1"' });
    expect(patched.status).toBe(412);
    expect(await about(`Patient/${id}`)).toHaveLength(2);
  });

  it('stores one Provenance for each of many parallel updates', async () => {
    const id = unique();
    const replies = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        server.put(`Patient/${id}`, { ...patient(id), id, name: [{ family: `Keller ${i}` }] }, header()),
      ),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([...Array(15).fill(200), 201]);
    const targets = (await about(`Patient/${id}`)).map(({ target }) => target[0].reference);
    expect(new Set(targets).size).toBe(16);
  });

  it('creates one resource of many parallel conditional creates, and one Provenance', async () => {
    const value = unique();
    const headers = { ...header(), 'If-None-Exist': `identifier=${MRN}|${value}` };
    const replies = await Promise.all(
      Array.from({ length: 16 }, () => server.post('Patient', patient(value), headers)),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([...Array(15).fill(200), 201]);
    expect(await about(`Patient/${replies[0]!.json.id}`)).toHaveLength(1);
  });
});

describe('X-Provenance is refused, and nothing is stored', () => {
  it.each([
    ['it is no JSON', '{"resourceType":', undefined],
    ['it is empty', '', undefined],
    ['it is a list', '[]', undefined],
    ['it is another resource', JSON.stringify(patient('x')), 'resourceType'],
    ['it names a target', JSON.stringify(provenance({ target: [{ reference: 'Patient/1' }] })), 'Provenance.target'],
    ['it lacks what is mandatory', JSON.stringify(provenance({ agent: undefined })), 'Provenance.agent'],
    ['it has a wrong value', JSON.stringify(provenance({ recorded: 'yesterday' })), 'Provenance.recorded'],
    [
      'it has a conditional reference',
      JSON.stringify(provenance({ agent: [{ who: { reference: 'Practitioner?identifier=7' } }] })),
      'Provenance.agent[0].who',
    ],
  ])('where %s', async (_reason, text, expression) => {
    const before = await total();
    const id = unique();
    const { status, json } = await server.put(`Patient/${id}`, { ...patient(id), id }, header(text));
    expect(status).toBe(400);
    expect(json.issue[0].details.text).toMatch(/^X-Provenance: /);
    if (expression !== undefined) expect(json.issue[0].expression).toEqual([expression]);
    expect((await server.get(`Patient/${id}`)).status).toBe(404);
    expect(await total()).toBe(before);
  });

  it('where the resource itself is wrong', async () => {
    const before = await total();
    expect((await server.post('Patient', patient(unique(), { gender: 'x' }), header())).status).toBe(400);
    expect(await total()).toBe(before);
  });

  it('with a delete, which would leave it without a target', async () => {
    const id = unique();
    await server.put(`Patient/${id}`, { ...patient(id), id });
    expect((await server.delete(`Patient/${id}`, header())).status).toBe(400);
    expect((await server.get(`Patient/${id}`)).status).toBe(200);
  });

  it('with a batch or transaction, where it can be an entry', async () => {
    for (const type of ['batch', 'transaction']) {
      const bundle = {
        resourceType: 'Bundle',
        type,
        entry: [{ resource: patient(unique()), request: { method: 'POST', url: 'Patient' } }],
      };
      const { status, json } = await server.post('', bundle, header());
      expect(status).toBe(400);
      expect(json.issue[0].diagnostics).toContain('entry');
    }
  });
});
