/** `_explain=true`, and the deadline of searches. */
import { describe, expect, it } from 'vitest';
import { testServer } from '../setup/server.ts';
import { searching } from './searching.ts';

const server = await testServer({ VESTA_LIMIT_SEARCH_MS: '250' });
const inside = await searching([]);
await server.put('Patient/ann', { resourceType: 'Patient', id: 'ann', name: [{ family: 'Ångström' }] });

const named = ({ parameter }: any, name: string) => parameter.find((one: any) => one.name === name);

describe('_explain', () => {
  it('answers with the tree, the statement, its binds and the plan with its times, and with no resource', async () => {
    const { status, json, text } = await server.get('Patient?family=angstrom&_sort=-birthdate&_explain=true');
    expect(status).toBe(200);
    expect(json.resourceType).toBe('Parameters');
    const tree = JSON.parse(named(json, 'tree').valueString);
    expect(tree).toMatchObject({
      types: ['Patient'],
      sort: ['-birthdate'],
      conditions: [{ kind: 'values', code: 'family', by: { Patient: 'family' }, values: ['angstrom'] }],
    });
    expect(named(json, 'sql').valueString).toMatch(/^WITH /);
    expect(named(json, 'binds').part.some(({ valueString }: any) => valueString?.includes('angstrom'))).toBe(true);
    expect(named(json, 'plan').valueString).toContain('actual time=');
    for (const stage of ['planning', 'execution']) expect(named(json, stage).valueQuantity.value).toBeGreaterThan(0);
    expect(text).not.toContain('Ångström');
  });

  it('shows what a caller wrote as a bind and never in the statement', async () => {
    const { json } = await server.get(`Patient?family=${encodeURIComponent("x' OR true --")}&_explain=true`);
    expect(named(json, 'sql').valueString).not.toContain('or true');
    expect(named(json, 'binds').part.some(({ valueString }: any) => /or true/i.test(valueString))).toBe(true);
  });

  it('is part of every kind of search', async () => {
    for (const path of [
      '?_id=ann',
      'Patient/ann/Observation?code=x',
      'Patient?_count=0',
      'Observation?subject.name=x&_include=*',
    ])
      expect((await server.get(`${path}&_explain=true`)).json.resourceType).toBe('Parameters');
  });

  it('refuses anything but true and false, and whoever does not administer the server', async () => {
    expect((await server.get('Patient?_explain=yes')).json.issue[0].expression).toEqual(['_explain']);
    expect((await server.get('Patient?_explain=false')).json.resourceType).toBe('Bundle');
    const access = { actor: 'Practitioner/7', grants: [{ types: '*', verbs: ['search'] }] } as const;
    await expect(inside.bundle('Patient?_explain=true', { access })).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('a search that takes too long', () => {
  it('is cancelled in Postgres and told to be too costly', async () => {
    // Whoever holds the table keeps the search waiting as a scan of everything would.
    const { default: pg } = await import('pg');
    const blocker = new pg.Client(server.connection);
    await blocker.connect();
    await blocker.query('begin; lock table res in access exclusive mode');
    try {
      const { status, json } = await server.get('Patient?family=angstrom');
      expect(status).toBe(400);
      expect(json.issue[0]).toMatchObject({ code: 'too-costly' });
      const { rows } = await blocker.query(
        `select count(*)::int as n from pg_stat_activity where application_name = 'vesta searches' and state = 'active' and datname = current_database()`,
      );
      expect(rows[0].n).toBe(0);
    } finally {
      await blocker.query('rollback');
      await blocker.end();
    }
    expect((await server.get('Patient?family=angstrom')).json.total).toBe(1);
  });
});
