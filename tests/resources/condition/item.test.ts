import { describe, expect, it } from 'vitest';
import {
  addAllChildren,
  addChildren,
  dataOf,
  Element,
  elsewhere,
  hasAny,
  type Item,
  isKind,
  isPrimitive,
  toElement,
} from '../../../resources/condition/item.ts';

const patient = {
  resourceType: 'Patient',
  name: [{ given: ['Peter', null], _given: [null, { id: 'g2' }] }],
  deceasedBoolean: false,
  _birthDate: { extension: [{ url: 'http://a', valueCode: 'b' }] },
  contained: [{ resourceType: 'Organization', id: 'o' }],
};

function children(item: Item, name: string): Item[] {
  const found: Item[] = [];
  addChildren(item, name, found);
  return found;
}

describe('the children of an element', () => {
  const root = toElement(patient, undefined, 'Resource');

  it('have their types, choices and contained resources too', () => {
    expect(children(root, 'deceased')).toEqual([new Element(false, undefined, 'boolean')]);
    expect(children(root, 'contained').map((it) => (it as Element).type)).toEqual(['Organization']);
    expect(children(root, 'gender')).toEqual([]);
  });

  it('are there without a value where an extension or an id stands beside', () => {
    const [birthDate] = children(root, 'birthDate');
    expect(dataOf(birthDate!)).toBeUndefined();
    expect(children(birthDate!, 'extension')).toHaveLength(1);
    const [, second] = children(children(root, 'name')[0]!, 'given');
    expect(dataOf(children(second!, 'id')[0]!)).toBe('g2');
  });

  it('are all found, in the order of the resource', () => {
    const found: Item[] = [];
    addAllChildren(root, found);
    expect(found.map((it) => (it as Element).type)).toEqual(['HumanName', 'boolean', 'date', 'Organization']);
  });

  it('are left to the engine where R4 does not know their name', () => {
    expect(() => children(new Element({ brithDate: '1974' }, undefined, 'Patient'), 'brithDate')).toThrow();
    try {
      children(new Element({ brithDate: '1974' }, undefined, 'Patient'), 'brithDate');
    } catch (reason) {
      expect(reason).toBe(elsewhere);
    }
  });

  it('are asked for by a way of names', () => {
    expect(hasAny(patient, undefined, 'Patient', ['name', 'given'], 0)).toBe(true);
    expect(hasAny(patient, undefined, 'Patient', ['name', 'family'], 0)).toBe(false);
    expect(hasAny(patient, undefined, 'Patient', ['birthDate', 'extension', 'value'], 0)).toBe(true);
  });
});

it('knows primitives and what types are derived from', () => {
  expect([isPrimitive('dateTime'), isPrimitive('HumanName'), isPrimitive('Patient.contact')]).toEqual([
    true,
    false,
    false,
  ]);
  expect([isKind('Patient', 'DomainResource'), isKind('code', 'string'), isKind('Patient', 'Person')]).toEqual([
    true,
    true,
    false,
  ]);
});
