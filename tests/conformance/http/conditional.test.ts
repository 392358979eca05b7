/** https://hl7.org/fhir/R4/http.html#ccreate, #cond-update, #3.1.0.7.1 (conditional delete), #patch */
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer();

const MRN = 'http://hospital.example/mrn';
let numbers = 1000;

/** A record number that nobody has yet, and the criteria that ask for it. */
function mrn() {
  const value = `C-${++numbers}`;
  return {
    value,
    criteria: `identifier=${MRN}|${value}`,
    query: `Patient?identifier=${encodeURIComponent(`${MRN}|${value}`)}`,
  };
}

const patient = (value: string, changes: object = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: MRN, value }],
  name: [{ family: 'Keller' }],
  ...changes,
});

describe('a conditional create', () => {
  it('creates where nothing matches', async () => {
    const { value, criteria } = mrn();
    expect((await server.post('Patient', patient(value), { 'If-None-Exist': criteria })).status).toBe(201);
  });

  it('returns the one that matches, and creates nothing', async () => {
    const { value, criteria } = mrn();
    const first = await server.post('Patient', patient(value));
    const { status, headers, json } = await server.post('Patient', patient(value, { gender: 'female' }), {
      'If-None-Exist': criteria,
    });
    expect(status).toBe(200);
    expect(json).toEqual(first.json);
    expect(headers).toMatchObject({ etag: 'W/"1"', location: first.headers.location });
  });

  it('takes the criteria with a question mark and a type before them too', async () => {
    const { value, criteria } = mrn();
    const first = await server.post('Patient', patient(value));
    for (const given of [`?${criteria}`, `Patient?${criteria}`, criteria.replace('|', '%7C')]) {
      const { status, json } = await server.post('Patient', patient(value), { 'If-None-Exist': given });
      expect(status).toBe(200);
      expect(json.id).toBe(first.json.id);
    }
  });

  it('answers 412 where several match, and creates nothing', async () => {
    const { value, criteria, query } = mrn();
    await server.post('Patient', patient(value));
    await server.post('Patient', patient(value));
    const { status, json } = await server.post('Patient', patient(value), { 'If-None-Exist': criteria });
    expect(status).toBe(412);
    expect(json.issue[0].code).toBe('multiple-matches');
    expect((await server.get(`${query}&_total=accurate`)).json.total).toBe(2);
  });

  it('does not match what was deleted', async () => {
    const { value, criteria } = mrn();
    const { json } = await server.post('Patient', patient(value));
    await server.delete(`Patient/${json.id}`);
    expect((await server.post('Patient', patient(value), { 'If-None-Exist': criteria })).status).toBe(201);
  });

  it('does not match what had the identity once and has another now', async () => {
    const { value, criteria } = mrn();
    const { json } = await server.post('Patient', patient(value));
    await server.put(`Patient/${json.id}`, patient('moved', { id: json.id }));
    expect((await server.post('Patient', patient(value), { 'If-None-Exist': criteria })).status).toBe(201);
  });

  it('matches by any criteria that search knows', async () => {
    const { value } = mrn();
    await server.post('Patient', patient(value, { name: [{ family: 'Żeromska' }], birthDate: '1951-10-14' }));
    const { status } = await server.post('Patient', patient(value), {
      'If-None-Exist': 'family=zeromska&birthdate=1951-10-14',
    });
    expect(status).toBe(200);
  });

  it.each([
    '',
    '_count=1',
    'identifier=',
    'unknown=1',
    'brithdate=1951-10-14',
    'birthdate=yesterday',
    'family:like=K',
    'Person?family=Keller',
  ])('is refused for criteria that were not understood: %j', async (criteria) => {
    const before = (await server.get('Patient/_history?_summary=count')).json.total;
    for (const handling of ['strict', 'lenient']) {
      expect(
        (await server.post('Patient', patient('x'), { 'If-None-Exist': criteria, Prefer: `handling=${handling}` }))
          .status,
      ).toBe(400);
    }
    expect((await server.get('Patient/_history?_summary=count')).json.total).toBe(before);
  });

  it('checks the content also where it would not be stored', async () => {
    const { value, criteria } = mrn();
    await server.post('Patient', patient(value));
    expect((await server.post('Patient', patient(value, { gender: 'xx' }), { 'If-None-Exist': criteria })).status).toBe(
      400,
    );
  });
});

