import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../resources/index.ts';
import { hasBody, holdRoom } from '../../server/body.ts';
import { issueOf, openTestDoor, openWire } from './door.ts';

const observation =
  '{"resourceType":"Observation","status":"final","valueQuantity":{"value":1.00,"unit":"mmol/L"},"note":[{"text":"Größe geprüft 😀"}]}';
const FHIR_JSON = 'application/fhir+json';

function post(
  base: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${base}/Observation`, { method: 'POST', body, headers: { 'Content-Type': FHIR_JSON, ...headers } });
}

describe('receiveBody', () => {
  it('gives the text as it was sent', async () => {
    const door = await openTestDoor();
    await post(door.base, observation);
    expect(door.asked[0]).toMatchObject({ body: observation, mediaType: FHIR_JSON });
  });

  it('leaves out a byte order mark', async () => {
    const door = await openTestDoor();
    await post(door.base, Buffer.from(`\ufeff${observation}`));
    expect(door.asked[0]!.body).toBe(observation);
  });

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['identity', Buffer.from],
  ] as [string, (text: string) => Buffer][])('reads Content-Encoding: %s', async (encoding, compress) => {
    const door = await openTestDoor();
    await post(door.base, new Uint8Array(compress(observation)), { 'Content-Encoding': encoding });
    expect(door.asked[0]!.body).toBe(observation);
  });

  it('returns 415 with Accept-Encoding for an encoding that it does not know', async () => {
    const door = await openTestDoor();
    const response = await post(door.base, observation, { 'Content-Encoding': 'compress' });
    expect(response.status).toBe(415);
    expect(response.headers.get('accept-encoding')).toContain('gzip');
  });

  it('returns 400 for a body that is not what Content-Encoding says, also where it ends too early', async () => {
    const door = await openTestDoor();
    for (const body of [Buffer.from(observation), gzipSync(observation).subarray(0, 40)]) {
      const response = await post(door.base, new Uint8Array(body), { 'Content-Encoding': 'gzip' });
      expect(response.status).toBe(400);
      expect((await issueOf(response)).text).toContain('Content-Encoding');
    }
    expect(door.asked).toEqual([]);
  });

  it('returns 400 naming the byte for a body that is not UTF-8', async () => {
    const door = await openTestDoor();
    const body = Buffer.concat([Buffer.from('{"family":"Mü'), Buffer.from([0xfc]), Buffer.from('ller"}')]);
    const response = await post(door.base, body);
    expect(response.status).toBe(400);
    expect((await issueOf(response)).text).toContain('byte 14');
  });

  it('returns 413 for a body whose length is told, without reading it, and the connection goes on', async () => {
    const door = await openTestDoor({ limits: { bodyBytes: 1_000 } });
    const response = await post(door.base, 'x'.repeat(200_000));
    expect(response.status).toBe(413);
    expect((await issueOf(response)).kind).toBe('too-large');
    expect((await fetch(`${door.base}/Patient/pat-1`)).status).toBe(200);
    expect(door.asked).toHaveLength(1);
  });

  it('returns 413 for a body in chunks as soon as it passes the limit', async () => {
    const door = await openTestDoor({ limits: { bodyBytes: 1_000 } });
    const wire = openWire(door.port);
    wire.socket.write(
      `POST /fhir/Observation HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${FHIR_JSON}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    for (let index = 0; index < 5; index += 1) wire.socket.write(`190\r\n${'x'.repeat(400)}\r\n`);
    await wire.until('too-large');
    expect(wire.text()).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('counts what was inflated: a small body that grows beyond the limit is refused', async () => {
    const door = await openTestDoor({ limits: { bodyBytes: 100_000 } });
    for (const [encoding, compress] of [
      ['gzip', gzipSync],
      ['br', brotliCompressSync],
    ] as const) {
      const bomb = compress(Buffer.alloc(20_000_000, ' '));
      expect(bomb.length).toBeLessThan(100_000);
      expect((await post(door.base, new Uint8Array(bomb), { 'Content-Encoding': encoding })).status, encoding).toBe(
        413,
      );
    }
  });

  it('gives nothing to the operations where the client leaves before the end', async () => {
    const door = await openTestDoor();
    const wire = openWire(door.port);
    wire.socket.write(
      `POST /fhir/Observation HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${FHIR_JSON}\r\nContent-Length: 100\r\n\r\n{"resource`,
    );
    wire.socket.end();
    await wire.ended;
    await fetch(`${door.base}/Patient/pat-1`);
    expect(door.asked.map(({ method }) => method)).toEqual(['GET']);
  });

  it('gives the word to go on to a client that waits for it', async () => {
    const door = await openTestDoor();
    const wire = openWire(door.port);
    const head = `POST /fhir/Observation HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${FHIR_JSON}\r\nContent-Length: ${Buffer.byteLength(observation)}\r\nExpect: 100-continue\r\n\r\n`;
    wire.socket.write(head);
    await wire.until('100 Continue\r\n\r\n');
    wire.socket.write(observation);
    await wire.until('HTTP/1.1 200');
    expect(door.asked[0]!.body).toBe(observation);
  });

  it('refuses a client that waits for the word before it sends too much', async () => {
    const door = await openTestDoor();
    const wire = openWire(door.port);
    wire.socket.write(
      `POST /fhir/Observation HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${FHIR_JSON}\r\nContent-Length: 5000000\r\nExpect: 100-continue\r\n\r\n`,
    );
    await wire.ended;
    expect(wire.text()).toMatch(/^HTTP\/1\.1 413 /);
    expect(wire.text()).not.toContain('100 Continue');
  });
});

describe('hasBody', () => {
  it('is told by Content-Length or Transfer-Encoding', () => {
    const ask = (headers: Record<string, string>) => hasBody({ headers } as unknown as Parameters<typeof hasBody>[0]);
    expect(ask({})).toBe(false);
    expect(ask({ 'content-length': '0' })).toBe(false);
    expect(ask({ 'content-length': '2' })).toBe(true);
    expect(ask({ 'transfer-encoding': 'chunked' })).toBe(true);
  });
});

describe('holdRoom', () => {
  it('refuses what would need more memory than all bodies together may have', () => {
    const room = { bytesMax: 100, held: 0 };
    holdRoom(room, 60);
    expect(() => holdRoom(room, 60)).toThrow(Fault);
    expect(room.held).toBe(60);
  });

  it('gives the room back when a request is over, refused ones included', async () => {
    const door = await openTestDoor({ limits: { bodyBytes: 50_000, heldBodyBytes: 60_000 } });
    const large = JSON.stringify({ resourceType: 'Observation', status: 'x'.repeat(40_000) });
    for (let index = 0; index < 4; index += 1) expect((await post(door.base, large)).status).toBe(200);
    expect((await post(door.base, `${large}${' '.repeat(30_000)}`)).status).toBe(413);
    expect((await post(door.base, large)).status).toBe(200);
  });
});
