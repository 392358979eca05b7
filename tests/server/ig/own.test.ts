import { expect, it } from 'vitest';
import { ownPackage } from '../../../server/ig/own.ts';
import { toPackage } from '../../../server/ig/package.ts';

it('is a package like any other, with a profile for each of the nine types', () => {
  const { manifest, definitions } = toPackage(ownPackage(), 'vesta');
  expect(manifest.name).toBe('vesta.profiles');
  expect(manifest.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(definitions.map(({ type }) => type)).toEqual(Array.from({ length: 9 }, () => 'StructureDefinition'));
  expect(definitions.map(({ ownId }) => ownId)).toContain('vesta-claim');
});
