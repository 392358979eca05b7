import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openTestDoor, openWire } from './door.ts';

describe('makeServer', () => {
  it('takes no more connections than it may', async () => {
    const door = await openTestDoor({ limits: { connections: 2 } });
    const wires = [openWire(door.port), openWire(door.port)];
    for (const { socket } of wires)
      await new Promise((resolve) => (socket.connecting ? socket.once('connect', resolve) : resolve(undefined)));
    const third = openWire(door.port);
    await third.ended;
    expect(third.text()).toBe('');
  });

  it('keeps a connection for the next request', async () => {
    const door = await openTestDoor();
    const wire = openWire(door.port);
    wire.socket.write('GET /fhir/Patient/pat-1 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await wire.until('Müller');
    wire.socket.write('GET /fhir/nonsense HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await wire.until('HTTP/1.1 404');
  });

  it('answers requests sent one behind the other in their order', async () => {
    const door = await openTestDoor({
      async perform(request) {
        if (request.path.endsWith('slow')) await new Promise((resolve) => setTimeout(resolve, 50));
        return { status: 200, body: `{"id":"${request.path.split('/').at(-1)}"}` };
      },
    });
    const wire = openWire(door.port);
    for (const id of ['slow', 'fast']) wire.socket.write(`GET /fhir/Patient/${id} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await wire.until('"fast"');
    expect(wire.text().indexOf('"slow"')).toBeLessThan(wire.text().indexOf('"fast"'));
  });
});

describe('drain', () => {
  it('sends a long answer to its end before the connection goes', async () => {
    const body = JSON.stringify({ resourceType: 'Bundle', note: 'x'.repeat(20_000_000) });
    const door = await openTestDoor({ perform: () => ({ status: 200, body }) });
    const response = await fetch(`${door.base}/Patient`);
    const closed = door.http.close();
    expect((await response.text()).length).toBe(body.length);
    await closed;
  });
});

describe('listen', () => {
  it('refuses an address that this machine does not have', async () => {
    await expect(openTestDoor({ settings: { host: '192.0.2.1' } })).rejects.toThrow(
      /192\.0\.2\.1 is not an address of this machine/,
    );
  });

  it('frees the port when it is closed', async () => {
    const door = await openTestDoor();
    await door.http.close();
    const socket = connect(door.port, '127.0.0.1');
    const code = await new Promise((resolve) =>
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)),
    );
    expect(code).toBe('ECONNREFUSED');
  });
});
