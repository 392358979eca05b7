import { describe, expect, it } from 'vitest';
import { issueOf, openTestDoor } from './door.ts';

describe('/', () => {
  it('is the start page, with the base as the visitor sees it and nothing that could run', async () => {
    const door = await openTestDoor();
    const response = await fetch(`${door.origin}/`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await response.text();
    expect(html).toContain(`${door.origin}/fhir/metadata`);
    expect(html).toContain('12,345');
  });

  it('comes also where the database is away', async () => {
    const door = await openTestDoor({ parts: { counts: () => Promise.reject(new Error('away')) } });
    const response = await fetch(`${door.origin}/`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('cannot be reached');
  });

  it('answers HEAD, and other methods with an OperationOutcome', async () => {
    const door = await openTestDoor();
    expect((await fetch(`${door.origin}/`, { method: 'HEAD' })).status).toBe(200);
    const response = await fetch(`${door.origin}/`, {
      method: 'POST',
      body: '{}',
      headers: { 'Content-Type': 'application/fhir+json' },
    });
    expect(response.status).toBe(404);
    expect((await issueOf(response)).hint).toContain('/fhir');
  });

  it('is also under the path of a proxy', async () => {
    const door = await openTestDoor({ settings: { baseUrl: 'https://records.example.org/hospital/fhir' } });
    const html = await (await fetch(`${door.origin}/hospital/`)).text();
    expect(html).toContain('https://records.example.org/hospital/fhir/metadata');
  });
});

describe('/docs', () => {
  it('shows each page of the manual that the start page lists', async () => {
    const door = await openTestDoor();
    const start = await (await fetch(`${door.origin}/`)).text();
    const pages = [...start.matchAll(/href="([^"]+\/docs\/[^"]+)"/g)].map(([, url]) => url!);
    expect(pages.length).toBeGreaterThan(0);
    for (const url of pages) {
      const response = await fetch(url);
      expect(response.status, url).toBe(200);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await response.text()).toContain('<article>');
    }
  });

  it('has a page for each interaction, which the start page lists and which leads to the others', async () => {
    const door = await openTestDoor();
    const start = await (await fetch(`${door.origin}/`)).text();
    const create = await (await fetch(`${door.origin}/docs/interactions/create`)).text();
    for (const name of ['create', 'read', 'search', 'history', 'transaction']) {
      expect(start).toContain(`href="${door.origin}/docs/interactions/${name}"`);
      expect(create).toContain(`href="${door.origin}/docs/interactions/${name}"`);
    }
    expect(create).toContain(`href="${door.origin}/docs/interactions/create" aria-current="page"`);
    expect(create).toContain(`href="${door.origin}/"`);
  });

  it.each(['nothing', '..%2Fpackage', '../package.json', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', 'architecture.md%00'])(
    'has no page %s',
    async (name) => {
      const door = await openTestDoor();
      expect((await fetch(`${door.origin}/docs/${name}`)).status).toBe(404);
    },
  );
});
