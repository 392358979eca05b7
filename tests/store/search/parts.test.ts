import { describe, expect, it } from 'vitest';
import { codesAt, partsAt } from '../../../store/search/parts.ts';

const component = {
  code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }, { code: 'sys' }], text: 'Systolic' },
  valueQuantity: { value: 142, unit: 'mmHg' },
};
const child = (name: string) => ({ kind: 'child', name }) as const;

describe('partsAt', () => {
  it('finds the member of a choice by its type', () => {
    const [part] = partsAt(component, [child('value'), { kind: 'types', types: ['Quantity'] }]);
    expect(part).toMatchObject({
      value: component.valueQuantity,
      holder: component,
      key: 'valueQuantity',
      type: 'Quantity',
    });
    expect(partsAt(component, [child('value'), { kind: 'types', types: ['CodeableConcept'] }])).toEqual([]);
  });

  it('finds whichever type a choice has', () =>
    expect(partsAt(component, [child('value')])).toMatchObject([{ type: 'Quantity' }]));

  it('goes into arrays', () =>
    expect(partsAt(component, [child('code'), child('coding'), child('code')]).map(({ value }) => value)).toEqual([
      '8480-6',
      'sys',
    ]));

  it('finds nothing in nothing', () => expect(partsAt(undefined, [child('code')])).toEqual([]));
});

describe('codesAt', () => {
  const codes = (value: unknown, type?: string) => codesAt({ value, type, holder: {}, key: '' });

  it('reads concepts, codings, codes and booleans', () => {
    expect(codes(component.code)).toEqual([
      { system: 'http://loinc.org', code: '8480-6' },
      { system: '', code: 'sys' },
    ]);
    expect(codes({ system: 's', code: 'c' })).toEqual([{ system: 's', code: 'c' }]);
    expect(codes('replaces')).toEqual([{ system: '', code: 'replaces' }]);
    expect(codes(true, 'Boolean')).toEqual([{ system: '', code: 'true' }]);
  });

  it('reads no code out of a text or a quantity', () => {
    expect(codes({ text: 'Systolic' })).toEqual([]);
    expect(codes({ value: 1, system: 'http://unitsofmeasure.org', code: 'mg' }, 'Quantity')).toEqual([]);
  });
});
