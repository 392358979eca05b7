/** A hospital hands a patient over: records arrive twice, are corrected, and are read by the ward that goes on. */
import { describe, expect, it } from 'vitest';
import { testServer } from '../setup/server.ts';

const server = await testServer();

const AHV = 'urn:oid:2.16.756.5.32';
const PATIENT = 'urn:uuid:0f1e2d3c-0000-4000-8000-000000000001';
const STAY = 'urn:uuid:0f1e2d3c-0000-4000-8000-000000000002';
const DOCTOR = 'urn:uuid:0f1e2d3c-0000-4000-8000-000000000003';

/** What the first hospital sends at discharge; the same message each time it is sent. */
const discharge = {
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    {
      fullUrl: PATIENT,
      resource: {
        resourceType: 'Patient',
        identifier: [{ system: AHV, value: '756.9217.0769.85' }],
        name: [{ use: 'official', family: 'Brändli', given: ['Ueli', 'Jakob'] }],
        gender: 'male',
        birthDate: '1947-08-19',
        address: [{ city: 'Zürich', postalCode: '8006', country: 'CH' }],
      },
      request: { method: 'POST', url: 'Patient', ifNoneExist: `identifier=${AHV}|756.9217.0769.85` },
    },
    {
      fullUrl: DOCTOR,
      resource: {
        resourceType: 'Practitioner',
        identifier: [{ system: 'urn:oid:2.51.1.3', value: '7601000000002' }],
        name: [{ family: 'Okafor', given: ['Ada'] }],
      },
      request: { method: 'PUT', url: 'Practitioner?identifier=urn:oid:2.51.1.3|7601000000002' },
    },
    {
      fullUrl: STAY,
      resource: {
        resourceType: 'Encounter',
        identifier: [{ system: 'http://spital-a.example/falle', value: 'F-2024-118' }],
        status: 'finished',
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
        subject: { reference: PATIENT },
        participant: [{ individual: { reference: DOCTOR } }],
        period: { start: '2024-04-28T14:10:00+02:00', end: '2024-05-02T10:00:00+02:00' },
      },
      request: { method: 'PUT', url: 'Encounter?identifier=http://spital-a.example/falle|F-2024-118' },
    },
    {
      resource: {
        resourceType: 'Condition',
        identifier: [{ system: 'http://spital-a.example/diagnosen', value: 'D-77' }],
        clinicalStatus: {
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
        },
        code: { coding: [{ system: 'http://snomed.info/sct', code: '42343007', display: 'Congestive heart failure' }] },
        subject: { reference: PATIENT },
        encounter: { reference: STAY },
        onsetDateTime: '2024-04',
      },
      request: { method: 'PUT', url: 'Condition?identifier=http://spital-a.example/diagnosen|D-77' },
    },
    {
      resource: {
        resourceType: 'MedicationRequest',
        identifier: [{ system: 'http://spital-a.example/verordnungen', value: 'V-12' }],
        status: 'active',
        intent: 'order',
        medicationCodeableConcept: {
          coding: [{ system: 'http://www.whocc.no/atc', code: 'C03CA04', display: 'torasemide' }],
        },
        subject: { reference: PATIENT },
        requester: { reference: DOCTOR },
        dosageInstruction: [
          {
            doseAndRate: [
              { doseQuantity: { value: 2.5, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' } },
            ],
          },
        ],
      },
      request: { method: 'PUT', url: 'MedicationRequest?identifier=http://spital-a.example/verordnungen|V-12' },
    },
  ],
};

describe('a hospital exchanges records', () => {
  let patient: string;

  it('sends the discharge of a patient who is not known yet', async () => {
    const { status, json } = await server.post('', discharge);
    expect(status).toBe(200);
    expect(json.entry.map((entry: any) => entry.response.status)).toEqual(Array(5).fill('201 Created'));
    patient = /\/(Patient\/[^/]+)\//.exec(json.entry[0].response.location)![1]!;
  });

  it('sends it again, since the line broke before the answer: nothing is doubled, nothing has a new version', async () => {
    const { status, json } = await server.post('', discharge);
    expect(status).toBe(200);
    expect(json.entry.map((entry: any) => entry.response.status)).toEqual(Array(5).fill('200 OK'));
    expect((await server.get(`${patient}/_history`)).json.total).toBe(1);
    expect((await server.get('_history?_summary=count')).json.total).toBe(5);
  });

  it('the ward that goes on finds him by name, however it is spelt, and by birth date', async () => {
    for (const query of [
      'family=brandli',
      'family=Brändli&birthdate=1947',
      'identifier=756.9217.0769.85',
      'address-city=zurich&gender=male',
    ]) {
      const { json } = await server.get(`Patient?${query}`);
      expect(
        json.entry?.map((entry: any) => entry.fullUrl),
        query,
      ).toEqual([`${server.base}/${patient}`]);
    }
  });

  it('and reads his diagnoses with the stay, his medication with who ordered it', async () => {
    const { json } = await server.get(
      `Condition?patient=${patient}&clinical-status=active&_include=Condition:encounter`,
    );
    expect(json.entry.map((entry: any) => [entry.resource.resourceType, entry.search.mode])).toEqual([
      ['Condition', 'match'],
      ['Encounter', 'include'],
    ]);
    const { json: medication, text } = await server.get(
      `MedicationRequest?subject=${patient}&code=http://www.whocc.no/atc|C03CA04&_include=MedicationRequest:requester`,
    );
    expect(medication.entry[1].resource.name[0].family).toBe('Okafor');
    expect(text).toMatch(/"value": ?2\.5\b/);
  });

  it('and sees everything of his compartment', async () => {
    const { json } = await server.get(`${patient}/*`);
    expect(json.entry.map((entry: any) => entry.resource.resourceType).sort()).toEqual([
      'Condition',
      'Encounter',
      'MedicationRequest',
      'Patient',
    ]);
  });

  it('corrects the diagnosis; who has read the old version is told when writing', async () => {
    const { json } = await server.get(`Condition?patient=${patient}`);
    const { resource } = json.entry[0];
    const etag = `W/"${resource.meta.versionId}"`;
    const corrected = { ...resource, onsetDateTime: '2024-03-30' };
    expect((await server.put(`Condition/${resource.id}`, corrected, { 'If-Match': etag })).status).toBe(200);
    expect(
      (await server.put(`Condition/${resource.id}`, { ...resource, onsetDateTime: '2024' }, { 'If-Match': etag }))
        .status,
    ).toBe(412);
    const { json: history } = await server.get(`Condition/${resource.id}/_history`);
    expect(history.entry.map((entry: any) => entry.resource.onsetDateTime)).toEqual(['2024-03-30', '2024-04']);
  });

  it('cannot take the patient away while his record refers to him', async () => {
    const { status, json } = await server.delete(patient);
    expect(status).toBe(409);
    expect(JSON.stringify(json)).toMatch(/Encounter\//);
  });
});
