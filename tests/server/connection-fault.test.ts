import { describe, expect, it } from 'vitest';
import { answerConnectionFault } from '../../server/connection-fault.ts';
import { openTestDoor, openWire } from './door.ts';

async function exchange(bytes: string, limits = {}): Promise<string> {
  const door = await openTestDoor({ limits });
  const wire = openWire(door.port);
  wire.socket.write(bytes);
  await wire.ended;
  return wire.text();
}

describe('answerConnectionFault', () => {
  it.each([
    ['nonsense', 'hello there\r\n\r\n'],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['two lengths', 'POST /fhir HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc'],
    [
      'a length and chunks',
      'POST /fhir HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a header without a colon', 'GET /fhir HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n'],
    ['no Host', 'GET /fhir/metadata HTTP/1.1\r\n\r\n'],
  ])('answers %s with 400 and ends the connection', async (_what, bytes) => {
    expect(await exchange(bytes)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });

  it('tells it as an OperationOutcome', async () => {
    const [head, body] = (await exchange('hello there\r\n\r\n')).split('\r\n\r\n');
    expect(head).toContain('Content-Type: application/fhir+json');
    expect(JSON.parse(body!)).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'invalid' }],
    });
  });

  it('answers 10,000 headers, and headers over the limit, with 431', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `x${index}: 1`).join('\r\n');
    for (const headers of [many, `Authorization: ${'a'.repeat(60_000)}`]) {
      const text = await exchange(`GET /fhir/metadata HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`);
      expect(text).toMatch(/^HTTP\/1\.1 431 /);
      expect(text).toContain('OperationOutcome');
    }
  });

  it('answers headers that do not arrive in time with 408', async () => {
    const text = await exchange('GET /fhir/metadata HTTP/1.1\r\nHost: x\r\nX-Slow: ', { headersMs: 100 });
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(text).toContain('OperationOutcome');
  });

  it('answers a body that does not arrive in time with 408, and nothing was done', async () => {
    const head =
      'POST /fhir/Patient HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\nContent-Length: 100\r\n\r\n{"reso';
    expect(await exchange(head, { headersMs: 100, receiveMs: 100 })).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('says nothing into an answer that has begun', () => {
    const written: unknown[] = [];
    const socket = {
      writable: true,
      _httpMessage: { headersSent: true },
      end: (text: unknown) => written.push(text),
      destroy: () => written.push('destroyed'),
    };
    answerConnectionFault(Object.assign(new Error('bad'), { code: 'HPE_INVALID_METHOD' }), socket as never);
    expect(written).toEqual(['destroyed']);
  });

  it('goes on answering others', async () => {
    const door = await openTestDoor();
    const wire = openWire(door.port);
    wire.socket.write('hello\r\n\r\n');
    await wire.ended;
    expect((await fetch(`${door.base}/Patient/pat-1`)).status).toBe(200);
  });
});