describe('a conditional update', () => {
  it('creates where nothing matches: the server chooses the id', async () => {
    const { value, query } = mrn();
    const { status, json, headers } = await server.put(query, patient(value));
    expect(status).toBe(201);
    expect(headers.location).toBe(`${server.base}/Patient/${json.id}/_history/1`);
  });

  it('creates under the id in the body where nothing matches', async () => {
    const { value, query } = mrn();
    const { status, json } = await server.put(query, patient(value, { id: 'chosen' }));
    expect(status).toBe(201);
    expect(json.id).toBe('chosen');
  });

  it('answers 409 where nothing matches and the id in the body is taken', async () => {
    const { value, query } = mrn();
    await server.put('Patient/taken', patient('other', { id: 'taken' }));
    const { status } = await server.put(query, patient(value, { id: 'taken' }));
    expect(status).toBe(409);
    expect((await server.get('Patient/taken')).json.identifier[0].value).toBe('other');
  });

  it('makes the next version of the one that matches, with or without its id in the body', async () => {
    const { value, query } = mrn();
    const { json: first } = await server.put(query, patient(value));
    const second = await server.put(query, patient(value, { gender: 'female' }));
    expect(second.status).toBe(200);
    expect(second.json).toMatchObject({ id: first.id, gender: 'female', meta: { versionId: '2' } });
    const third = await server.put(query, patient(value, { id: first.id, gender: 'male' }));
    expect(third.json.meta.versionId).toBe('3');
  });

  it('makes no version of the same content', async () => {
    const { value, query } = mrn();
    await server.put(query, patient(value));
    const { status, headers } = await server.put(query, patient(value));
    expect(status).toBe(200);
    expect(headers.etag).toBe('W/"1"');
  });

  it('answers 400 where the one that matches has another id than the body', async () => {
    const { value, query } = mrn();
    await server.put(query, patient(value));
    const { status, json } = await server.put(query, patient(value, { id: 'somebody-else' }));
    expect(status).toBe(400);
    expect(json.issue[0].expression).toEqual(['Patient.id']);
  });

  it('answers 412 where several match', async () => {
    const { value, query } = mrn();
    await server.post('Patient', patient(value));
    await server.post('Patient', patient(value));
    expect((await server.put(query, patient(value))).status).toBe(412);
  });

  it('obeys If-Match', async () => {
    const { value, query } = mrn();
    await server.put(query, patient(value));
    expect((await server.put(query, patient(value, { gender: 'male' }), { 'If-Match': 'W/"4"' })).status).toBe(412);
    expect((await server.put(query, patient(value, { gender: 'male' }), { 'If-Match': 'W/"1"' })).status).toBe(200);
  });

  it.each(['Patient?unknown=1', 'Patient?identifier=', 'Patient?_format=json', 'Patient?_count=1'])(
    'is refused for %s',
    async (path) => {
      expect((await server.put(path, patient('x'))).status).toBe(400);
    },
  );
});

describe('a conditional delete', () => {
  it('deletes the one that matches', async () => {
    const { value, query } = mrn();
    const { json } = await server.post('Patient', patient(value));
    expect((await server.delete(query)).status).toBe(204);
    expect((await server.get(`Patient/${json.id}`)).status).toBe(410);
  });

  it('of nothing answers 204', async () => {
    expect((await server.delete(mrn().query)).status).toBe(204);
  });

  it('answers 412 where several match, and deletes none', async () => {
    const { value, query } = mrn();
    await server.post('Patient', patient(value));
    await server.post('Patient', patient(value));
    const { status, json } = await server.delete(query);
    expect(status).toBe(412);
    expect(json.issue[0].code).toBe('multiple-matches');
    expect((await server.get(query)).json.entry).toHaveLength(2);
  });

  it('deletes as many as _count allows, or none where there are more', async () => {
    const { value, query } = mrn();
    for (let i = 0; i < 3; i++) await server.post('Patient', patient(value));
    expect((await server.delete(`${query}&_count=2`)).status).toBe(400);
    expect((await server.get(query)).json.entry).toHaveLength(3);
    const { status, json } = await server.delete(`${query}&_count=3`, { Prefer: 'return=OperationOutcome' });
    expect(status).toBe(200);
    expect(json.issue[0].details.text).toBe('Deleted 3 of Patient.');
    expect((await server.get(query)).json.entry).toBeUndefined();
  });

  it('is refused where somebody refers to a match, and deletes none', async () => {
    const { value, query } = mrn();
    const { json } = await server.post('Patient', patient(value));
    await server.post('Account', {
      resourceType: 'Account',
      status: 'active',
      subject: [{ reference: `Patient/${json.id}` }],
    });
    await server.post('Patient', patient(value));
    expect((await server.delete(`${query}&_count=5`)).status).toBe(409);
    expect((await server.get(query)).json.entry).toHaveLength(2);
  });

  it.each([
    'Patient',
    'Patient?',
    'Patient?_count=5',
    'Patient?unknown=1',
    'Patient?family=',
    'Patient?family=Keller&_count=0',
    'Patient?family=Keller&_count=all',
    'Patient?family=Keller&_count=100000',
  ])('is refused where it would delete more than was meant: %s', async (path) => {
    const before = (await server.get('Patient/_history?_summary=count')).json.total;
    for (const prefer of [{}, { Prefer: 'handling=lenient' }])
      expect((await server.delete(path, prefer as Record<string, string>)).status).toBe(400);
    expect((await server.get('Patient/_history?_summary=count')).json.total).toBe(before);
  });
});

describe('a conditional patch', () => {
  const MERGE_PATCH = 'application/merge-patch+json';

  it('patches the one that matches', async () => {
    const { value, query } = mrn();
    await server.post('Patient', patient(value));
    const { status, json } = await server.patch(query, { gender: 'other' }, MERGE_PATCH);
    expect(status).toBe(200);
    expect(json).toMatchObject({ gender: 'other', meta: { versionId: '2' } });
  });

  it('answers 404 where none does, 412 where several do', async () => {
    const { value, query } = mrn();
    expect((await server.patch(query, { gender: 'other' }, MERGE_PATCH)).status).toBe(404);
    await server.post('Patient', patient(value));
    await server.post('Patient', patient(value));
    expect((await server.patch(query, { gender: 'other' }, MERGE_PATCH)).status).toBe(412);
  });

  it('is refused without criteria', async () => {
    expect((await server.patch('Patient', { gender: 'other' }, MERGE_PATCH)).status).toBe(400);
  });
});
