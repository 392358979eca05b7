import { expect, it } from 'vitest';
import { supplemented } from '../../terminology/supplement.ts';
import { systemOf } from '../../terminology/system.ts';
import { WARDS, wards } from './double.ts';

it('adds designations and properties, but no concepts', () => {
  const system = supplemented(systemOf(wards), [
    {
      resourceType: 'CodeSystem',
      status: 'active',
      content: 'supplement',
      supplements: WARDS,
      property: [{ code: 'beds', type: 'integer' }],
      concept: [
        {
          code: 'neuro',
          designation: [{ language: 'fr', value: 'Neurochirurgie' }],
          property: [{ code: 'beds', valueInteger: 24 }],
        },
        { code: 'maternity' },
      ],
    },
  ]);
  expect(system.find('neuro')).toMatchObject({
    display: 'Neurosurgery',
    designation: [{ value: 'Neurochirurgie' }],
    property: [{ code: 'floor' }, { code: 'beds', valueInteger: 24 }],
  });
  expect(system.find('maternity')).toBeUndefined();
  expect(system.about.property?.map(({ code }) => code)).toEqual(['floor', 'beds']);
  expect([...system.list()!]).toHaveLength(4);
  expect(system.subsumes('surgery', 'neuro')).toBe(true);
});
