import { describe, expect, it } from 'vitest';
import { insideOf, elementOf as lookUp, shorthandType, toElements, toTree } from '../../../profiles/profile/tree.ts';
import { elementOf } from './profiling.ts';

describe('trees of ElementDefinitions', () => {
  it('hold children and slices apart, and give the list back as it was', () => {
    const ids = [
      'Observation',
      'Observation.component',
      'Observation.component.code',
      'Observation.component:a',
      'Observation.component:a.code',
      'Observation.component:b',
      'Observation.value[x]',
      'Observation.value[x]:valueQuantity',
    ];
    const elements = ids.map((id) => elementOf(id, { min: 0 }));
    const tree = toTree('Observation', elements);
    expect(tree.children.map(({ name }) => name)).toEqual(['component', 'value']);
    expect(tree.children[0]!.slices.map(({ slice }) => slice)).toEqual(['a', 'b']);
    expect(toElements(tree)).toEqual(elements);
  });

  it('put slices of slices below those', () => {
    const elements = [
      'Patient',
      'Patient.identifier',
      'Patient.identifier:a',
      'Patient.identifier:a/b',
      'Patient.identifier:a/b.use',
    ].map((id) => elementOf(id, {}));
    const tree = toTree('Patient', elements);
    expect(tree.children[0]!.slices[0]!.slices[0]!.children[0]!.name).toBe('use');
    expect(toElements(tree)).toEqual(elements);
  });

  it('do without ids: slices follow from what stood before', () => {
    const path = (path: string, sliceName?: string) => ({ path, ...(sliceName ? { sliceName } : {}) });
    const tree = toTree('Patient', [
      path('Patient'),
      path('Patient.contact'),
      path('Patient.contact', 'a'),
      path('Patient.contact.name.family'),
      path('Patient.contact', 'b'),
      path('Patient.contact.gender'),
    ] as never);
    expect(tree.children[0]!.slices.map((slice) => [slice.slice, slice.children[0]!.name])).toEqual([
      ['a', 'name'],
      ['b', 'gender'],
    ]);
  });

  it('know one type of a choice written short', () => {
    const tree = toTree('Observation', [
      elementOf('Observation.valueQuantity', { min: 1 }),
      elementOf('Observation.valueQuantity.code', { min: 1 }),
    ]);
    const [value] = tree.children;
    expect(value).toMatchObject({
      name: 'value',
      slices: [{ slice: 'valueQuantity', def: { min: 1 } }],
    });
    expect(value!.slices[0]!.children[0]!.element?.path).toBe('Quantity.code');
    expect(shorthandType(value!.slices[0]!)).toBe('Quantity');
    expect(shorthandType(value!)).toBeUndefined();
  });

  it('find elements by name, choice and type of a choice', () => {
    expect(lookUp('Observation', 'value[x]')).toMatchObject({ element: { name: 'value' }, shorthand: undefined });
    expect(lookUp('Observation', 'valueString')).toMatchObject({
      element: { name: 'value' },
      shorthand: 'valueString',
    });
    expect(lookUp('Observation', 'worth')).toBeUndefined();
    expect(lookUp(undefined, 'id')).toBeUndefined();
  });

  it('tell what stands inside of a node', () => {
    const tree = toTree('Observation', [
      elementOf('Observation.component', {}),
      elementOf('Observation.value[x]', {}),
      elementOf('Observation.status', {}),
      elementOf('Observation.contained', { type: [{ code: 'Patient' }] }),
    ]);
    expect(insideOf(tree)).toBe('Observation');
    expect(tree.children.map(insideOf)).toEqual(['Observation.component', undefined, 'Element', 'Patient']);
  });
});
