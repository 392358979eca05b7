import { expect, it } from 'vitest';
import { codeSetName, toCodeSystems, toCodes } from '../../../resources/generate/codes.ts';
import type { Structure } from '../../../resources/generate/structures.ts';

const system = {
  resourceType: 'CodeSystem',
  url: 'http://example.org/colours',
  content: 'complete',
  concept: [
    { code: 'warm', concept: [{ code: 'red' }, { code: 'orange', concept: [{ code: 'amber' }] }] },
    { code: 'cold', property: [{ code: 'notSelectable', valueBoolean: true }], concept: [{ code: 'blue' }] },
  ],
};

/** The codes of a value set, asked for by a required binding to it. */
function listed(compose: object, strength = 'required'): string[] | undefined {
  const url = 'http://example.org/ValueSet/set';
  const element = { path: 'Basic.colour', type: [{ code: 'code' }], binding: { strength, valueSet: `${url}|4.0.1` } };
  const structure: Structure = {
    name: 'Basic',
    kind: 'resource',
    abstract: false,
    base: undefined,
    root: {},
    definition: {},
    elements: [element],
  };
  return toCodes([structure], [system, { resourceType: 'ValueSet', url, compose }]).set;
}

it('lists whole systems, named codes and what a filter picks', () => {
  expect(listed({ include: [{ system: system.url }] })).toEqual(['warm', 'red', 'orange', 'amber', 'blue']);
  expect(listed({ include: [{ system: system.url, concept: [{ code: 'red' }] }] })).toEqual(['red']);
  const filter = (op: string) => [{ property: 'concept', op, value: 'orange' }];
  expect(listed({ include: [{ system: system.url, filter: filter('is-a') }] })).toEqual(['orange', 'amber']);
  expect(listed({ include: [{ system: system.url, filter: filter('descendent-of') }] })).toEqual(['amber']);
});

it('takes excluded codes away', () => {
  const exclude = [{ system: system.url, concept: [{ code: 'red' }] }];
  expect(listed({ include: [{ system: system.url }], exclude })).not.toContain('red');
});

it('lists nothing where the codes cannot be known, or where the binding is not required', () => {
  expect(listed({ include: [{ system: 'urn:ietf:bcp:47' }] })).toBeUndefined();
  expect(
    listed({ include: [{ system: system.url, filter: [{ property: 'x', op: 'regex', value: '.*' }] }] }),
  ).toBeUndefined();
  expect(listed({ include: [{ valueSet: ['http://example.org/ValueSet/set'] }] })).toBeUndefined();
  expect(listed({ include: [{ system: system.url }] }, 'preferred')).toBeUndefined();
});

it('names a set by the end of its canonical', () => {
  expect(codeSetName('http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1')).toBe('administrative-gender');
});

it('names the code systems that the codes of a set are from', () => {
  const include = [{ system: system.url }, { valueSet: ['http://example.org/ValueSet/other|1'] }];
  const set = { resourceType: 'ValueSet', url: 'http://example.org/ValueSet/set', compose: { include } };
  const other = {
    resourceType: 'ValueSet',
    url: 'http://example.org/ValueSet/other',
    compose: { include: [{ system: 'http://example.org/shades', concept: [{ code: 'pale' }] }] },
  };
  const binding = { strength: 'required', valueSet: `${set.url}|4.0.1` };
  const element = { path: 'Basic.colour', type: [{ code: 'code' }], binding };
  const structure: Structure = {
    name: 'Basic',
    kind: 'resource',
    abstract: false,
    base: undefined,
    root: {},
    definition: {},
    elements: [element],
  };
  expect(toCodeSystems([structure], [system, set, other])).toEqual({
    set: ['http://example.org/colours', 'http://example.org/shades'],
  });
});
