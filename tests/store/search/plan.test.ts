import { createHash } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { type Access, openAccess, resourceTypes, searchParameters } from '../../../resources/index.ts';
import { kinds } from '../../../store/search/kinds.ts';
import { parseSearch } from '../../../store/search/parse.ts';
import { planConditional, planSearch, type Scope, type Start } from '../../../store/search/plan.ts';
import type { Search } from '../../../store/search/tree.ts';
import { sql } from '../../../store/sql.ts';
import { TypeNumbers } from '../../../store/types.ts';
import { testDatabase } from '../../setup/database.ts';

const client = new pg.Client(await testDatabase());
await client.connect();
afterAll(() => client.end());
const { rows } = await client.query({ text: 'select n, name from type', rowMode: 'array' });

const hash = (text: string) => createHash('sha256').update(text).digest().readBigInt64BE();
const scopeOf = (access: Access): Scope => ({
  access,
  hasher: { hash, rid: (type, id) => hash(`rid|${type}/${id}`) },
  types: new TypeNumbers(rows),
  zone: 'UTC',
  now: Date.parse('2026-01-01'),
  base: 'http://localhost:8080/fhir',
});
const scope = scopeOf(openAccess);

function parse(url: string): Search {
  const at = url.indexOf('?');
  const [type, query] = at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
  const pairs =
    query === ''
      ? []
      : query.split('&').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const);
  return parseSearch({
    type: type || undefined,
    query: pairs,
    handling: 'strict',
    limits: { countDefault: 50, countMax: 1000 },
  });
}
const plan = (url: string, start?: Start, counts = true, at = scope) => planSearch(parse(url), start, counts, at);

/** Postgres accepts the statement: every name, type and bind of it. */
async function explain(statement: { text: string; values?: readonly unknown[] }): Promise<string> {
  const values = (statement.values ?? []).map((value) => {
    if (Array.isArray(value)) return value.map(String);
    return typeof value === 'bigint' ? String(value) : value;
  });
  const answer = await client.query({ text: `EXPLAIN ${statement.text}`, values, rowMode: 'array' });
  return answer.rows.map(([line]) => line).join('\n');
}

const urls = [
  'Patient',
  'Patient?_id=a,b',
  'Patient?family=Smith&given:exact=Ann&_sort=family',
  'Patient?_sort=-family,birthdate,_id&gender=male',
  'Patient?identifier=urn:oid:1.2.3|A-17&active=true',
  'Patient?birthdate=ge1980&birthdate=lt2000&_sort=-birthdate',
  'Patient?birthdate:missing=true&_sort=birthdate',
  'Patient?_lastUpdated=gt2026-01-01&_sort=-_lastUpdated',
  'Patient?_lastUpdated=2026-01-01T10:00:00.000Z',
  'Patient?organization.name=north&general-practitioner:Practitioner.family=bell',
  'Patient?_has:Observation:patient:code=8480-6&_has:Group:member:_id=g1',
  'Patient?_revinclude=Observation:subject&_revinclude=*&_include=Patient:organization',
  'Observation?code=http://loinc.org|8480-6&date=ge2024&_sort=-date&_include=Observation:subject:Patient&_include=*',
  'Observation?patient=1&code=a,b&_sort=date',
  'Observation?value-quantity=gt5.4|http://unitsofmeasure.org|mg&status:not=final',
  'Observation?combo-value-quantity=5&_sort=-combo-value-quantity,value-quantity,combo-code',
  'Observation?component-code-value-quantity=8480-6$gt140&_sort=code',
  'Observation?combo-code-value-quantity=8480-6$gt140,8462-4$lt80',
  'Observation?code:text=pressure&_tag=a|b&_security=R&_profile=http://example.org/p&_source=urn:x',
  'MedicationDispense?_include=MedicationDispense:prescription&_include:iterate=MedicationRequest:patient&_revinclude:iterate=Provenance:target',
  'Location?near=42.2565|-83.694810|11.20|km&_include:iterate=Location:partof',
  'RiskAssessment?probability=gt0.5&_sort=probability,subject,date',
  'ValueSet?url:below=http://example.org&url:above=http://example.org/a/b&_sort=url',
  'Group?characteristic-value=gender$mixed',
  'MolecularSequence?chromosome-variant-coordinate=1$ge100$le200',
  '?_type=Patient,Observation&_lastUpdated=gt2026&_sort=-_lastUpdated',
  '?_type=Observation,DiagnosticReport&patient=1&date=2024&_sort=date&_tag=a',
  '?_tag=urgent&_id=7',
  'Condition?_text=bone OR (liver -lung)&_sort=-_score,_lastUpdated',
  '?_content="acute asthma"&_content=child*&_sort=_score',
  '?_content=-asthma&_sort=-_score',
  'Condition?subject:Patient._text=bone&_has:Observation:focus:_content=lung',
  '?',
  'Patient?_count=0&gender=male',
];

