/** Includes, compartments, chains. https://hl7.org/fhir/R4/search.html#include, #chaining, #has */
import { describe, expect, it } from 'vitest';
import { faultFrom } from '../setup/fault.ts';
import { entriesOf, matchesOf, pagesOf, searching } from './searching.ts';

const ref = (reference: string) => ({ reference });
const observation = (id: string, subject: string, code: string, more: object = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code }] },
  subject: ref(subject),
  ...more,
});

const search = await searching([
  { resourceType: 'Organization', id: 'north', name: 'North Clinic', address: [{ city: 'Seattle' }] },
  { resourceType: 'Organization', id: 'south', name: 'South Clinic', partOf: ref('Organization/north') },
  { resourceType: 'Organization', id: 'ward', name: 'Ward', partOf: ref('Organization/south') },
  { resourceType: 'Practitioner', id: 'bell', name: [{ family: 'Bell' }] },
  {
    resourceType: 'Patient',
    id: 'ann',
    name: [{ family: 'Smith' }],
    gender: 'female',
    managingOrganization: ref('Organization/north'),
    generalPractitioner: [ref('Practitioner/bell')],
  },
  {
    resourceType: 'Patient',
    id: 'bob',
    name: [{ family: 'Smith' }],
    gender: 'male',
    managingOrganization: ref('Organization/south'),
  },
  { resourceType: 'Patient', id: 'cyd', name: [{ family: 'Jones' }], gender: 'female' },
  observation('o-ann', 'Patient/ann', '8480-6', {
    performer: [ref('Practitioner/bell'), ref('Organization/north')],
    encounter: ref('Encounter/e1'),
  }),
  observation('o-ann-2', 'Patient/ann/_history/1', '29463-7'),
  observation('o-bob', 'Patient/bob', '8480-6', { hasMember: [ref('Observation/o-ann')] }),
  observation('o-else', 'http://other.example/fhir/Patient/ann', '8480-6'),
  observation('o-gone', 'Patient/nobody', '8480-6'),
  {
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    class: { code: 'AMB' },
    subject: ref('Patient/ann'),
    participant: [{ individual: ref('Practitioner/bell') }],
  },
  {
    resourceType: 'DiagnosticReport',
    id: 'report',
    status: 'final',
    code: { text: 'Panel' },
    subject: ref('Patient/ann'),
    result: [ref('Observation/o-ann')],
  },
  {
    resourceType: 'MedicationRequest',
    id: 'rx',
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: { text: 'Aspirin' },
    subject: ref('Patient/ann'),
  },
  {
    resourceType: 'MedicationDispense',
    id: 'dispense',
    status: 'completed',
    medicationCodeableConcept: { text: 'Aspirin' },
    subject: ref('Patient/ann'),
    authorizingPrescription: [ref('MedicationRequest/rx')],
  },
  {
    resourceType: 'Group',
    id: 'g1',
    type: 'person',
    actual: true,
    member: [{ entity: ref('Patient/ann') }, { entity: ref('Patient/cyd') }],
  },
  { resourceType: 'Device', id: 'cuff', patient: ref('Patient/ann') },
  observation('o-device', 'Device/cuff', '8480-6'),
  { resourceType: 'RelatedPerson', id: 'mother', patient: ref('Patient/ann') },
  {
    resourceType: 'Provenance',
    id: 'prov',
    target: [ref('Observation/o-ann')],
    recorded: '2024-01-01T00:00:00Z',
    agent: [{ who: ref('RelatedPerson/mother') }],
  },
]);

const included = async (url: string) =>
  entriesOf(await search.bundle(url), 'include')
    .map(({ resourceType, id }) => `${resourceType}/${id}`)
    .sort();

