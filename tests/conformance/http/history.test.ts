/** https://hl7.org/fhir/R4/http.html#history */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';

const server = await testServer();

const pump = (id: string, status: string) => server.put(`Device/${id}`, { resourceType: 'Device', id, status });
const linkOf = (bundle: any, relation: string): string | undefined =>
  bundle.link.find((link: any) => link.relation === relation)?.url;
const versionsOf = (bundle: any): string[] =>
  (bundle.entry ?? []).map((entry: any) => `${entry.fullUrl.split('/fhir/')[1]} ${entry.response.etag}`);

/** Every version on all pages. */
async function allPages(first: string): Promise<string[]> {
  const versions: string[] = [];
  for (let next: string | undefined = first; next !== undefined; ) {
    const { status, json } = await server.get(next);
    expect(status).toBe(200);
    versions.push(...versionsOf(json));
    next = linkOf(json, 'next');
  }
  return versions;
}

describe('the history of an instance', () => {
  it('has every version, newest first, with what was asked and answered', async () => {
    await pump('pump-1', 'active');
    await pump('pump-1', 'inactive');
    await server.delete('Device/pump-1');
    const { status, json } = await server.get('Device/pump-1/_history');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      resourceType: 'Bundle',
      type: 'history',
      total: 3,
      link: [{ relation: 'self', url: `${server.base}/Device/pump-1/_history` }],
      entry: [
        { request: { method: 'DELETE', url: 'Device/pump-1' }, response: { status: '204 No Content', etag: 'W/"3"' } },
        {
          resource: { status: 'inactive', meta: { versionId: '2' } },
          request: { method: 'PUT' },
          response: { status: '200 OK', etag: 'W/"2"' },
        },
        {
          resource: { status: 'active', meta: { versionId: '1' } },
          request: { method: 'PUT' },
          response: { status: '201 Created', etag: 'W/"1"' },
        },
      ],
    });
    expect(json.entry[0]).not.toHaveProperty('resource');
    for (const entry of json.entry) expect(entry.response.lastModified).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('tells a create by POST', async () => {
    const created = await server.post('Device', { resourceType: 'Device', status: 'active' });
    const { json } = await server.get(`Device/${created.json.id}/_history`);
    expect(json.entry[0].request).toEqual({ method: 'POST', url: 'Device' });
  });

  it('tells of each version whether it made the resource, changed it, deleted it or brought it back', async () => {
    for (const status of ['active', 'inactive']) await pump('told', status);
    await server.delete('Device/told');
    await pump('told', 'active');
    await server.patch('Device/told', { status: 'inactive' }, 'application/merge-patch+json');
    const told = ['200 OK', '201 Created', '204 No Content', '200 OK', '201 Created'];
    for (const path of ['Device/told/_history', 'Device/_history?_count=5', '_history?_count=5']) {
      const { json } = await server.get(path);
      expect(json.entry.map(({ response }: any) => response.status)).toEqual(told);
    }
    for (const query of [
      '_count=1',
      '_count=2',
      '_count=4',
      '_since=2020-01-01',
      `_at=${new Date().getUTCFullYear()}`,
    ]) {
      const statuses: string[] = [];
      for (let next: string | undefined = `Device/told/_history?${query}`; next !== undefined; ) {
        const { json } = await server.get(next);
        statuses.push(...json.entry.map(({ response }: any) => response.status));
        next = linkOf(json, 'next');
      }
      expect(statuses).toEqual(told);
    }
  });

  it('is 404 where there never was such a resource', async () => {
    expect((await server.get('Device/nowhere/_history')).status).toBe(404);
  });
});

describe('the history of a type', () => {
  it('has that type only', async () => {
    await server.put('Organization/ward', { resourceType: 'Organization', id: 'ward', name: 'Ward 3' });
    await pump('pump-2', 'active');
    expect(versionsOf((await server.get('Organization/_history')).json)).toEqual(['Organization/ward W/"1"']);
  });

  it('is empty, not 404, where nothing was stored yet', async () => {
    const { status, json } = await server.get('Schedule/_history');
    expect(status).toBe(200);
    expect(json.entry).toBeUndefined();
  });
});

describe('the history of the system', () => {
  it('has all types, newest first', async () => {
    await server.put('Location/a', { resourceType: 'Location', id: 'a', name: 'A' });
    await server.put('Organization/b', { resourceType: 'Organization', id: 'b', name: 'B' });
    const { json } = await server.get('_history?_count=2');
    expect(versionsOf(json)).toEqual(['Organization/b W/"1"', 'Location/a W/"1"']);
  });
});

