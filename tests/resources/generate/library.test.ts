import { expect, it } from 'vitest';
import { toLibrary } from '../../../resources/generate/library.ts';

it('writes each definition on a line of its own, without narrative and remarks, and tells where', () => {
  const profile = {
    resourceType: 'StructureDefinition',
    url: 'http://example.org/über',
    text: { div: 'long' },
    snapshot: { element: [{ path: 'Patient', definition: 'A person', comment: 'long' }] },
  };
  const second = { resourceType: 'StructureDefinition', url: 'http://example.org/b' };
  const { text, places } = toLibrary([], [profile, second, profile]);
  const [start, length] = places['http://example.org/b']!;
  const bytes = Buffer.from(text);
  expect(JSON.parse(bytes.subarray(start, start + length).toString())).toEqual(second);
  expect(JSON.parse(text.split('\n')[0]!)).toEqual({
    resourceType: 'StructureDefinition',
    url: 'http://example.org/über',
    snapshot: { element: [{ path: 'Patient', definition: 'A person' }] },
  });
  expect(text.split('\n')).toHaveLength(3);
});
