/** https://hl7.org/fhir/R4/search.html#chaining, #has, #include, references.html#canonical */
import { describe, expect, it } from 'vitest';
import type { Access } from '../../resources/index.ts';
import { entriesOf, matchesOf, type Stored, searching } from './searching.ts';

const ref = (reference: string) => ({ reference });
const PHQ = 'http://hospital.example/Questionnaire/phq-9';
const answers = (id: string, questionnaire: string): Stored => ({
  resourceType: 'QuestionnaireResponse',
  id,
  status: 'completed',
  questionnaire,
  subject: ref('Patient/nora'),
});
const search = await searching([
  {
    resourceType: 'Patient',
    id: 'nora',
    meta: { tag: [{ code: 'vip' }] },
    gender: 'female',
    birthDate: '1984-02-29',
    identifier: [{ system: 'http://mrn.example', value: 'A,1' }],
    name: [{ family: 'Berg' }],
    generalPractitioner: [ref('Practitioner/bell'), ref('Practitioner/ng')],
  },
  {
    resourceType: 'Patient',
    id: 'gerd',
    gender: 'male',
    birthDate: '1951',
    name: [{ family: 'Berg' }],
    generalPractitioner: [ref('Practitioner/bell')],
  },
  { resourceType: 'Practitioner', id: 'bell', active: true, name: [{ family: 'Bell' }], gender: 'female' },
  { resourceType: 'Practitioner', id: 'ng', active: false, name: [{ family: 'Ng' }], gender: 'male' },
  {
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    class: { code: 'AMB' },
    subject: ref('Patient/nora'),
    participant: [{ individual: ref('Practitioner/ng') }],
  },
  {
    resourceType: 'Observation',
    id: 'o1',
    status: 'final',
    code: { coding: [{ code: 'a' }] },
    subject: ref('Patient/nora'),
    encounter: ref('Encounter/e1'),
    valueQuantity: { value: 5, unit: 'mg' },
    effectiveDateTime: '2024-01-02',
  },
  {
    resourceType: 'Observation',
    id: 'o2',
    status: 'amended',
    code: { coding: [{ code: 'b' }] },
    subject: ref('Patient/gerd'),
    derivedFrom: [ref('Observation/o1')],
  },
  { resourceType: 'Questionnaire', id: 'phq-1', status: 'active', url: PHQ, version: '1.0', title: 'PHQ one' },
  { resourceType: 'Questionnaire', id: 'phq-2', status: 'active', url: PHQ, version: '2.0', title: 'PHQ two' },
  answers('any', PHQ),
  answers('v1', `${PHQ}|1.0`),
  answers('v3', `${PHQ}|3.0`),
]);
const sorted = async (url: string) => (await search.ids(url)).sort();
const included = async (url: string) =>
  entriesOf(await search.bundle(url), 'include')
    .map(({ resourceType, id }) => `${resourceType}/${id}`)
    .sort();

describe('chains', () => {
  it.each([
    ['Observation?patient.identifier=http://mrn.example|A\\,1', ['o1']],
    ['Observation?patient.birthdate=lt1960', ['o2']],
    ['Observation?patient.birthdate=1984-02', ['o1']],
    ['Observation?patient._tag=vip', ['o1']],
    ['Observation?patient._id=nora,gerd', ['o1', 'o2']],
    ['Observation?patient._lastUpdated=gt2000', ['o1', 'o2']],
    ['Observation?patient._lastUpdated=lt2000', []],
    ['Observation?patient.family:exact=berg', []],
    ['Observation?patient.gender:not=male', ['o1']],
    ['Observation?patient.general-practitioner=ng', ['o1']],
    ['Observation?patient.general-practitioner:Practitioner.active=false', ['o1']],
    // Two chains may be met by two referenced resources, one filter is met by one.
    ['Patient?general-practitioner:Practitioner.family=bell&general-practitioner:Practitioner.gender=male', ['nora']],
    ['Patient?_filter=general-practitioner[family eq "bell" and gender eq male].active pr true', []],
    ['Observation?patient.name=berg&patient.gender=male', ['o2']],
    ['Observation?encounter.subject:Patient.family=berg', ['o1']],
    ['Observation?encounter.participant:Practitioner.family=ng&patient.gender=female', ['o1']],
    ['Observation?derived-from:Observation.code=a', ['o2']],
    ['Observation?derived-from:Observation.patient.gender=female', ['o2']],
    ['Patient/nora/Observation?encounter.participant:Practitioner.active=false', ['o1']],
    ['Patient/gerd/Observation?encounter.participant:Practitioner.active=false', []],
    ['Patient?_has:Observation:patient:value-quantity=gt4&_has:Encounter:patient:class=AMB', ['nora']],
    ['Patient?_has:Observation:patient:date=2024-01', ['nora']],
    ['Patient?_has:Observation:patient:_has:Observation:derived-from:code=b', ['nora']],
    ['Practitioner?_has:Patient:general-practitioner:_has:Observation:subject:code=b', ['bell']],
    [
      'Practitioner?_has:Patient:general-practitioner:birthdate=1984&_has:Patient:general-practitioner:gender=male',
      ['bell'],
    ],
    ['Patient?_has:Observation:patient:status:not=final', ['gerd']],
    ['Encounter?_has:Observation:encounter:patient.gender=female', ['e1']],
  ])('%s', async (url, ids) => expect(await sorted(url)).toEqual(ids));
});

