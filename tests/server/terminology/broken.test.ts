import { expect, it } from 'vitest';
import { broken } from '../../../server/terminology/broken.ts';

it('says where and why, and what to try', () => {
  expect(broken('a.txt', 7, 'it is odd').message).toBe('a.txt, line 7: it is odd.');
  expect(broken('a.txt', 0, 'it is odd', 'Mend it.').message).toBe('a.txt: it is odd.\nMend it.');
});