describe('_include and _revinclude', () => {
  it.each([
    ['Observation?_id=o-ann&_include=Observation:subject', ['Patient/ann']],
    ['Observation?_id=o-ann&_include=Observation:subject:Patient', ['Patient/ann']],
    ['Observation?_id=o-ann&_include=Observation:subject:Device', []],
    ['Observation?_id=o-ann&_include=Observation:patient', ['Patient/ann']],
    ['Observation?_id=o-ann-2&_include=Observation:subject', ['Patient/ann']],
    ['Observation?_id=o-bob&_include=Observation:subject', ['Patient/bob']],
    ['Observation?_id=o-else&_include=Observation:subject', []],
    ['Observation?_id=o-gone&_include=Observation:subject', []],
    ['Observation?_id=o-ann&_include=Observation:performer', ['Organization/north', 'Practitioner/bell']],
    ['Observation?_id=o-ann&_include=Observation:performer:Practitioner', ['Practitioner/bell']],
    [
      'Observation?_id=o-ann&_include=Observation:subject&_include=Observation:encounter',
      ['Encounter/e1', 'Patient/ann'],
    ],
    ['Observation?_id=o-ann&_include=*', ['Encounter/e1', 'Organization/north', 'Patient/ann', 'Practitioner/bell']],
    [
      'Observation?_id=o-ann&_include=Observation:*',
      ['Encounter/e1', 'Organization/north', 'Patient/ann', 'Practitioner/bell'],
    ],
    ['Observation?_id=o-ann,o-ann-2&_include=Observation:subject', ['Patient/ann']],
    ['Observation?_id=o-bob,o-ann&_include=Observation:has-member', []],
    ['Patient?_id=ann&_revinclude=Observation:patient', ['Observation/o-ann', 'Observation/o-ann-2']],
    ['Patient?_id=cyd&_revinclude=Observation:patient', []],
    ['Organization?_id=north&_revinclude=Organization:partof', ['Organization/south']],
    [
      'Patient?_id=ann&_revinclude=*',
      [
        'Device/cuff',
        'DiagnosticReport/report',
        'Encounter/e1',
        'Group/g1',
        'MedicationDispense/dispense',
        'MedicationRequest/rx',
        'Observation/o-ann',
        'Observation/o-ann-2',
        'RelatedPerson/mother',
      ],
    ],
    [
      'Observation?_id=o-ann&_include=Observation:subject&_revinclude=Provenance:target',
      ['Patient/ann', 'Provenance/prov'],
    ],
    [
      'MedicationDispense?_include=MedicationDispense:prescription&_include:iterate=MedicationRequest:patient',
      ['MedicationRequest/rx', 'Patient/ann'],
    ],
    [
      'MedicationDispense?_include=MedicationDispense:prescription&_include:recurse=MedicationRequest:patient',
      ['MedicationRequest/rx', 'Patient/ann'],
    ],
    [
      'Patient?_id=ann&_revinclude=MedicationRequest:patient&_revinclude:iterate=MedicationDispense:prescription',
      ['MedicationDispense/dispense', 'MedicationRequest/rx'],
    ],
    ['Organization?_id=ward&_include:iterate=Organization:partof', ['Organization/north', 'Organization/south']],
    ['Organization?_id=north&_revinclude:iterate=Organization:partof', ['Organization/south', 'Organization/ward']],
    [
      'Observation?_id=o-ann&_include=Observation:subject&_include:iterate=Patient:organization&_include:iterate=Patient:general-practitioner',
      ['Organization/north', 'Patient/ann', 'Practitioner/bell'],
    ],
  ])('%s', async (url, found) => expect(await included(url)).toEqual(found));

  it('go with each page', async () => {
    const pages = await pagesOf(search, 'Patient?_sort=_id&_count=1&_revinclude=Observation:patient');
    expect(pages.map((page) => entriesOf(page, 'include').length)).toEqual([2, 1, 0]);
    expect(pages.flatMap(matchesOf)).toEqual(['ann', 'bob', 'cyd']);
  });

  it('bring the current version, once', async () => {
    await search.put({ resourceType: 'Patient', id: 'cyd', name: [{ family: 'Jones' }], gender: 'other' });
    const [group] = entriesOf(await search.bundle('Group?_include=Group:member'), 'include').filter(
      ({ id }) => id === 'cyd',
    );
    expect(group).toMatchObject({ gender: 'other', meta: { versionId: '2' } });
  });

  it('end where references go in a circle', async () => {
    await search.put({
      resourceType: 'Organization',
      id: 'north',
      name: 'North Clinic',
      address: [{ city: 'Seattle' }],
      partOf: ref('Organization/ward'),
    });
    expect(await included('Organization?_id=ward&_include:iterate=Organization:partof')).toEqual([
      'Organization/north',
      'Organization/south',
    ]);
    await search.put({
      resourceType: 'Organization',
      id: 'north',
      name: 'North Clinic',
      address: [{ city: 'Seattle' }],
    });
  });
});

