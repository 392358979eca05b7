import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Room } from '../../../operations/bundle/room.ts';

const K = 1024;
const never = new AbortController().signal;

/** Work that goes on until it is told to end. */
function job(room: Room, length: number, signal = never) {
  const end = Promise.withResolvers<void>();
  const state = { isRunning: false };
  const done = room.use(length, signal, async () => {
    state.isRunning = true;
    await end.promise;
    state.isRunning = false;
  });
  return { end: end.resolve, done, state };
}

it('lets in what there is room for, the others in the order in which they came', async () => {
  const room = new Room(1000 * K);
  const [a, b, c, d] = [job(room, 600 * K), job(room, 300 * K), job(room, 300 * K), job(room, 100 * K)];
  await turn();
  expect([a, b, c, d].map(({ state }) => state.isRunning)).toEqual([true, true, false, false]);
  a.end();
  await turn();
  expect([c, d].map(({ state }) => state.isRunning)).toEqual([true, true]);
  for (const one of [b, c, d]) one.end();
  await Promise.all([a.done, b.done, c.done, d.done]);
});

it('lets in alone what is larger than the room', async () => {
  const room = new Room(1000 * K);
  const [huge, next] = [job(room, 5000 * K), job(room, 100 * K)];
  await turn();
  expect([huge.state.isRunning, next.state.isRunning]).toEqual([true, false]);
  huge.end();
  await turn();
  expect(next.state.isRunning).toBe(true);
  next.end();
  await next.done;
});

it('never lets a small one wait behind a huge one', async () => {
  const room = new Room(1000 * K);
  const [huge, waiting, small] = [job(room, 5000 * K), job(room, 5000 * K), job(room, K)];
  await turn();
  expect(small.state.isRunning).toBe(true);
  expect(waiting.state.isRunning).toBe(false);
  for (const one of [huge, waiting, small]) one.end();
  await Promise.all([huge.done, waiting.done, small.done]);
});

it('lets go of who gives up, and of those behind it', async () => {
  const room = new Room(1000 * K);
  const leaving = new AbortController();
  const [first, gone, next] = [job(room, 500 * K), job(room, 900 * K, leaving.signal), job(room, 400 * K)];
  await turn();
  expect(next.state.isRunning).toBe(false);
  leaving.abort(new Error('the client left'));
  await expect(gone.done).rejects.toThrow('the client left');
  await turn();
  expect(next.state.isRunning).toBe(true);
  first.end();
  next.end();
  await Promise.all([first.done, next.done]);
  await expect(room.use(500 * K, leaving.signal, async () => 'late')).rejects.toThrow('the client left');
});

it('has room again after work that failed', async () => {
  const room = new Room(100 * K);
  const failing = room.use(100 * K, never, async () => {
    throw new Error('refused');
  });
  await expect(failing).rejects.toThrow('refused');
  expect(await room.use(100 * K, never, async () => 'done')).toBe('done');
});

it('never holds more than there is room for, and does everything at last', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 65, max: 1500 }), { maxLength: 30 }), async (sizes) => {
      const room = new Room(1000 * K);
      let held = 0;
      let most = 0;
      await Promise.all(
        sizes.map((size) =>
          room.use(size * K, never, async () => {
            held += Math.min(size, 1000);
            most = Math.max(most, held);
            await turn();
            held -= Math.min(size, 1000);
          }),
        ),
      );
      expect(held).toBe(0);
      expect(most).toBeLessThanOrEqual(1000);
    }),
  );
});
