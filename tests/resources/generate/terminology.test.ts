import { expect, it } from 'vitest';
import { toTerminology } from '../../../resources/generate/terminology.ts';

const diets = {
  resourceType: 'CodeSystem',
  url: 'http://example.org/diets',
  version: '1',
  content: 'complete',
  text: { status: 'generated' },
  concept: [{ code: 'vegetarian', display: 'Végétarien', definition: 'Nothing of animals that must die.' }],
};
const set = { resourceType: 'ValueSet', url: 'http://example.org/ValueSet/diets', title: 'Diets', contact: [{}] };

it('keeps what questions about codes need, each definition where the index says', () => {
  const { lines, index } = toTerminology([diets, set, { resourceType: 'NamingSystem', url: 'http://example.org/ids' }]);
  const bytes = Buffer.from(lines);
  const at = (type: string, url: string) => {
    const [offset, length] = index[type]![url]!;
    return JSON.parse(bytes.subarray(offset, offset + length).toString());
  };
  const { text: _, ...kept } = diets;
  expect(at('CodeSystem', diets.url)).toEqual(kept);
  expect(at('ValueSet', set.url)).toEqual({ resourceType: 'ValueSet', url: set.url, title: 'Diets' });
  expect(index.ConceptMap).toEqual({});
  expect(lines.trimEnd().split('\n')).toHaveLength(2);
});

it('takes the later version where there are two', () => {
  const table = (version: string) => ({ resourceType: 'CodeSystem', url: 'http://example.org/0360', version });
  const { lines } = toTerminology([table('2.10'), table('2.3.1'), table('2.7')]);
  expect(JSON.parse(lines)).toMatchObject({ version: '2.10' });
});