describe('compartments', () => {
  it.each([
    ['Patient/ann/Observation', ['o-ann', 'o-ann-2']],
    ['Patient/ann/Observation?code=8480-6', ['o-ann']],
    ['Patient/ann/Observation?code=nothing', []],
    ['Patient/nobody/Observation', ['o-gone']],
    ['Patient/unknown/Observation', []],
    ['Encounter/e1/Observation', ['o-ann']],
    ['Practitioner/bell/Observation', ['o-ann']],
    ['Device/cuff/Observation', ['o-device']],
    ['RelatedPerson/mother/Provenance', ['prov']],
    ['Patient/ann/Patient', ['ann']],
  ])('%s', async (url, ids) => expect((await search.ids(url)).sort()).toEqual(ids));

  it('hold resources of many types', async () => {
    const bundle = await search.bundle('Patient/ann/*');
    expect(bundle.entry.map(({ resource }: any) => `${resource.resourceType}/${resource.id}`).sort()).toEqual([
      'DiagnosticReport/report',
      'Encounter/e1',
      'Group/g1',
      'MedicationDispense/dispense',
      'MedicationRequest/rx',
      'Observation/o-ann',
      'Observation/o-ann-2',
      'Patient/ann',
      'RelatedPerson/mother',
    ]);
  });

  it('are never left by a type that is not in them', async () =>
    expect((await faultFrom(search.ids('Patient/ann/Organization'))).status).toBe(400));

  it('can be paged', async () => {
    const pages = await pagesOf(search, 'Patient/ann/*?_count=4');
    expect(pages.flatMap(matchesOf)).toHaveLength(9);
  });
});

describe('chains', () => {
  it.each([
    ['Observation?subject:Patient.name=smith', ['o-ann', 'o-ann-2', 'o-bob']],
    ['Observation?patient.gender=female', ['o-ann', 'o-ann-2']],
    ['Observation?patient.gender=female&code=8480-6', ['o-ann']],
    ['Observation?subject.name=smith', ['o-ann', 'o-ann-2', 'o-bob']],
    ['Observation?patient.organization.name=south', ['o-bob']],
    ['DiagnosticReport?result.subject:Patient.organization.address-city=Seattle', ['report']],
    ['DiagnosticReport?result.subject:Patient.organization.address-city=Boston,Seattle', ['report']],
    ['Observation?performer:Practitioner.family=bell', ['o-ann']],
    ['Observation?performer:Organization.name=north&performer:Practitioner.family=bell', ['o-ann']],
    ['Observation?patient._id=ann', ['o-ann', 'o-ann-2']],
    ['Observation?patient.name:exact=smith', []],
    ['Patient?_has:Observation:patient:code=8480-6', ['ann', 'bob']],
    ['Patient?_has:Observation:patient:code=29463-7', ['ann']],
    ['Patient?_has:Group:member:_id=g1', ['ann', 'cyd']],
    ['Patient?_has:Observation:subject:_has:DiagnosticReport:result:status=final', ['ann']],
    ['Patient?_has:Observation:patient:performer:Practitioner.family=bell', ['ann']],
    ['Patient?_has:Observation:patient:code=8480-6&gender=male', ['bob']],
    ['Patient?organization.name:contains=clinic&organization.address-city=seattle', ['ann']],
    ['Practitioner?_has:Patient:general-practitioner:gender=female', ['bell']],
    ['Patient/ann/Observation?performer:Practitioner.family=bell', ['o-ann']],
  ])('%s', async (url, ids) => expect((await search.ids(url)).sort()).toEqual(ids));
});
