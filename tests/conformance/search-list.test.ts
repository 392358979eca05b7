/** `_list`: members of a List. https://hl7.org/fhir/R4/search.html#list */
import { describe, expect, it } from 'vitest';
import { type Access, openAccess } from '../../resources/index.ts';
import { faultFrom } from '../setup/fault.ts';
import { linkOf, matchesOf, pagesOf, searching } from './searching.ts';

const list = (id: string, ...entries: (string | { reference: string; deleted: boolean })[]) => ({
  resourceType: 'List',
  id,
  status: 'current',
  mode: 'working',
  // What the List itself is about is none of its members.
  subject: { reference: 'Patient/p9' },
  entry: entries.map((one) =>
    typeof one === 'string'
      ? { item: { reference: one } }
      : { item: { reference: one.reference }, deleted: one.deleted },
  ),
});

const search = await searching([
  ...Array.from({ length: 10 }, (_, i) => ({
    resourceType: 'Patient',
    id: `p${i}`,
    gender: i % 2 === 0 ? 'female' : 'male',
    name: [{ family: `Family${9 - i}` }],
  })),
  { resourceType: 'Organization', id: 'p1', name: 'Not the patient p1' },
  {
    resourceType: 'Observation',
    id: 'o1',
    status: 'final',
    code: { text: 'pulse' },
    subject: { reference: 'Patient/p1' },
  },
  list(
    'ward',
    'Patient/p0',
    'Patient/p1',
    'Patient/p2',
    'Patient/p2',
    'Organization/p1',
    { reference: 'Patient/p3', deleted: true },
    { reference: 'Patient/p4', deleted: false },
    'http://localhost:8080/fhir/Patient/p5',
    'Patient/p6/_history/1',
    'http://elsewhere.example/fhir/Patient/p7',
    'Patient/p99',
  ),
  list('other', 'Patient/p0', 'Patient/p8', 'Observation/o1'),
  { resourceType: 'List', id: 'empty', status: 'current', mode: 'working' },
  list('gone', 'Patient/p0'),
]);
await search.delete('List/gone');

describe('_list', () => {
  it.each([
    ['Patient?_list=ward', ['p0', 'p1', 'p2', 'p4', 'p5', 'p6']],
    ['Patient?_list=List/ward', ['p0', 'p1', 'p2', 'p4', 'p5', 'p6']],
    ['Organization?_list=ward', ['p1']],
    ['Patient?_list=ward,other', ['p0', 'p1', 'p2', 'p4', 'p5', 'p6', 'p8']],
    ['Patient?_list=ward&_list=other', ['p0']],
    ['Patient?_list=ward&gender=male', ['p1', 'p5']],
    ['Patient?_list=ward&_sort=family', ['p6', 'p5', 'p4', 'p2', 'p1', 'p0']],
    ['Patient?_list=empty', []],
    ['Patient?_list=gone', []],
    ['Patient?_list=unknown', []],
    ['?_list=ward&_type=Patient,Organization&_sort=_id', ['p0', 'p1', 'p1', 'p2', 'p4', 'p5', 'p6']],
    ['Observation?subject:Patient._list=ward', ['o1']],
    ['Patient?_has:Observation:subject:_list=other', ['p1']],
  ])('%s', async (url, ids) => {
    const found = await search.ids(url);
    expect(url.includes('_sort') ? found : found.sort()).toEqual(ids);
  });

  it('is searched over all types', async () => {
    expect((await search.ids('?_list=other')).sort()).toEqual(['o1', 'p0', 'p8']);
  });

  it('is told in pages and totals like every search', async () => {
    const pages = await pagesOf(search, 'Patient?_list=ward&_count=2&_sort=-family&_total=accurate');
    expect(pages.flatMap(matchesOf)).toEqual(['p0', 'p1', 'p2', 'p4', 'p5', 'p6']);
    expect(pages.map(({ total }) => total)).toEqual([6, 6, 6]);
    expect(linkOf(pages[0], 'self')).toContain('_list=ward');
  });

  it('follows the List as it changes', async () => {
    await search.put(list('shift', 'Patient/p1'));
    expect(await search.ids('Patient?_list=shift')).toEqual(['p1']);
    await search.put(list('shift', 'Patient/p2', { reference: 'Patient/p1', deleted: true }));
    expect(await search.ids('Patient?_list=shift')).toEqual(['p2']);
  });

  it('has no members for who may not read it', async () => {
    const access: Access = {
      ...openAccess,
      actor: 'Practitioner/9',
      grants: [{ types: ['Patient'], verbs: ['search', 'read'] }],
    };
    expect(matchesOf(await search.bundle('Patient?_list=ward', { access }))).toEqual([]);
  });

  it.each([
    ['$current-problems', 'not-supported'],
    ['$current-allergies', 'not-supported'],
    ['Patient/1', 'invalid-value'],
    ["x' OR true --", 'invalid-value'],
    ['', 'invalid-value'],
  ])('refuses %j', async (value, kind) => {
    const fault = await faultFrom(search.ids(`Patient?_list=${encodeURIComponent(value)}`));
    expect([fault.kind, fault.status, fault.findings[0]!.expression]).toEqual([kind, 400, '_list']);
  });
});
