import type { StructureDefinition, ValueSet } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { openAccess, systemAccess } from '../../resources/index.ts';
import {
  currentStatement,
  markOf,
  marksOf,
  meantFirst,
  type StoredDefinition,
  TOLD_TYPES,
} from '../../store/definitions.ts';
import { searching } from '../conformance/searching.ts';
import { testContext } from '../setup/context.ts';
import { another, put } from './parameters/stores.ts';
import { rows } from './postgres.ts';
import { scopeFor } from './search/scope.ts';

const CHRONIC = 'http://hospital.example.org/ValueSet/chronic';
const DIETS = 'http://hospital.example.org/CodeSystem/diets';
const PATIENT = 'http://hospital.example.org/StructureDefinition/our-patient';

const profile = (id: string, version: string, more: object = {}) => ({
  resourceType: 'StructureDefinition',
  id,
  url: PATIENT,
  version,
  name: 'OurPatient',
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Patient',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
  derivation: 'constraint',
  differential: { element: [{ id: 'Patient', path: 'Patient' }] },
  ...more,
});

const search = await searching([
  { resourceType: 'ValueSet', id: 'chronic', url: CHRONIC, status: 'active', version: '2' },
  { resourceType: 'ValueSet', id: 'other', url: `${CHRONIC}-not`, status: 'active' },
  { resourceType: 'CodeSystem', id: 'diets', url: DIETS, status: 'active', content: 'complete' },
  profile('our-patient', '1.0.0'),
  profile('our-patient-1.1.0', '1.1.0'),
]);
const { definitions } = search.store;

describe('find', () => {
  it('finds by url and by id, each with its content, in one trip', async () => {
    const names = [
      { type: 'ValueSet', url: CHRONIC },
      { type: 'ValueSet', id: 'other' },
      { type: 'CodeSystem', url: DIETS },
      { type: 'CodeSystem', url: CHRONIC },
      { type: 'ValueSet', id: 'never' },
      { type: 'StructureDefinition', url: PATIENT },
    ] as const;
    const context = testContext();
    const found = await definitions.find(openAccess, names, context);
    expect(context.observed.filter(({ kind }) => kind === 'trip')).toHaveLength(1);
    expect(found.map(({ type, id, version }) => markOf(type, id, version)).sort()).toEqual([
      'CodeSystem/diets/_history/1',
      'StructureDefinition/our-patient-1.1.0/_history/1',
      'StructureDefinition/our-patient/_history/1',
      'ValueSet/chronic/_history/1',
      'ValueSet/other/_history/1',
    ]);
    expect(found.find(({ id }) => id === 'chronic')!.resource).toEqual({
      resourceType: 'ValueSet',
      id: 'chronic',
      url: CHRONIC,
      status: 'active',
      version: '2',
    });
  });

  it('asks nothing for no names', async () => {
    const context = testContext();
    expect(await definitions.find(openAccess, [], context)).toEqual([]);
    expect(context.observed).toEqual([]);
  });

  it('finds the one version that is named', async () => {
    const ids = async (version: string) =>
      (await definitions.find(openAccess, [{ type: 'StructureDefinition', url: PATIENT, version }], testContext())).map(
        ({ id }) => id,
      );
    expect(await ids('1.0.0')).toEqual(['our-patient']);
    expect(await ids('1.1.0')).toEqual(['our-patient-1.1.0']);
    expect(await ids('1.2.0')).toEqual([]);
  });

  it('finds what the caller may see', async () => {
    const access = { actor: 'Practitioner/7', grants: [{ types: ['CodeSystem'], verbs: ['search'] as const }] };
    const names = [
      { type: 'ValueSet', url: CHRONIC },
      { type: 'CodeSystem', url: DIETS },
    ] as const;
    expect((await definitions.find(access, names, testContext())).map(({ id }) => id)).toEqual(['diets']);
  });

  it('finds nothing that is deleted', async () => {
    await search.put({ resourceType: 'ValueSet', id: 'gone', url: `${CHRONIC}-gone`, status: 'retired' });
    const names = [{ type: 'ValueSet', url: `${CHRONIC}-gone` }] as const;
    expect(await definitions.find(openAccess, names, testContext())).toHaveLength(1);
    await search.delete('ValueSet/gone');
    expect(await definitions.find(openAccess, names, testContext())).toEqual([]);
  });
});

