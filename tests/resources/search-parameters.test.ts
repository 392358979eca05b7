import { describe, expect, it } from 'vitest';
import {
  modifiersOf,
  resourceTypes,
  searchParameterDefinitions,
  searchParameters,
  typeDef,
} from '../../resources/index.ts';

describe('searchParameters', () => {
  it('gives every type its own parameters and those of all resources', () => {
    for (const type of resourceTypes()) {
      const own = searchParameterDefinitions().filter(({ base, expression }) => base.includes(type) && expression);
      const codes = [...searchParameters(type).keys()];
      expect(codes).toEqual(expect.arrayContaining([...own.map(({ code }) => code), '_id', '_lastUpdated', '_tag']));
      const words = ['_content', ...(typeDef(type).base === 'DomainResource' ? ['_text'] : [])];
      expect(codes).toEqual(expect.arrayContaining(words));
      expect(codes).toHaveLength(own.length + 6 + words.length);
    }
  });

  it('knows for every parameter where its values stand and of which type they are', () => {
    for (const type of resourceTypes()) {
      for (const { code, slots, type: kind } of searchParameters(type).values()) {
        if (['_id', '_lastUpdated', '_text', '_content'].includes(code)) continue;
        expect(slots.length, `${type} ${code}`).toBeGreaterThan(0);
        for (const slot of slots) {
          expect(slot.kind).toBe(kind);
          expect(slot.fhirTypes.length, slot.name).toBeGreaterThan(0);
        }
      }
    }
  });

  it('lets parameters on one element share its slot', () => {
    const observation = searchParameters('Observation');
    const [code] = observation.get('code')!.slots;
    expect(observation.get('combo-code')!.slots.map(({ k }) => k)).toContain(code!.k);
    expect(observation.get('patient')!.slots[0]!.name).toBe(observation.get('subject')!.slots[0]!.name);
  });

  it('narrows the targets of a reference to those that the expression names', () => {
    const observation = searchParameters('Observation');
    expect(observation.get('patient')!.targets).toEqual(['Patient']);
    expect(observation.get('subject')!.targets).toEqual(['Device', 'Group', 'Location', 'Patient']);
    expect(searchParameters('Appointment').get('location')!.targets).toEqual(['Location']);
  });

  it('tells the parts of composites', () => {
    const composite = searchParameters('Observation').get('component-code-value-quantity')!;
    expect(composite.components!.map(({ code, type }) => `${code} ${type}`)).toEqual([
      'component-code token',
      'component-value-quantity quantity',
    ]);
    expect(composite.slots.map(({ single }) => single)).toEqual([false]);
  });

  it('puts the parameters that the nine types declare into columns', () => {
    const column = (type: string, code: string) => searchParameters(type).get(code)!.hot;
    expect(column('Observation', 'value-quantity')).toBe('num');
    expect(column('Observation', 'subject')).toBe('subj');
    expect(column('Patient', 'birthdate')).toBe('dt');
    expect(column('Patient', 'family')).toBe('s1');
    expect(column('Encounter', 'class')).toBe('code1');
    expect(column('MedicationRequest', 'authoredon')).toBe('dt');
    expect(column('Observation', 'combo-code')).toBeUndefined();
  });
});

it('tells which modifiers a parameter takes', () => {
  const modifiers = (code: string) => modifiersOf(searchParameters('Patient').get(code)!);
  expect(modifiers('identifier')).toContain('of-type');
  expect(modifiers('gender')).not.toContain('of-type');
  expect(modifiers('gender')).toEqual(expect.arrayContaining(['in', 'not-in', 'above', 'below']));
  expect(modifiers('identifier')).not.toContain('in');
  expect(modifiers('active')).not.toContain('below');
  expect(modifiers('name')).toEqual(['missing', 'exact', 'contains']);
  expect(modifiers('organization')).toEqual(['missing', 'identifier']);
  expect(modifiersOf(searchParameters('QuestionnaireResponse').get('questionnaire')!)).toEqual([
    'missing',
    'above',
    'below',
  ]);
  expect(modifiers('_id')).toEqual(['missing']);
});
