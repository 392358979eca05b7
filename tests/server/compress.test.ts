import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compress, encodingFor } from '../../server/compress.ts';
import { openTestDoor, openWire } from './door.ts';

describe('encodingFor', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['gzip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['gzip;q=1.0, br;q=0.5', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['gzip;q=0', undefined],
    ['*', 'br'],
    ['*;q=0', undefined],
    ['identity;q=1, gzip;q=0.5', undefined],
    ['zstd', undefined],
  ])('for Accept-Encoding %s is %s', (header, expected) => {
    expect(encodingFor(header)).toBe(expected);
  });
});

describe('compress', () => {
  it('gives back the same text, long and short', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 2_000 }), async (text, times) => {
        const long = text.repeat(times);
        expect(brotliDecompressSync(await compress(long, 'br')).toString()).toBe(long);
        expect(gunzipSync(await compress(long, 'gzip')).toString()).toBe(long);
      }),
      { numRuns: 30 },
    );
  });
});

describe('an answer', () => {
  const bundle = JSON.stringify({ resourceType: 'Bundle', type: 'searchset', note: 'Größe '.repeat(10_000) });

  it.each(['gzip', 'br'])('comes in %s where the client asks for it and it is long', async (encoding) => {
    const door = await openTestDoor({ perform: () => ({ status: 200, body: bundle }) });
    const response = await fetch(`${door.base}/Patient`, { headers: { 'Accept-Encoding': encoding } });
    expect(response.headers.get('content-encoding')).toBe(encoding);
    expect(response.headers.get('vary')).toContain('Accept-Encoding');
    expect(await response.text()).toBe(bundle);
  });

  it('comes plain where it is short, or where the client does not ask', async () => {
    const short = await openTestDoor();
    expect((await fetch(`${short.base}/Patient/pat-1`)).headers.get('content-encoding')).toBeNull();
    const long = await openTestDoor({ perform: () => ({ status: 200, body: bundle }) });
    const wire = openWire(long.port);
    wire.socket.write('GET /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await wire.ended;
    expect(wire.text()).not.toMatch(/content-encoding/i);
    expect(wire.text().endsWith(bundle)).toBe(true);
  });

  it('has the headers of GET on HEAD, and no body', async () => {
    const door = await openTestDoor({ perform: () => ({ status: 200, body: bundle, etag: 'W/"1"' }) });
    const [get, head] = await Promise.all(
      ['GET', 'HEAD'].map((method) => fetch(`${door.base}/Patient/pat-1`, { method })),
    );
    for (const name of ['content-type', 'content-length', 'content-encoding', 'etag', 'vary']) {
      expect(head!.headers.get(name), name).toBe(get!.headers.get(name));
    }
    expect(await head!.text()).toBe('');
  });
});
