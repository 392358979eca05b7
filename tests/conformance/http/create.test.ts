/** https://hl7.org/fhir/R4/http.html#create */
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer();

const anna = {
  resourceType: 'Patient',
  identifier: [{ system: 'http://hospital.example/mrn', value: 'C-1001' }],
  name: [{ family: 'Keller', given: ['Anna', 'Maria'] }],
  gender: 'female',
  birthDate: '1984-03-05',
};

describe('a create', () => {
  it('answers 201 with Location, ETag, Last-Modified and the resource as it is stored', async () => {
    const { status, headers, json } = await server.post('Patient', anna);
    expect(status).toBe(201);
    expect(json).toMatchObject({ ...anna, meta: { versionId: '1' } });
    expect(headers.location).toBe(`${server.base}/Patient/${json.id}/_history/1`);
    expect(headers.etag).toBe('W/"1"');
    expect(headers['last-modified']).toBe(new Date(json.meta.lastUpdated).toUTCString());
    expect(headers['content-type']).toBe('application/fhir+json; charset=utf-8');
  });

  it('can be read at once', async () => {
    const created = await server.post('Patient', anna);
    const found = await server.get(`Patient/${created.json.id}`);
    expect(found.status).toBe(200);
    expect(found.json).toEqual(created.json);
    expect(found.headers.etag).toBe(created.headers.etag);
  });

  it('chooses the id and the version itself, whatever the body says', async () => {
    const { json } = await server.post('Patient', {
      ...anna,
      id: 'mine',
      meta: { versionId: '77', lastUpdated: '2001-01-01T00:00:00Z' },
    });
    expect(json.id).not.toBe('mine');
    expect(json.meta.versionId).toBe('1');
    expect(Date.parse(json.meta.lastUpdated)).toBeGreaterThan(Date.parse('2020-01-01'));
    expect((await server.get('Patient/mine')).status).toBe(404);
  });

  it('gives ids that grow with time', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await server.post('Patient', anna)).json.id);
    expect([...ids].sort()).toEqual(ids);
  });

  it('keeps tags, profiles and security labels of the client', async () => {
    const meta = {
      profile: ['http://hospital.example/StructureDefinition/inpatient'],
      security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }],
      tag: [{ system: 'http://hospital.example/ward', code: '3' }],
    };
    expect((await server.post('Patient', { ...anna, meta })).json.meta).toMatchObject(meta);
  });

  it('returns no body for return=minimal, but its headers', async () => {
    const { status, headers, text } = await server.post('Patient', anna, { Prefer: 'return=minimal' });
    expect({ status, text }).toEqual({ status: 201, text: '' });
    expect(headers).toMatchObject({
      etag: 'W/"1"',
      location: expect.stringContaining('/_history/1'),
      'last-modified': expect.any(String),
    });
  });

  it('says what it did for return=OperationOutcome', async () => {
    const { status, json } = await server.post('Patient', anna, { Prefer: 'return=OperationOutcome' });
    expect(status).toBe(201);
    expect(json).toMatchObject({ resourceType: 'OperationOutcome' });
    const [said, ...warned] = json.issue;
    expect(said).toMatchObject({
      severity: 'information',
      details: { text: expect.stringContaining('Created Patient/') },
    });
    expect(warned).toContainEqual(expect.objectContaining({ severity: 'warning', expression: ['Patient'] }));
  });

  it('stores every R4 type, whether or not it has rules of its own', async () => {
    const { status } = await server.post('ImmunizationEvaluation', {
      resourceType: 'ImmunizationEvaluation',
      status: 'completed',
      patient: { reference: 'Patient/anna' },
      targetDisease: { text: 'Measles' },
      immunizationEvent: { reference: 'Immunization/1' },
      doseStatus: { text: 'valid' },
    });
    expect(status).toBe(201);
  });

  it('lets a laboratory send a result before its patient', async () => {
    const result = {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'Sodium' },
      subject: { reference: 'Patient/not-yet' },
    };
    expect((await server.post('Observation', result)).status).toBe(201);
  });
});

describe('a create is refused', () => {
  it('with 400 and every element that is wrong', async () => {
    const { status, json } = await server.post('Patient', {
      resourceType: 'Patient',
      birthDate: '2021-02-29',
      nmae: [{ family: 'Keller' }],
      contact: [{ gender: 'f', name: { text: 'Keller' } }],
    });
    expect(status).toBe(400);
    expect(json.resourceType).toBe('OperationOutcome');
    expect(json.issue.map((issue: any) => issue.expression[0]).sort()).toEqual([
      'Patient.birthDate',
      'Patient.contact[0].gender',
      'Patient.nmae',
    ]);
  });

  it.each([
    ['an empty object', { resourceType: 'Patient', name: [{}] }, 'Patient.name[0]'],
    ['an empty array', { resourceType: 'Patient', name: [] }, 'Patient.name'],
    ['null', { resourceType: 'Patient', gender: null }, 'Patient.gender'],
    ['one value where a list stands', { resourceType: 'Patient', name: { family: 'Keller' } }, 'Patient.name'],
    ['a list where one value stands', { resourceType: 'Patient', gender: ['female'] }, 'Patient.gender'],
    [
      'two choices of one element',
      { resourceType: 'Patient', deceasedBoolean: true, deceasedDateTime: '2024-01-01' },
      'Patient.deceased',
    ],
    [
      'a required element that is missing',
      { resourceType: 'Observation', code: { text: 'Weight' } },
      'Observation.status',
    ],
    ['a number as text', { resourceType: 'Patient', multipleBirthInteger: '2' }, 'Patient.multipleBirth'],
    ['a code that is none', { resourceType: 'Patient', gender: 'xx' }, 'Patient.gender'],
    ['an empty string', { resourceType: 'Patient', name: [{ family: '' }] }, 'Patient.name[0].family'],
    [
      'a reference to a wrong type',
      {
        resourceType: 'Observation',
        status: 'final',
        code: { text: 'Weight' },
        subject: { reference: 'Medication/1' },
      },
      'Observation.subject',
    ],
  ])('where it has %s', async (_what, resource, place) => {
    const { status, json } = await server.post(resource.resourceType, resource);
    expect(status).toBe(400);
    expect(json.issue[0].expression[0]).toMatch(new RegExp(`^${RegExp.escape(place)}`));
    expect(json.issue[0].details.coding[0].system).toBe('urn:vesta:fault');
  });

  it('with 400 where the body is of another type than the URL', async () => {
    const { status, json } = await server.post('Patient', { resourceType: 'Practitioner' });
    expect(status).toBe(400);
    expect(json.issue[0].details.text).toBe('The body is a Practitioner, but the URL asks for a Patient.');
  });

  it.each([
    ['patient', 'Did you mean Patient? Names of types are case-sensitive.'],
    ['Pateint', expect.any(String)],
    ['Resource', expect.any(String)],
    ['DomainResource', expect.any(String)],
  ])('with 404 for the type %s', async (type, hint) => {
    const { status, json } = await server.post(type, anna);
    expect(status).toBe(404);
    expect(json).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ diagnostics: hint }] });
  });

  it('with 400 where it has a query, which would do nothing', async () => {
    expect((await server.post('Patient?identifier=C-1001', anna)).status).toBe(400);
  });

  it('and nothing is left of it', async () => {
    const before = await server.get('Basic/_history?_summary=count');
    await server.post('Basic', { resourceType: 'Basic', code: { text: 'x' }, subject: 'Patient/1' });
    expect((await server.get('Basic/_history?_summary=count')).json.total).toBe(before.json.total);
  });
});
