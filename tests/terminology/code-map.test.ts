import { expect, it } from 'vitest';
import { sizeOf } from '../../terminology/code-map.ts';

it('counts the codes of all systems', () => {
  expect(
    sizeOf(
      new Map([
        ['http://snomed.info/sct', new Set(['44054006', '38341003'])],
        ['local', new Set(['copd'])],
      ]),
    ),
  ).toBe(3);
  expect(sizeOf(new Map())).toBe(0);
});
