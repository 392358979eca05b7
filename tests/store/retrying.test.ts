import { expect, it } from 'vitest';
import { Overtaken, retrying } from '../../store/retrying.ts';

const caller = { signal: new AbortController().signal, observe: () => {} };

it('does work again that was overtaken, until it succeeds', async () => {
  let tries = 0;
  const result = await retrying(caller, async () => {
    if (++tries < 3) throw new Overtaken('somebody was faster');
    return 'done';
  });
  expect([result, tries]).toEqual(['done', 3]);
});

it('does work again that ended in a deadlock', async () => {
  let tries = 0;
  await retrying(caller, async () => {
    if (++tries === 1) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
  });
  expect(tries).toBe(2);
});

it('does not try again what fails for another reason', async () => {
  let tries = 0;
  const failing = retrying(caller, async () => {
    tries++;
    throw new Error('the disk is full');
  });
  await expect(failing).rejects.toThrow('the disk is full');
  expect(tries).toBe(1);
});

it('gives up work whose caller is gone', async () => {
  const gone = AbortSignal.abort(new Error('the client left'));
  await expect(
    retrying({ ...caller, signal: gone }, async () => {
      throw new Overtaken('somebody was faster');
    }),
  ).rejects.toThrow();
});
