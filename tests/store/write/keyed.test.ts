import { expect, it } from 'vitest';
import { Keyed } from '../../../store/write/keyed.ts';

const soon = () => new Promise((resolve) => setImmediate(resolve));

it('runs one at a time for a key, in the order of asking, and others beside it', async () => {
  const keyed = new Keyed();
  const seen: string[] = [];
  const work = (name: string) => async () => {
    seen.push(`${name}+`);
    await soon();
    seen.push(`${name}-`);
  };
  await Promise.all([
    keyed.run('a', work('a1')),
    keyed.run('a', work('a2')),
    keyed.run('b', work('b1')),
    keyed.run('a', work('a3')),
  ]);
  expect(seen.filter((entry) => entry.startsWith('a'))).toEqual(['a1+', 'a1-', 'a2+', 'a2-', 'a3+', 'a3-']);
  expect(seen.indexOf('b1+')).toBeLessThan(seen.indexOf('a1-'));
});

it('goes on after a failure, which only its caller hears of', async () => {
  const keyed = new Keyed();
  const failing = keyed.run('a', () => Promise.reject(new Error('broken')));
  const next = keyed.run('a', async () => 'fine');
  await expect(failing).rejects.toThrow('broken');
  expect(await next).toBe('fine');
});

it('takes several keys in one order, so that nobody waits for ever', async () => {
  const keyed = new Keyed();
  let running = 0;
  const work = async () => {
    expect(++running).toBe(1);
    await soon();
    running--;
  };
  await Promise.all([keyed.runAll([1n, 2n], work), keyed.runAll([2n, 1n], work), keyed.runAll([2n, 2n, 1n], work)]);
  expect(await keyed.runAll([], async () => 'free')).toBe('free');
});
