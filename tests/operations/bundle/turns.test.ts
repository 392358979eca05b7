import { expect, it } from 'vitest';
import { openTurns } from '../../../operations/bundle/turns.ts';

it('gives others a turn only after a while, and then begins anew', async () => {
  const turn = openTurns();
  expect(turn()).toBeUndefined();
  const until = performance.now() + 20;
  while (performance.now() < until);
  let others = false;
  setImmediate(() => {
    others = true;
  });
  await turn();
  expect(others).toBe(true);
  expect(turn()).toBeUndefined();
});
