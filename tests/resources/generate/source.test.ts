import { expect, it } from 'vitest';
import { readBundle, sourcePackage } from '../../../resources/generate/source.ts';

it('finds the installed package and reads the resources of one of its Bundles', () => {
  const { folder, version } = sourcePackage();
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(readBundle(folder, 'profiles-types.json').some((it) => it.name === 'HumanName')).toBe(true);
});