describe('generation', () => {
  const valueSet = (id: string, more: object = {}) => ({
    resourceType: 'ValueSet',
    id,
    url: `${CHRONIC}/${id}`,
    status: 'active',
    ...more,
  });

  it('moves before the writer of a definition hears that it is stored, whichever way that was', async () => {
    const { store } = search;
    const seen = [definitions.generation('ValueSet')];
    const note = () => seen.push(definitions.generation('ValueSet'));
    await put(store, valueSet('told')).then(note);
    await put(store, valueSet('told', { status: 'retired' })).then(note);
    await store.records.delete(openAccess, 'ValueSet', 'told', {}, testContext()).then(note);
    for (const [i, one] of seen.entries()) if (i > 0) expect(one).toBeGreaterThan(seen[i - 1]!);
  });

  it('stays for definitions of other types and for what is no definition', async () => {
    const before = definitions.generation('StructureDefinition');
    await search.put(valueSet('quiet') as never);
    await search.put({ resourceType: 'Patient', id: 'p1', name: [{ family: 'Jansen' }] });
    // The word from the database comes after the writer's own.
    await expect.poll(() => definitions.generation('ValueSet')).toBeGreaterThan(0);
    expect(definitions.generation('StructureDefinition')).toBe(before);
  });

  it('moves in other processes soon, and for what was written past all of them', async () => {
    const elsewhere = await another(search.connection, false);
    const heard = () => elsewhere.definitions.generation('StructureDefinition');
    const [first] = [heard()];
    await search.put(profile('our-patient', '1.0.0', { title: 'Our patients' }) as never);
    await expect.poll(heard, { interval: 2 }).toBeGreaterThan(first!);
    const second = heard();
    await rows(search.connection, `update res set lu = now() where id = 'our-patient'`);
    await expect.poll(heard, { interval: 2 }).toBeGreaterThan(second);
  });

  it('is told by the database of the same types that this process tells of', async () => {
    const [[condition]] = (await rows(
      search.connection,
      `select pg_get_triggerdef(oid) from pg_trigger where tgname = 'res_definition' and not tgisinternal`,
    )) as [[string]];
    const numbers = /new\.type = ANY \(ARRAY\[([^\]]+)\]/i.exec(condition)![1]!.match(/\d+/g)!.map(Number);
    const names = await rows(search.connection, `select name from type where n in (${numbers.join()})`);
    expect(new Set(names.flat())).toEqual(TOLD_TYPES);
  });
});

describe('meantFirst', () => {
  const one = (id: string, version: string | undefined, more: object = {}): StoredDefinition<ValueSet> => ({
    type: 'ValueSet',
    id,
    version: 1,
    lastUpdated: '2026-01-01T00:00:00.000Z',
    resource: { resourceType: 'ValueSet', status: 'active', ...(version && { version }) },
    ...more,
  });
  const sorted = (...all: StoredDefinition<ValueSet>[]) => all.sort(meantFirst).map(({ id }) => id);

  it('is the highest version, and of two that are the same the one that was written last', () => {
    expect(sorted(one('a', undefined), one('b', '9.0'), one('c', '10.0'))).toEqual(['c', 'b', 'a']);
    expect(sorted(one('a', '1'), one('b', '1', { lastUpdated: '2026-02-01T00:00:00.000Z' }))).toEqual(['b', 'a']);
  });

  it('is the pinned one before any other', () => {
    expect(sorted(one('a', '7.0.0'), one('b', '6.1.0', { pinned: true }))).toEqual(['b', 'a']);
  });
});

describe('guides', () => {
  it('mean by a canonical without a version their own, where another one is pinned', async () => {
    const race = 'http://hospital.example.org/StructureDefinition/race';
    const extension = {
      element: [{ id: 'Patient.extension', path: 'Patient.extension', type: [{ code: 'Extension', profile: [race] }] }],
    };
    const own = { url: `${PATIENT}-raced`, differential: extension };
    await search.put(profile('race-1', '1', { url: race }) as never);
    await search.put(profile('race-2', '2', { url: race }) as never);
    await search.put(profile('raced', '2', own) as never);
    await rows(
      search.connection,
      `insert into guide (name, version, hash, depends) values ('a', '1', '', '{}'), ('a', '2', '', '{}');
       insert into guide_reach select n, n from guide;
       insert into guide_member (guide, type, id, own_id, url, version, hash, ver)
       select g.n, t.n, m.id, m.id, m.url, m.version, '', 1 from (values ('1', 'race-1', '${race}', '1'),
         ('2', 'race-2', '${race}', '2'), ('2', 'raced', '${PATIENT}-raced', '2')) m (of, id, url, version)
         join guide g on g.version = m.of join type t on t.name = 'StructureDefinition';
       insert into guide_pin select type, url, id from guide_member where id <> 'race-2'`,
    );
    const profileOf = async (url: string) => {
      const names = [{ type: 'StructureDefinition', url }] as const;
      const access = systemAccess('test');
      const [found] = await definitions.find<StructureDefinition>(access, names, testContext());
      return found!;
    };
    expect((await profileOf(`${PATIENT}-raced`)).resource.differential!.element[0]!.type![0]!.profile).toEqual([
      `${race}|2`,
    ]);
    const races = await definitions.find(
      systemAccess('test'),
      [{ type: 'StructureDefinition', url: race }],
      testContext(),
    );
    expect(races.toSorted(meantFirst).map(({ id }) => id)).toEqual(['race-1', 'race-2']);
  });
});

it('tells by marks whether definitions are still the same, in the order of no plan', () => {
  expect(
    marksOf([
      ['ValueSet', 'b', '2', 't'],
      ['CodeSystem', 'a', '1', 'f'],
    ]),
  ).toEqual(['CodeSystem/a/_history/1', 'ValueSet/b/_history/2 pinned']);
  expect(currentStatement(scopeFor(), [{ type: 'ValueSet', id: 'a' }]).text).not.toContain('resource::text');
});
