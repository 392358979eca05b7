/** Prefer: dry-run on every kind of write: everything is done, nothing is kept. */
import { afterEach, describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';
import { rows } from '../../store/postgres.ts';

const server = await testServer();
const DRY = { prefer: 'dry-run' };
const identifier = [{ system: 'http://hospital.example/mrn', value: '4711' }];
const anna = { resourceType: 'Patient', id: 'anna', identifier, name: [{ family: 'Keller', given: ['Anna'] }] };
const visit = {
  resourceType: 'Encounter',
  status: 'finished',
  class: { code: 'AMB' },
  subject: { reference: 'Patient/anna' },
};
await server.put('Patient/anna', anna);
await server.put('Encounter/visit', { ...visit, id: 'visit' });

/** Everything that a write leaves behind, in every table. */
async function everything(): Promise<string> {
  const tables = await rows(
    server.connection,
    `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'x_text' order by 1`,
  );
  const counts = [];
  for (const [table] of tables) {
    const [found] = await rows(
      server.connection,
      `select count(*), coalesce(sum(hashtext(t::text)::bigint), 0) from "${table}" t`,
    );
    counts.push([table, ...found!].join(' '));
  }
  return counts.join('\n');
}

/** Waits until what was written before is numbered, and its words are stored: both are done behind the answers. */
async function settled(): Promise<string> {
  const isBehind = `select (select count(*) from log) < (select count(*) from ver)
    or (select min(seq) from follower) < (select max(seq) from log)`;
  while ((await rows(server.connection, isBehind))[0]![0] === true) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  let before = '';
  for (let now = await everything(); now !== before; now = await everything()) {
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return before;
}

const before = await settled();
afterEach(async () => expect(await everything()).toBe(before));

describe('a rehearsed', () => {
  it('create answers with the resource as it would be stored', async () => {
    const note = {
      ...visit,
      reasonCode: [{ text: 'A word never stored before', coding: [{ system: 'http://x.example', code: 'new-code' }] }],
    };
    const { status, headers, json } = await server.post('Encounter', note, DRY);
    expect([status, headers['preference-applied'], headers.etag]).toEqual([201, 'dry-run', 'W/"1"']);
    expect(headers.location).toBe(`${server.base}/Encounter/${json.id}/_history/1`);
    expect(json).toMatchObject({ ...note, meta: { versionId: '1' } });
    expect((await server.get(`Encounter/${json.id}`)).status).toBe(404);
  });

  it('update answers with the version that would be next, again and again', async () => {
    for (let nth = 1; nth <= 2; nth++) {
      const { status, headers, json } = await server.put('Patient/anna', { ...anna, active: true }, DRY);
      expect([status, headers.etag, json.active]).toEqual([200, 'W/"2"', true]);
    }
    expect((await server.get('Patient/anna')).json.active).toBeUndefined();
  });

  it('update of what is stored already stays at its version', async () => {
    const { headers } = await server.put('Patient/anna', anna, DRY);
    expect([headers.etag, headers['preference-applied']]).toEqual(['W/"1"', 'dry-run']);
  });

  it('update to a new id would create', async () => {
    expect((await server.put('Patient/ben', { resourceType: 'Patient', id: 'ben' }, DRY)).status).toBe(201);
  });

  it('patch answers with what would be stored', async () => {
    const patch = [{ op: 'add', path: '/gender', value: 'female' }];
    const { status, json } = await server.patch('Patient/anna', patch, 'application/json-patch+json', DRY);
    expect([status, json.gender, json.meta.versionId]).toEqual([200, 'female', '2']);
  });

  it('delete is done, and refused where something refers to it', async () => {
    const done = await server.delete('Encounter/visit', DRY);
    expect([done.status, done.headers['preference-applied']]).toEqual([204, 'dry-run']);
    expect((await server.get('Encounter/visit')).status).toBe(200);
    expect((await server.delete('Patient/anna', DRY)).status).toBe(409);
    expect((await server.delete('Patient/nobody', DRY)).status).toBe(204);
  });

  it('conditional create finds what is there, and would create what is not', async () => {
    const found = await server.post('Patient', anna, { ...DRY, 'if-none-exist': 'identifier=4711' });
    expect([found.status, found.json.id]).toEqual([200, 'anna']);
    const other = { ...anna, identifier: [{ system: 'http://hospital.example/mrn', value: '4712' }] };
    expect((await server.post('Patient', other, { ...DRY, 'if-none-exist': 'identifier=4712' })).status).toBe(201);
  });

  it('conditional update, patch and delete take their matches', async () => {
    const { id: _, ...rest } = anna;
    const updated = await server.put('Patient?identifier=4711', { ...rest, active: false }, DRY);
    expect([updated.status, updated.json.id, updated.headers.etag]).toEqual([200, 'anna', 'W/"2"']);
    const patched = await server.patch(
      'Patient?identifier=4711',
      { active: true },
      'application/merge-patch+json',
      DRY,
    );
    expect([patched.status, patched.json.active]).toEqual([200, true]);
    expect((await server.delete('Encounter?subject=Patient/anna', DRY)).status).toBe(204);
    expect((await server.delete('Patient?identifier=4711', DRY)).status).toBe(409);
  });

  it('write with X-Provenance keeps neither', async () => {
    const provenance = {
      resourceType: 'Provenance',
      recorded: '2026-11-21T10:00:00Z',
      agent: [{ who: { display: 'Dr Lee' } }],
    };
    const { status } = await server.put(
      'Patient/anna',
      { ...anna, active: true },
      { ...DRY, 'x-provenance': JSON.stringify(provenance) },
    );
    expect(status).toBe(200);
  });

  it('SearchParameter is not announced', async () => {
    const parameter = {
      resourceType: 'SearchParameter',
      url: 'http://hospital.example/ward',
      name: 'Ward',
      status: 'active',
      description: 'Ward',
      code: 'ward',
      base: ['Patient'],
      type: 'string',
      expression: 'Patient.address.district',
    };
    expect((await server.post('SearchParameter', parameter, DRY)).status).toBe(201);
    expect((await server.get('Patient?ward=x')).status).toBe(400);
  });
});

describe('what would refuse a write refuses its rehearsal', () => {
  it.each([
    ['a broken structure', 400, () => server.post('Patient', { resourceType: 'Patient', gendre: 'x' }, DRY)],
    ['an id that is another one', 400, () => server.put('Patient/ben', anna, DRY)],
    ['a version that is not current', 412, () => server.put('Patient/anna', anna, { ...DRY, 'if-match': 'W/"7"' })],
    ['a resource that is there', 412, () => server.put('Patient/anna', anna, { ...DRY, 'if-none-match': '*' })],
    [
      'a patch of nothing',
      404,
      () => server.patch('Patient/nobody', { active: true }, 'application/merge-patch+json', DRY),
    ],
  ])('%s with %i', async (_what, status, send) => expect((await send()).status).toBe(status));
});

describe('a rehearsed Bundle', () => {
  const entry = (method: string, url: string, resource?: object, fullUrl?: string) => ({
    fullUrl,
    resource,
    request: { method, url },
  });
  const bundle = (type: string, ...entries: object[]) => ({ resourceType: 'Bundle', type, entry: entries });
  const statuses = ({ json }: any) => json.entry.map((one: any) => one.response.status.slice(0, 3));

  it('of type transaction resolves links, keeps the order of its verbs, and reads what it would write', async () => {
    const child = { resourceType: 'Patient', link: [{ other: { reference: 'Patient/anna' }, type: 'seealso' }] };
    const urn = 'urn:uuid:0f7d4f3c-8c53-4a44-9f0e-0c3f8a0e2b11';
    const sent = bundle(
      'transaction',
      entry('POST', 'Patient', child, urn),
      entry('POST', 'Encounter', { ...visit, subject: { reference: urn } }),
      entry('PUT', 'Patient/anna', { ...anna, active: true }),
      entry('GET', 'Patient/anna'),
      entry('DELETE', 'Encounter/visit'),
    );
    const reply = await server.post('', sent, { prefer: 'dry-run, return=representation' });
    expect([reply.status, reply.headers['preference-applied']]).toEqual([200, 'dry-run']);
    expect(statuses(reply)).toEqual(['201', '201', '200', '200', '204']);
    const [created, encounter, , read] = reply.json.entry;
    expect(encounter.resource.subject.reference).toBe(`Patient/${created.resource.id}`);
    expect(read.resource).toMatchObject({ active: true, meta: { versionId: '2' } });
  });

  it('of type transaction with many creates leaves nothing either', async () => {
    const creates = Array.from({ length: 120 }, (_, n) =>
      entry('POST', 'Patient', { ...anna, id: undefined, name: [{ family: `Family ${n}` }] }),
    );
    expect(new Set(statuses(await server.post('', bundle('transaction', ...creates), DRY)))).toEqual(new Set(['201']));
  });

  it('of type transaction is refused where one entry is', async () => {
    const sent = bundle('transaction', entry('POST', 'Patient', anna), entry('DELETE', 'Patient/anna'));
    const { status, json } = await server.post('', sent, DRY);
    expect([status, json.issue[0].expression]).toEqual([409, ['Bundle.entry[1].request']]);
  });

  it('of type batch answers each entry as if it were alone', async () => {
    const sent = bundle(
      'batch',
      entry('POST', 'Patient', anna),
      entry('PUT', 'Patient/x', anna),
      entry('DELETE', 'Encounter/visit'),
      entry('GET', 'Encounter/visit'),
    );
    const reply = await server.post('', sent, DRY);
    expect([statuses(reply), reply.headers['preference-applied']]).toEqual([['201', '400', '204', '200'], 'dry-run']);
  });
});

describe('rehearsals beside each other', () => {
  it('neither disturb each other nor what is really written', async () => {
    const conditional = (headers: Record<string, string>, value: string) =>
      server.post(
        'Patient',
        { ...anna, identifier: [{ value }] },
        { ...headers, 'if-none-exist': `identifier=${value}` },
      );
    const replies = await Promise.all(Array.from({ length: 24 }, () => conditional(DRY, 'rehearsed')));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(replies.map(({ json }) => json.id)).size).toBe(24);
    const updates = await Promise.all(
      Array.from({ length: 24 }, (_, n) =>
        server.put('Patient/anna', { ...anna, multipleBirthInteger: n }, { ...DRY, 'if-match': 'W/"1"' }),
      ),
    );
    expect(new Set(updates.map(({ status, headers }) => `${status} ${headers.etag}`))).toEqual(new Set(['200 W/"2"']));
  });
});

it('means nothing to a read', async () => {
  const { status, headers } = await server.get('Patient/anna', DRY);
  expect([status, headers['preference-applied']]).toEqual([200, undefined]);
});
