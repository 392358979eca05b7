/** Parameters of all resources. https://hl7.org/fhir/R4/search.html#all */
import { describe, expect, it } from 'vitest';
import { matchesOf, searching } from './searching.ts';

const patient = (id: string, meta?: object) => ({
  resourceType: 'Patient',
  id,
  ...(meta ? { meta } : {}),
  name: [{ family: id }],
});

const search = await searching([
  patient('plain'),
  patient('tagged', { tag: [{ system: 'http://tags.example', code: 'urgent' }, { code: 'local' }] }),
  patient('secret', { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] }),
  patient('profiled', { profile: ['http://profiles.example/patient|2.1'], source: 'http://sources.example/a' }),
  {
    resourceType: 'Observation',
    id: 'o1',
    status: 'final',
    code: { text: 'x' },
    meta: { tag: [{ system: 'http://tags.example', code: 'urgent' }] },
  },
  { resourceType: 'Observation', id: 'plain', status: 'final', code: { text: 'x' } },
]);
await search.put(patient('gone'));
await search.delete('Patient/gone');

describe('parameters of all resources', () => {
  it.each([
    ['Patient?_id=plain', ['plain']],
    ['Patient?_id=plain,tagged,plain', ['plain', 'tagged']],
    ['Patient?_id=PLAIN', []],
    ['Patient?_id=gone', []],
    ['Patient?_id=plain&_id=tagged', []],
    ['Patient?_tag=urgent', ['tagged']],
    ['Patient?_tag=http://tags.example|urgent', ['tagged']],
    ['Patient?_tag=http://tags.example|', ['tagged']],
    ['Patient?_tag=|local', ['tagged']],
    ['Patient?_tag=|urgent', []],
    ['Patient?_tag:missing=true', ['plain', 'profiled', 'secret']],
    ['Patient?_tag:not=urgent', ['plain', 'profiled', 'secret']],
    ['Patient?_security=R', ['secret']],
    ['Patient?_profile=http://profiles.example/patient|2.1', ['profiled']],
    ['Patient?_profile=http://profiles.example/patient', ['profiled']],
    ['Patient?_profile=http://profiles.example/patient|2.0', []],
    ['Patient?_source=http://sources.example/a', ['profiled']],
    ['Patient?_lastUpdated=gt2000-01-01', ['plain', 'profiled', 'secret', 'tagged']],
    ['Patient?_lastUpdated=lt2000-01-01', []],
    ['Patient?_lastUpdated=gt2900', []],
    ['Patient', ['plain', 'profiled', 'secret', 'tagged']],
  ])('%s', async (url, ids) => expect((await search.ids(url)).sort()).toEqual(ids));

  it('finds a resource by the very instant of its last change', async () => {
    const [resource] = (await search.bundle('Patient?_id=plain')).entry.map((entry: any) => entry.resource);
    const at = resource.meta.lastUpdated;
    expect(await search.ids(`Patient?_lastUpdated=${at}&_id=plain`)).toEqual(['plain']);
    expect(await search.ids(`Patient?_lastUpdated=ge${at}&_lastUpdated=le${at}&_id=plain`)).toEqual(['plain']);
    expect(await search.ids(`Patient?_lastUpdated=gt${at}&_id=plain`)).toEqual([]);
  });
});

describe('a search over several types', () => {
  it.each([
    ['?_type=Patient,Observation&_tag=urgent', ['Observation/o1', 'Patient/tagged']],
    ['?_tag=urgent', ['Observation/o1', 'Patient/tagged']],
    ['?_id=plain', ['Observation/plain', 'Patient/plain']],
    ['?_type=Observation&_id=plain', ['Observation/plain']],
    ['?_type=Patient,Observation&_tag:missing=true&_id=plain', ['Observation/plain', 'Patient/plain']],
    ['?_type=Patient&_sort=-_id', ['Patient/tagged', 'Patient/secret', 'Patient/profiled', 'Patient/plain']],
  ])('%s', async (url, found) => {
    const bundle = await search.bundle(url);
    const references = bundle.entry.map(({ resource }: any) => `${resource.resourceType}/${resource.id}`);
    expect(url.includes('_sort') ? references : references.sort()).toEqual(found);
  });

  it('finds everything when nothing is asked', async () => expect(matchesOf(await search.bundle(''))).toHaveLength(6));
});

describe('what a search sees', () => {
  it('is the version that was stored last', async () => {
    await search.put({ ...patient('changing'), name: [{ family: 'Before' }] });
    expect(await search.ids('Patient?family=before')).toEqual(['changing']);
    await search.put({ ...patient('changing'), name: [{ family: 'After' }] });
    expect(await search.ids('Patient?family=before')).toEqual([]);
    expect(await search.ids('Patient?family=after')).toEqual(['changing']);
    await search.delete('Patient/changing');
    expect(await search.ids('Patient?family=after')).toEqual([]);
    await search.put({ ...patient('changing'), name: [{ family: 'Again' }] });
    expect(await search.ids('Patient?family=again')).toEqual(['changing']);
    await search.delete('Patient/changing');
  });
});
