import { expect, it } from 'vitest';
import { pathStep } from '../../resources/path.ts';

it('writes members, items, and names that FHIR does not have', () => {
  expect(['name', 1, 'given', 0].map(pathStep).join('')).toBe('.name[1].given[0]');
  expect(pathStep('not a`name')).toBe('.`not aname`');
});