// What a canonical names is found by its address, and by its version where one is named.
describe('canonical references', () => {
  it.each([
    ['QuestionnaireResponse?questionnaire.title=PHQ one', ['any', 'v1']],
    ['QuestionnaireResponse?questionnaire.title=PHQ two', ['any']],
    ['QuestionnaireResponse?questionnaire.title=PHQ', ['any', 'v1']],
    ['QuestionnaireResponse?questionnaire:Questionnaire.status=active', ['any', 'v1']],
    ['QuestionnaireResponse?questionnaire.version=1.0&patient.family=berg', ['any', 'v1']],
    ['Questionnaire?_has:QuestionnaireResponse:questionnaire:patient.family=berg', ['phq-1', 'phq-2']],
    ['Questionnaire?_has:QuestionnaireResponse:questionnaire:_id=v1', ['phq-1']],
    ['Questionnaire?_has:QuestionnaireResponse:questionnaire:_id=v3', []],
    ['Questionnaire?title=PHQ&_has:QuestionnaireResponse:questionnaire:_id=any,v1&version=2.0', ['phq-2']],
    ['QuestionnaireResponse?_filter=questionnaire.title eq "PHQ two"', ['any']],
  ])('are followed: %s', async (url, ids) => expect(await sorted(url)).toEqual(ids));

  it.each([
    ['QuestionnaireResponse?_id=v1&_include=QuestionnaireResponse:questionnaire', ['Questionnaire/phq-1']],
    [
      'QuestionnaireResponse?_id=any&_include=QuestionnaireResponse:questionnaire:Questionnaire',
      ['Questionnaire/phq-1', 'Questionnaire/phq-2'],
    ],
    ['QuestionnaireResponse?_id=v3&_include=QuestionnaireResponse:questionnaire', []],
    [
      'Patient?_id=nora&_revinclude=QuestionnaireResponse:patient&_include:iterate=QuestionnaireResponse:questionnaire',
      [
        'Questionnaire/phq-1',
        'Questionnaire/phq-2',
        'QuestionnaireResponse/any',
        'QuestionnaireResponse/v1',
        'QuestionnaireResponse/v3',
      ],
    ],
    [
      'Questionnaire?_id=phq-1&_revinclude=QuestionnaireResponse:questionnaire',
      ['QuestionnaireResponse/any', 'QuestionnaireResponse/v1'],
    ],
    ['Questionnaire?_id=phq-2&_revinclude=QuestionnaireResponse:questionnaire', ['QuestionnaireResponse/any']],
  ])('are included: %s', async (url, found) => expect(await included(url)).toEqual(found));

  it('are sorted by what they lead to', async () =>
    expect(await search.ids('QuestionnaireResponse?_sort=-questionnaire:Questionnaire.title')).toEqual([
      'any',
      'v1',
      'v3',
    ]));

  it('are followed to what is there now', async () => {
    await search.put({ resourceType: 'Questionnaire', id: 'phq-3', status: 'draft', url: PHQ, version: '3.0' });
    expect(await included('QuestionnaireResponse?_id=v3&_include=QuestionnaireResponse:questionnaire')).toEqual([
      'Questionnaire/phq-3',
    ]);
    await search.put({ resourceType: 'Questionnaire', id: 'phq-3', status: 'draft', url: PHQ, version: '3.1' });
    expect(await search.ids('QuestionnaireResponse?questionnaire.status=draft')).toEqual(['any']);
    await search.delete('Questionnaire/phq-3');
    expect(await search.ids('QuestionnaireResponse?questionnaire.status=draft')).toEqual([]);
  });

  it('show nothing that is not granted', async () => {
    const access: Access = { actor: 'x', grants: [{ types: ['QuestionnaireResponse'], verbs: ['search', 'read'] }] };
    const ask = (url: string) => search.bundle(url, { access });
    const bundle = await ask('QuestionnaireResponse?_id=v1&_include=QuestionnaireResponse:questionnaire');
    expect(entriesOf(bundle, 'include')).toEqual([]);
    expect(matchesOf(await ask('QuestionnaireResponse?questionnaire.status=active'))).toEqual([]);
  });
});
