import { describe, expect, it } from 'vitest';
import { elementAt, elementOf, isPrimitive, keyOf, valueTypes } from '../../../operations/patch/elements.ts';
import { faultOf } from './parameters.ts';

describe('elementOf', () => {
  it('finds an element by its name', () => {
    expect(elementOf('Patient', 'birthDate', 'x')).toMatchObject({
      key: 'birthDate',
      many: false,
      types: ['date'],
      isPrimitive: true,
    });
    expect(elementOf('Patient', 'name', 'x')).toMatchObject({ many: true, inside: 'HumanName', isPrimitive: false });
    expect(elementOf('Patient', 'contact', 'x').inside).toBe('Patient.contact');
    expect(elementOf('Patient', 'contained', 'x')).toMatchObject({ many: true, isResource: true });
  });

  it('follows elements that are defined elsewhere', () => {
    expect(elementOf('Questionnaire.item', 'item', 'x').inside).toBe('Questionnaire.item');
  });

  it('finds a choice under each of its names; one with a type allows that type only', () => {
    expect(elementOf('Patient', 'deceased', 'x').types).toEqual(['boolean', 'dateTime']);
    expect(elementOf('Patient', 'deceased[x]', 'x').keys).toEqual(['deceasedBoolean', 'deceasedDateTime']);
    expect(elementOf('Patient', 'deceasedDateTime', 'x').types).toEqual(['dateTime']);
    expect(keyOf(elementOf('Patient', 'deceased', 'x'), 'dateTime')).toBe('deceasedDateTime');
  });

  it.each(['constructor', '__proto__', 'toString', ''])('finds nothing called "%s"', (name) => {
    const fault = faultOf(() => elementOf('Patient', name, 'Parameters.parameter[0].part[2]'));
    expect([fault.status, fault.findings[0]?.expression]).toEqual([400, 'Parameters.parameter[0].part[2]']);
  });

  it('names the nearest element to a slip of the pen', () => {
    expect(faultOf(() => elementOf('Patient', 'brithDate', 'x')).findings[0]?.hint).toBe('Did you mean `birthDate`?');
    expect(faultOf(() => elementOf('Patient', 'birthdate', 'x')).findings[0]?.hint).toBe('Did you mean `birthDate`?');
  });

  it.each(['Nothing', '__proto__'])('refuses the type %s', (type) => {
    expect(faultOf(() => elementOf(type, 'name', 'x')).status).toBe(400);
  });
});

describe('elementAt', () => {
  it('finds a choice by its JSON member, with the type that this settles', () => {
    expect(elementAt('Observation', 'valueQuantity', 'x')).toMatchObject({
      name: 'value',
      key: 'valueQuantity',
      inside: 'Quantity',
    });
    expect(faultOf(() => elementAt('Observation', 'value', 'x')).status).toBe(400);
  });

  it('gives primitives the children of Element', () => {
    expect(elementAt('Patient', 'birthDate', 'x').inside).toBe('Element');
  });
});

describe('types', () => {
  it('are those that a parameter can carry', () => {
    expect(valueTypes().get('valueHumanName')).toBe('HumanName');
    expect(valueTypes().get('valueBase64Binary')).toBe('base64Binary');
    expect(valueTypes().size).toBe(50);
  });

  it('begin with a small letter when they are primitive', () => {
    expect([isPrimitive('date'), isPrimitive('xhtml'), isPrimitive('Quantity')]).toEqual([true, true, false]);
  });
});
