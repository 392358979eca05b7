import { describe, expect, it } from 'vitest';
import { canonicalOf, defineOperation, type Operation, requireMethod } from '../../operations/operation.ts';
import { faultOf } from '../setup/fault.ts';

const count: Operation = {
  id: 'Patient-count',
  code: 'count',
  title: 'Count',
  description: 'Counts.',
  levels: { type: true },
  types: ['Patient'],
  affectsState: false,
  verb: 'search',
  parameters: [],
  perform: async () => ({ status: 200 }),
};
const name = { name: 'name', use: 'in', min: 0, max: 1, documentation: 'A name.' } as const;

describe('a definition', () => {
  it('is frozen', () => expect(Object.isFrozen(defineOperation({ ...count }))).toBe(true));

  it.each([
    ['another id than its code says', { id: 'Patient-number' }, 'Type-count'],
    ['no level', { levels: {} }, 'on no level'],
    ['a type that R4 does not have', { types: ['Patiente'] }, 'Patiente'],
    [
      'a parameter twice',
      {
        parameters: [
          { ...name, type: 'code' },
          { ...name, type: 'uri' },
        ],
      },
      'twice',
    ],
    ['a parameter without type or parts', { parameters: [name] }, 'either a type or parts'],
    ['a part without type', { parameters: [{ ...name, parts: [name] }] }, 'either a type or parts'],
  ])('with %s is refused at the start', (_what, changes, says) => {
    expect(() => defineOperation({ ...count, ...changes })).toThrow(says);
  });
});

describe('the canonical of an operation', () => {
  it('is that of HL7 where nothing else is said', () => {
    expect(canonicalOf(count, 'http://localhost/fhir')).toBe('http://hl7.org/fhir/OperationDefinition/Patient-count');
  });

  it('is its own, below the base where it begins with a slash', () => {
    const own = { ...count, url: '/OperationDefinition/Patient-count' };
    expect(canonicalOf(own, 'http://localhost/fhir')).toBe('http://localhost/fhir/OperationDefinition/Patient-count');
  });
});

describe('the method', () => {
  it.each(['GET', 'HEAD', 'POST'])('%s is taken where nothing is changed', (method) => requireMethod(count, method));

  it.each(['GET', 'PUT', 'DELETE'])('%s is refused with 405 where something is', (method) => {
    const fault = faultOf(() => requireMethod({ ...count, affectsState: true }, method));
    expect([fault.status, fault.headers.Allow]).toEqual([405, 'POST']);
  });
});