describe('planSearch', () => {
  it.each(urls)('makes a statement that Postgres takes: %s', async (url) => {
    await explain(plan(url));
    const keys = parse(url).sort.map(({ code }) => (code === '_score' ? '0.5' : null));
    for (const backwards of [false, true]) {
      await explain(plan(url, { position: { type: 1, id: 'x', keys }, backwards }, false));
    }
  });

  it('goes on from a position of each kind of key', async () => {
    const at = (url: string, ...keys: string[]) =>
      explain(plan(url, { position: { type: 1, id: 'x', keys }, backwards: false }));
    await at('Patient?_sort=family,-birthdate', 'smith', '1980-01-01 00:00:00+00');
    await at('Observation?_sort=-value-quantity,code', '5.40', '8480-6');
    await at('Patient?_sort=-_lastUpdated', '2026-01-01 00:00:00.123+00');
  });

  it('reads every parameter of every type', async () => {
    const samples: Record<string, string> = {
      date: 'ge2024-05',
      number: 'gt5',
      quantity: '5.4|http://unitsofmeasure.org|mg',
      reference: 'Patient/1',
      special: '42|-83',
      string: 'abc',
      token: 'a|b',
      uri: 'http://example.org',
    };
    for (const type of resourceTypes()) {
      for (const { code, type: kind, components } of searchParameters(type).values()) {
        const value =
          code === '_id' ? 'a' : (components?.map((part) => samples[part.type]!).join('$') ?? samples[kind]!);
        const key = code === '_text' || code === '_content' ? '_score' : code;
        const sort = components || kind === 'special' ? '' : `&_sort=-${key}`;
        await explain(plan(`${type}?${code}=${value}${sort}`));
      }
    }
  }, 240_000);

  it('never lets a value become part of the text', () => {
    const shapes: readonly ((value: string) => string)[] = [
      (value) => `Patient?family=${value}`,
      (value) => `Patient?identifier=${value}`,
      (value) => `Patient?name:contains=${value}`,
      (value) => `Patient?_id=${value}`,
      (value) => `Observation?code=${value}`,
      (value) => `ValueSet?url:below=${value}`,
      (value) => `ValueSet?_content=${value}&_sort=-_score`,
    ];
    const text = (url: string) => {
      try {
        return plan(url).text;
      } catch {
        return undefined;
      }
    };
    const hostile = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom(
        "' OR 1=1 --",
        '$1',
        '"; drop table res; --',
        "\\'",
        '%',
        '_',
        '${x}',
        '/*',
        '\u0000',
        'a::int',
        '😀',
      ),
    );
    fc.assert(
      fc.property(hostile, fc.constantFrom(...shapes), (value, shape) => {
        const clean = value.replace(/[,|\\&]/g, '').trim();
        const found = clean === '' ? undefined : text(shape(`x${clean}`));
        if (found !== undefined) expect(found).toBe(text(shape('plain')));
      }),
    );
  });

  it('names no resource of another type than the caller may search', () => {
    const laboratory: Access = { actor: 'lab', grants: [{ types: ['Observation'], verbs: ['search', 'read'] }] };
    const { text } = plan('?_tag=urgent', undefined, false, scopeOf(laboratory));
    expect(text).toContain('o.type IN (4)');
    const chained = plan('Observation?patient.gender=male', undefined, false, scopeOf(laboratory)).text;
    expect(chained).toMatch(/ FROM res_patient r WHERE false UNION ALL /);
    const included = plan('Observation?_include=Observation:subject', undefined, false, scopeOf(laboratory)).text;
    expect(included).toContain('r.type IN (4)');
  });
});

describe('planConditional', () => {
  it('asks for the columns that it is given, in the order of ids', async () => {
    const statement = planConditional(parse('Patient?identifier=urn:x|1'), 2, sql`v.ver`, scope);
    expect(statement.text).toMatch(/SELECT v\.id, v\.ver FROM m .* ORDER BY m\.n$/);
    await explain(statement);
  });
});

describe('kinds', () => {
  it('answer for every type of parameter', () => {
    const used = new Set(
      resourceTypes().flatMap((type) => [...searchParameters(type).values()].map((one) => one.type)),
    );
    expect([...used].sort()).toEqual(Object.keys(kinds).sort());
  });
});
