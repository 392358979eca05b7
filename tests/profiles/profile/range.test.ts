import { describe, expect, it } from 'vitest';
import { rangeRule } from '../../../profiles/profile/range.ts';
import { profileOf, told } from './profiling.ts';

const ucum = 'http://unitsofmeasure.org';
const observation = (more: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'Weight' },
  ...more,
});
const quantity = (value: number, code: string) => ({ value, unit: code, system: ucum, code });

describe('bounds of values', () => {
  it('is no rule where nothing bounds the element', () => {
    const node = { name: 'x', slice: undefined, element: undefined, def: {}, children: [], slices: [] };
    expect(rangeRule(node, undefined, { canonical: 'c', short: 'c' })).toBeUndefined();
  });

  it('accepts numbers within the bounds and refuses those beyond', () => {
    const profile = profileOf('twins', 'Patient', [
      ['Patient.multipleBirth[x]', { minValueInteger: 1, maxValueInteger: 8 }],
    ]);
    expect(told({ resourceType: 'Patient', multipleBirthInteger: 8 }, [profile])).toEqual([]);
    expect(told({ resourceType: 'Patient', multipleBirthInteger: 9 }, [profile])).toEqual([
      'error Patient.multipleBirth maxValue',
    ]);
    expect(told({ resourceType: 'Patient', multipleBirthInteger: 0 }, [profile])).toEqual([
      'error Patient.multipleBirth minValue',
    ]);
  });

  it('compares dates of any precision by the time that they cover', () => {
    const profile = profileOf('born', 'Patient', [['Patient.birthDate', { minValueDate: '1900-06-15' }]]);
    expect(told({ resourceType: 'Patient', birthDate: '1900' }, [profile])).toEqual([]);
    expect(told({ resourceType: 'Patient', birthDate: '1900-06-15' }, [profile])).toEqual([]);
    expect(told({ resourceType: 'Patient', birthDate: '1900-06-14' }, [profile])).toEqual([
      'error Patient.birthDate minValue',
    ]);
  });

  it('compares quantities of one unit, and any quantity with zero', () => {
    const profile = profileOf('weight', 'Observation', [
      ['Observation.value[x]', { minValueQuantity: quantity(0, 'kg'), maxValueQuantity: quantity(500, 'kg') }],
    ]);
    expect(told(observation({ valueQuantity: quantity(70, 'kg') }), [profile])).toEqual([]);
    expect(told(observation({ valueQuantity: quantity(501, 'kg') }), [profile])).toEqual([
      'error Observation.value maxValue',
    ]);
    expect(told(observation({ valueQuantity: quantity(-1, 'g') }), [profile])).toEqual([
      'error Observation.value minValue',
    ]);
    expect(told(observation({ valueQuantity: quantity(70_000, 'g') }), [profile])).toEqual([]);
  });

  it('compares times of day as they are written', () => {
    const profile = profileOf('morning', 'Observation', [
      ['Observation.value[x]', { type: [{ code: 'time' }], maxValueTime: '12:00:00' }],
    ]);
    expect(told(observation({ valueTime: '08:30:00' }), [profile])).toEqual([]);
    expect(told(observation({ valueTime: '18:30:00' }), [profile])).toEqual(['error Observation.value maxValue']);
  });
});
