import { expect, it } from 'vitest';
import { toExtensions } from '../../../resources/generate/extensions.ts';

it('keeps extensions by their urls, sorted, and nothing else', () => {
  const extension = (url: string) => ({
    resourceType: 'StructureDefinition',
    type: 'Extension',
    derivation: 'constraint',
    url,
  });
  const profile = { resourceType: 'StructureDefinition', type: 'Patient', derivation: 'constraint', url: 'http://a' };
  expect(Object.keys(toExtensions([extension('http://c'), profile, extension('http://b')]))).toEqual([
    'http://b',
    'http://c',
  ]);
});
