import type { CodeSystem } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { isLarge, TABLE_MIN } from '../../terminology/stored-system.ts';
import { testServer } from '../setup/server.ts';

const server = await testServer();
const URL = 'http://hospital.example.org/CodeSystem/articles';

function articles(version: string, count: number): CodeSystem {
  const concept = Array.from({ length: count }, (_, i) => ({ code: `a${i}`, display: `Article ${i} of ${version}` }));
  return {
    resourceType: 'CodeSystem',
    id: 'articles',
    url: URL,
    version,
    status: 'active',
    content: 'complete',
    concept: [{ code: 'all', display: 'Articles', concept }],
  };
}

const value = (json: any, name: string) => {
  const { name: _, ...rest } = json.parameter.find((one: any) => one.name === name);
  return Object.values(rest)[0];
};

describe('a large CodeSystem that somebody stores', () => {
  it('answers at once, from tables, in the version that is stored', async () => {
    await server.put('CodeSystem/articles', articles('1', TABLE_MIN));
    const look = async () => value((await server.get(`CodeSystem/$lookup?system=${URL}&code=a77`)).json, 'display');
    expect(await look()).toBe('Article 77 of 1');
    await server.put('CodeSystem/articles', articles('2', TABLE_MIN));
    expect(await look()).toBe('Article 77 of 2');
  });

  it('expands, validates and relates like a small one', async () => {
    const { json } = await server.get(`ValueSet/$expand?url=${URL}?fhir_vs=isa/all&filter=article 9999&count=5`);
    expect(json.expansion).toMatchObject({ total: 1, contains: [{ system: URL, code: 'a9999' }] });
    const all = await server.get(`ValueSet/$expand?url=${URL}?fhir_vs&count=2&offset=1`);
    expect(all.json.expansion).toMatchObject({ offset: 1, contains: [{ code: 'a0' }, { code: 'a1' }] });
    expect((await server.get(`ValueSet/$expand?url=${URL}?fhir_vs`)).status).toBe(400);
    const related = await server.get(`CodeSystem/$subsumes?system=${URL}&codeA=all&codeB=a5`);
    expect(value(related.json, 'outcome')).toBe('subsumes');
    const valid = await server.get(`ValueSet/$validate-code?url=${URL}?fhir_vs=isa/all&system=${URL}&code=a5`);
    expect(value(valid.json, 'result')).toBe(true);
  });

  it('is gone with the resource', async () => {
    await server.delete('CodeSystem/articles');
    expect((await server.get(`CodeSystem/$lookup?system=${URL}&code=a77`)).status).toBe(404);
  });
});

it('counts no further than it must', () => {
  expect(isLarge(articles('1', TABLE_MIN))).toBe(true);
  expect(isLarge(articles('1', 10))).toBe(false);
  expect(isLarge({ ...articles('1', TABLE_MIN), content: 'supplement' })).toBe(false);
});

describe('a search by codes of a system in tables', () => {
  const SYSTEM = 'http://hospital.example.org/CodeSystem/procedures';

  it('joins them by :in, :not-in, :above and :below, in the version that is stored', async () => {
    const of = (parent: string) => (_: unknown, i: number) => ({ code: `${parent}${i}`, display: `${parent} ${i}` });
    const branch = (code: string, count: number) => ({ code, concept: Array.from({ length: count }, of(code)) });
    const concept = [branch('repair', TABLE_MIN), branch('removal', 20)];
    const procedures = {
      resourceType: 'CodeSystem',
      id: 'procedures',
      url: SYSTEM,
      status: 'active',
      content: 'complete',
      concept,
    };
    await server.put('CodeSystem/procedures', procedures);
    const filter = [{ property: 'concept', op: 'is-a', value: 'repair' }];
    const include = [
      { system: SYSTEM, filter },
      { system: 'http://loinc.org', concept: [{ code: '8480-6' }] },
    ];
    await server.put('ValueSet/repairs', {
      resourceType: 'ValueSet',
      id: 'repairs',
      url: 'http://hospital.example.org/ValueSet/repairs',
      status: 'active',
      compose: { include },
    });
    const done = async (id: string, system: string, code: string) => {
      const coded = { coding: [{ system, code }] };
      await server.put(`Procedure/${id}`, {
        resourceType: 'Procedure',
        id,
        status: 'completed',
        subject: { display: 'Anna' },
        code: coded,
      });
    };
    await done('a', SYSTEM, 'repair77');
    await done('b', SYSTEM, 'removal7');
    await done('c', 'http://loinc.org', '8480-6');
    await done('d', 'http://other.example.org', 'repair77');
    const ids = async (query: string) => {
      const { json } = await server.get(`Procedure?${query}&_sort=_id`);
      return (json.entry ?? []).map(({ resource }: any) => resource.id);
    };
    expect(await ids('code:in=http://hospital.example.org/ValueSet/repairs')).toEqual(['a', 'c']);
    expect(await ids('code:not-in=http://hospital.example.org/ValueSet/repairs')).toEqual(['b', 'd']);
    expect(await ids(`code:below=${SYSTEM}|removal`)).toEqual(['b']);
    expect(await ids(`code:above=${SYSTEM}|repair77`)).toEqual(['a']);
    await server.put('CodeSystem/procedures', {
      ...procedures,
      concept: [branch('removal', TABLE_MIN), branch('repair', 20)],
    });
    expect(await ids('code:in=http://hospital.example.org/ValueSet/repairs')).toEqual(['c']);
  });
});
