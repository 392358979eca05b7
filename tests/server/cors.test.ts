import { describe, expect, it } from 'vitest';
import { isPreflight } from '../../server/cors.ts';
import { openTestDoor } from './door.ts';

const app = { Origin: 'https://growth-chart.example.org' };

describe('CORS', () => {
  it('lets a page of any origin read the answer and the headers that clients need', async () => {
    const door = await openTestDoor();
    const { headers } = await fetch(`${door.base}/Patient/pat-1`, { headers: app });
    expect(headers.get('access-control-allow-origin')).toBe('*');
    const exposed = headers.get('access-control-expose-headers')!.split(', ');
    expect(exposed).toEqual(
      expect.arrayContaining(['ETag', 'Location', 'Content-Location', 'Last-Modified', 'X-Request-Id']),
    );
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('vary')).toContain('Origin');
  });

  it('lets it read refusals too', async () => {
    const door = await openTestDoor();
    const response = await fetch(`${door.base}/patient`, { headers: app });
    expect(response.status).toBe(404);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('answers a preflight for every method and header of the API, for any path, without asking the operations', async () => {
    const door = await openTestDoor();
    for (const path of ['/Patient/pat-1', '/nonsense']) {
      const response = await fetch(`${door.base}${path}`, {
        method: 'OPTIONS',
        headers: {
          ...app,
          'Access-Control-Request-Method': 'PATCH',
          'Access-Control-Request-Headers': 'if-match,prefer',
        },
      });
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('access-control-allow-methods')).toContain('PATCH');
      const allowed = response.headers.get('access-control-allow-headers')!.toLowerCase();
      for (const name of [
        'prefer',
        'if-match',
        'if-none-match',
        'if-none-exist',
        'authorization',
        'content-type',
        'x-request-id',
      ]) {
        expect(allowed).toContain(name);
      }
    }
    expect(door.asked).toEqual([]);
  });

  it('does not open this machine to public web sites: the question for a private network stays unanswered', async () => {
    const door = await openTestDoor();
    const headers = {
      ...app,
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Private-Network': 'true',
    };
    const response = await fetch(`${door.base}/Patient`, { method: 'OPTIONS', headers });
    expect(response.headers.get('access-control-allow-private-network')).toBeNull();
  });

  it('says nothing of it to those who are no page of another origin', async () => {
    const door = await openTestDoor();
    const { headers } = await fetch(`${door.base}/Patient/pat-1`);
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('answers OPTIONS of anybody else with Allow', async () => {
    const door = await openTestDoor();
    const response = await fetch(`${door.base}/Patient/pat-1`, { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('allow')).toBe('GET, HEAD, PUT, PATCH, DELETE, OPTIONS');
    expect((await fetch(`${door.base}/nonsense`, { method: 'OPTIONS' })).status).toBe(404);
  });
});

describe('isPreflight', () => {
  it('needs OPTIONS, an origin and a method to ask for', () => {
    const asked = { origin: 'https://a.example', 'access-control-request-method': 'PUT' };
    expect(isPreflight('OPTIONS', asked)).toBe(true);
    expect(isPreflight('GET', asked)).toBe(false);
    expect(isPreflight('OPTIONS', { origin: 'https://a.example' })).toBe(false);
    expect(isPreflight('OPTIONS', { 'access-control-request-method': 'PUT' })).toBe(false);
  });
});