describe('pages', () => {
  it('have each version once, the last no next link', async () => {
    for (let i = 0; i < 7; i++)
      await server.put(`Basic/b${i}`, { resourceType: 'Basic', id: `b${i}`, code: { text: 'page' } });
    const versions = await allPages('Basic/_history?_count=3');
    expect(versions).toEqual([6, 5, 4, 3, 2, 1, 0].map((i) => `Basic/b${i} W/"1"`));
  });

  it('neither skip nor repeat a version while others are written', async () => {
    const goal = (id: string, text: string) =>
      server.put(`Goal/${id}`, {
        resourceType: 'Goal',
        id,
        lifecycleStatus: 'active',
        description: { text },
        subject: { reference: 'Patient/p' },
      });
    for (let i = 0; i < 9; i++) await goal(`g${i}`, 'walk');
    const seen: string[] = [];
    let writes = 0;
    for (let next: string | undefined = 'Goal/_history?_count=2'; next !== undefined; ) {
      const { json } = await server.get(next);
      seen.push(...versionsOf(json));
      next = linkOf(json, 'next');
      await goal(`g${writes}`, `run ${writes}`);
      await goal(`new${writes++}`, 'swim');
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((name) => /^Goal\/g\d W\/"1"$/.test(name))).toHaveLength(9);
  });

  it('are found again only by the link as it was given', async () => {
    for (const page of ['YWJj', '1', 'x'.repeat(500), '%00']) {
      expect((await server.get(`Basic/_history?_page=${page}`)).status).toBe(400);
    }
  });

  it('keep the parameters of the first', async () => {
    const since = '2020-01-01T00:00:00Z';
    const { json } = await server.get(`Basic/_history?_count=2&_since=${since}`);
    expect(new URL(linkOf(json, 'next')!).searchParams.get('_since')).toBe(since);
  });
});

describe('_since and _at', () => {
  it('have versions made at that time or later, and versions that were current then', async () => {
    await pump('timed', 'active');
    await sleep(5);
    const between = (await pump('timed', 'inactive')).json.meta.lastUpdated;
    await sleep(5);
    await pump('timed', 'entered-in-error');
    const path = 'Device/timed/_history';
    expect(versionsOf((await server.get(`${path}?_since=${between}`)).json)).toEqual([
      'Device/timed W/"3"',
      'Device/timed W/"2"',
    ]);
    expect(versionsOf((await server.get(`${path}?_at=${between}`)).json)).toEqual(['Device/timed W/"2"']);
    expect(versionsOf((await server.get(`${path}?_at=2020`)).json)).toEqual([]);
    expect(versionsOf((await server.get(`${path}?_since=2020-01-01T00:00:00%2B05:30`)).json)).toHaveLength(3);
  });

  it('at a year have everything that was current in it', async () => {
    const year = new Date().getUTCFullYear();
    await pump('yearly', 'active');
    await pump('yearly', 'inactive');
    expect(versionsOf((await server.get(`Device/yearly/_history?_at=${year}`)).json)).toHaveLength(2);
  });

  it.each([
    '_since=yesterday',
    '_since=2020-13-01T00:00:00Z',
    '_at=***',
    '_since=2020-01-01T00:00:00Z&_at=2020',
    '_since=',
  ])('are refused where they say nothing: %s', async (query) => {
    expect((await server.get(`Device/_history?${query}`)).status).toBe(400);
  });
});

describe('how many', () => {
  it('is the total alone for _summary=count', async () => {
    await pump('counted', 'active');
    await pump('counted', 'inactive');
    for (const query of ['_summary=count', '_count=0']) {
      const { json } = await server.get(`Device/counted/_history?${query}`);
      expect(json.total).toBe(2);
      expect(json.entry).toBeUndefined();
    }
  });

  it('counts everything for the system', async () => {
    const before = (await server.get('_history?_summary=count')).json.total;
    await pump('one-more', 'active');
    expect((await server.get('_history?_summary=count')).json.total).toBe(before + 1);
  });

  it.each(['_count=-1', '_count=many', '_count=1.5', '_unknown=1', '_summary=true', '_count=1&_count=2'])(
    'is refused for %s',
    async (query) => {
      expect((await server.get(`Device/_history?${query}`)).status).toBe(400);
    },
  );
});
