import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openOutside } from '../../server/outside-terminology.ts';
import { testContext } from '../setup/context.ts';

const question = (code: string) => ({
  resourceType: 'Parameters' as const,
  parameter: [{ name: 'code', valueCode: code }],
});

/** A server that answers as it is told. @returns what is asked of it, and a client of it on a clock of its own */
async function serverOf(answer: (request: IncomingMessage, reply: ServerResponse) => void, waitMs = 500) {
  const asked: { path: string | undefined; token: string | undefined }[] = [];
  const server = createServer((request, reply) => {
    asked.push({ path: request.url, token: request.headers.authorization });
    request.resume();
    request.on('end', () => answer(request, reply));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clock = { now: 1_000 };
  const { port } = server.address() as AddressInfo;
  const outside = openOutside(
    { url: `http://127.0.0.1:${port}/r4`, token: 'a-token-of-some-length', waitMs },
    () => clock.now,
  );
  onTestFinished(async () => {
    await outside.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const ask = (code: string) => outside.ask('CodeSystem/$lookup', question(code), testContext());
  return { asked, ask, clock };
}
const ok = (_: IncomingMessage, reply: ServerResponse) => void reply.end('{"resourceType":"Parameters"}');

it('asks below the base with the token, and remembers the answer for an hour', async () => {
  const { asked, ask, clock } = await serverOf(ok);
  expect(await Promise.all([ask('a'), ask('a')])).toEqual(Array(2).fill({ resource: { resourceType: 'Parameters' } }));
  await ask('a');
  expect(asked).toEqual([{ path: '/r4/CodeSystem/$lookup', token: 'Bearer a-token-of-some-length' }]);
  clock.now += 3_600_001;
  await ask('a');
  expect(asked).toHaveLength(2);
});

it('tells what the other server says against a question', async () => {
  const { ask } = await serverOf((_, reply) => {
    reply.statusCode = 404;
    reply.end('{"resourceType":"OperationOutcome","issue":[{"details":{"text":"No such code."}}]}');
  });
  expect(await ask('a')).toEqual({ because: 'it answered 404: No such code' });
});

it('follows no redirect', async () => {
  const { asked, ask } = await serverOf((_, reply) => {
    reply.statusCode = 307;
    reply.setHeader('location', 'http://127.0.0.1:1/r4/CodeSystem/$lookup');
    reply.end();
  });
  expect(await ask('a')).toEqual({ because: 'it answered 307' });
  expect(asked).toHaveLength(1);
});

it('waits no longer than it may, and asks nothing for a while after three failures', async () => {
  const { asked, ask, clock } = await serverOf(() => {}, 40);
  for (const code of ['a', 'b', 'c']) expect(await ask(code)).toEqual({ because: 'it did not answer within 40 ms' });
  expect(await ask('d')).toEqual({ because: 'it did not answer a moment ago and is left alone for a while' });
  expect(asked).toHaveLength(3);
  clock.now += 15_001;
  await ask('d');
  expect(asked).toHaveLength(4);
});

it('says that a server is away, broken, or talks something else', async () => {
  const away = openOutside({ url: 'http://127.0.0.1:1/r4', token: undefined, waitMs: 500 });
  onTestFinished(() => away.close());
  expect(await away.ask('CodeSystem/$lookup', question('a'), testContext())).toEqual({
    because: 'it cannot be reached',
  });
  const html = await serverOf((_, reply) => void reply.end('<html>'));
  expect(await html.ask('a')).toEqual({ because: 'its answer is no JSON' });
  const broken = await serverOf((_, reply) => {
    reply.statusCode = 502;
    reply.end();
  });
  expect(await broken.ask('a')).toEqual({ because: 'it answered 502' });
});
