import { describe, expect, it } from 'vitest';
import { Fault } from '../../../resources/index.ts';
import { tokenCondition } from '../../../store/search/uri.ts';
import { toStatement } from '../../../store/sql.ts';
import { searching } from '../../conformance/searching.ts';
import { extract } from './extracting.ts';

const valueSet = (id: string, url: string, version?: string) => ({
  resourceType: 'ValueSet',
  id,
  url,
  status: 'draft',
  ...(version ? { version } : {}),
});

const search = await searching([
  valueSet('short', 'http://example.org/fhir'),
  valueSet('long', 'http://example.org/fhir/ValueSet/a'),
  valueSet('v123', 'http://example.org/vs', '1.2.3'),
  valueSet('v134', 'http://example.org/vs', '1.3.4'),
  valueSet('v216', 'http://example.org/vs', '2.1.6'),
  valueSet('urn', 'urn:oid:1.2.3'),
  {
    resourceType: 'Patient',
    id: 'p',
    meta: { profile: ['http://example.org/StructureDefinition/p|3.0#x'], source: 'http://example.org/source#1' },
  },
  { resourceType: 'Patient', id: 'q', meta: { source: 'http://example.org/laboratory/results' } },
  { resourceType: 'Patient', id: 'r', meta: { source: 'urn:uuid:0190f2a4-8a52-7c1c-b2f7-9a3b0e6d1c22' } },
]);

describe('a uri', () => {
  it.each([
    ['ValueSet?url=http://example.org/fhir', ['short']],
    ['ValueSet?url=http://example.ORG/fhir', []],
    ['ValueSet?url=http://example.org/fhir,urn:oid:1.2.3', ['short', 'urn']],
    ['ValueSet?url=http://example.org/vs', ['v123', 'v134', 'v216']],
    ['ValueSet?url=http://example.org/vs|1.2.3', ['v123']],
    ['ValueSet?url:below=http://example.org/fhir', ['long', 'short']],
    ['ValueSet?url:below=http://example.org/fhir/', ['long']],
    ['ValueSet?url:below=http://example.org/vs|1', ['v123', 'v134']],
    ['ValueSet?url:below=http://example.org/vs|2', ['v216']],
    ['ValueSet?url:below=http://example.org/vs|3', []],
    ['ValueSet?url:below=http://example_org', []],
    ['ValueSet?url:above=http://example.org/fhir/ValueSet/a/_history/5', ['long', 'short']],
    ['ValueSet?url:above=http://example.org/fhi', []],
    ['ValueSet?url:above=urn:oid:1.2.3', []],
    ['ValueSet?url:below=urn:oid', []],
    ['Patient?_profile=http://example.org/StructureDefinition/p', ['p']],
    ['Patient?_profile=http://example.org/StructureDefinition/p|3.0', ['p']],
    ['Patient?_profile=http://example.org/StructureDefinition/p|3', []],
    ['Patient?_profile:below=http://example.org/StructureDefinition', ['p']],
    ['Patient?_source=http://example.org/source#1', ['p']],
    ['Patient?_source=http://example.org/source', []],
    ['Patient?_source:below=http://example.org/', ['p', 'q']],
    ['Patient?_source:below=http://example.org/source#', ['p']],
    ['Patient?_source:below=http://example.org/s_urce', []],
    ['Patient?_source:below=urn:uuid:', []],
    ['Patient?_source:above=http://example.org/source#1/part', ['p']],
    ['Patient?_source:above=http://example.org/laboratory/results/7', ['q']],
    ['Patient?_source:below=http://example.org/laboratory,http://example.org/source', ['p', 'q']],
    ['Patient?_source:missing=true', []],
    ['Patient?_profile:missing=true', ['q', 'r']],
    ['Patient?_profile:missing=false', ['p']],
    ['Patient?_profile:above=http://example.org/StructureDefinition/p/more', ['p']],
    ['Patient?_profile:below=http://example.org/StructureDefinition/p|3', ['p']],
    ['Patient?_profile:below=http://example.org/StructureDefinition/p|30', []],
  ])('%s', async (url, ids) => expect((await search.ids(url.replace('#', '%23'))).sort()).toEqual(ids));

  it('refuses to look for parents of very long addresses', async () => {
    await expect(search.ids(`ValueSet?url:above=http://${'a'.repeat(2500)}`)).rejects.toThrow(Fault);
    await expect(search.ids(`Patient?_source:above=http://${'a'.repeat(2500)}`)).rejects.toThrow(Fault);
  });

  it('is another one after an update', async () => {
    const moving = (source: string) => ({ resourceType: 'Device', id: 'd', meta: { source } });
    await search.put(moving('http://example.org/before/1'));
    await search.put(moving('http://example.org/after/1'));
    expect(await search.ids('Device?_source:below=http://example.org/before')).toEqual([]);
    expect(await search.ids('Device?_source:below=http://example.org/after')).toEqual(['d']);
  });
});

it('lists addresses, but not those that differ from resource to resource', () => {
  const { dict } = extract({
    resourceType: 'Patient',
    meta: { source: 'urn:uuid:1', profile: ['http://example.org/p|1'] },
  });
  expect(dict.map(({ v }) => v).sort()).toEqual(['false', 'http://example.org/p', 'http://example.org/p|1']);
});

it('is false where no token is asked for', () => {
  expect(toStatement(tokenCondition([], { alias: 'o' }).filter).text).toBe('false');
});
