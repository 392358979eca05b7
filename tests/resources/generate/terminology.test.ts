import { expect, it } from 'vitest';
import { toTerminology } from '../../../resources/generate/terminology.ts';

it('keeps what decides membership and hierarchy, and leaves out what is for reading', () => {
  const { codeSystems, valueSets } = toTerminology([
    {
      resourceType: 'CodeSystem',
      url: 'http://example.org/diets',
      version: '1',
      content: 'complete',
      caseSensitive: true,
      text: { status: 'generated' },
      concept: [
        {
          code: 'vegetarian',
          display: 'Vegetarian diet',
          property: [{ code: 'status', valueCode: 'retired' }],
          concept: [{ code: 'vegan', definition: 'Nothing of animals.' }],
        },
      ],
    },
    {
      resourceType: 'ValueSet',
      url: 'http://example.org/ValueSet/diets',
      title: 'Diets',
      compose: { include: [{ system: 'http://example.org/diets', concept: [{ code: 'vegan', display: 'Vegan' }] }] },
      expansion: {
        timestamp: '2019-11-01',
        total: 1,
        contains: [{ system: 'http://example.org/diets', code: 'vegan', display: 'Vegan' }],
      },
    },
    { resourceType: 'ConceptMap', url: 'http://example.org/map' },
  ]);
  expect(JSON.parse(JSON.stringify(codeSystems))).toEqual([
    {
      resourceType: 'CodeSystem',
      url: 'http://example.org/diets',
      version: '1',
      content: 'complete',
      caseSensitive: true,
      concept: [
        { code: 'vegetarian', property: [{ code: 'status', valueCode: 'retired' }], concept: [{ code: 'vegan' }] },
      ],
    },
  ]);
  expect(JSON.parse(JSON.stringify(valueSets))).toEqual([
    {
      resourceType: 'ValueSet',
      url: 'http://example.org/ValueSet/diets',
      compose: { include: [{ system: 'http://example.org/diets', concept: [{ code: 'vegan' }] }] },
      expansion: { total: 1, contains: [{ system: 'http://example.org/diets', code: 'vegan' }] },
    },
  ]);
});

it('takes the later version where there are two', () => {
  const table = (version: string) => ({ resourceType: 'CodeSystem', url: 'http://example.org/0360', version });
  const { codeSystems } = toTerminology([table('2.10'), table('2.3.1'), table('2.7')]);
  expect(codeSystems).toMatchObject([{ version: '2.10' }]);
});
