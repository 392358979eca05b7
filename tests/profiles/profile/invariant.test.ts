import { describe, expect, it } from 'vitest';
import { Definitions } from '../../../profiles/profile/definitions.ts';
import { isBaseConstraint, predicate } from '../../../profiles/profile/invariant.ts';
import { ownTree } from '../../../profiles/profile/own.ts';
import { Walk } from '../../../profiles/profile/walk.ts';
import { libraryOf, profileOf, setOf, told } from './profiling.ts';

const walkOf = (resource: object) => new Walk(false, new Definitions(libraryOf([])), resource);

describe('invariants of profiles', () => {
  it('know what R4 itself says, with and without its source', () => {
    const observation = ownTree('Observation');
    const value = observation.children.find(({ name }) => name === 'component')!;
    const constraint = { key: 'obs-6', severity: 'error' as const, human: '', expression: 'true' };
    expect(isBaseConstraint(observation, constraint)).toBe(true);
    expect(isBaseConstraint(value, { ...constraint, key: 'ele-1' })).toBe(true);
    expect(
      isBaseConstraint(observation, {
        ...constraint,
        key: 'x',
        source: 'http://hl7.org/fhir/StructureDefinition/DomainResource',
      }),
    ).toBe(true);
    expect(
      isBaseConstraint(observation, {
        ...constraint,
        key: 'vs-2',
        source: 'http://hl7.org/fhir/StructureDefinition/vitalsigns',
      }),
    ).toBe(false);
  });

  it('answer true, false, or nothing where an expression is no FHIRPath', () => {
    const patient = { resourceType: 'Patient', active: true };
    expect(predicate('active')(patient, undefined, 'Patient', walkOf(patient))).toBe(true);
    expect(predicate('name.exists()')(patient, undefined, 'Patient', walkOf(patient))).toBe(false);
    expect(predicate('name.(')(patient, undefined, 'Patient', walkOf(patient))).toBeUndefined();
  });

  it('let vital signs be measured over a Period, as the sentence of vs-1 does', () => {
    const expression = '($this as dateTime).toString().length() >= 8';
    const walk = walkOf({ resourceType: 'Observation' });
    expect(predicate(expression)({ start: '2020-01-01T08:00:00Z' }, undefined, 'Period', walk)).toBe(true);
    expect(predicate(expression)('2020-01-01', undefined, 'dateTime', walk)).toBe(true);
    expect(predicate(expression)('2020-01', undefined, 'dateTime', walk)).toBe(false);
  });

  it('see the resource, its container, and targets that are at hand', () => {
    const expression =
      "resolve().ofType(Organization).name = 'Clinic' and %resource.gender = 'male' and %rootResource.gender = 'male'";
    const profile = profileOf('manager', 'Patient', [
      ['Patient.managingOrganization', { constraint: [{ key: 'c-1', severity: 'error', human: 'x', expression }] }],
    ]);
    const patient = (name: string) => ({
      resourceType: 'Patient',
      gender: 'male',
      contained: [{ resourceType: 'Organization', id: 'o', name }],
      managingOrganization: { reference: '#o' },
    });
    expect(told(patient('Clinic'), [profile])).toEqual([]);
    expect(told(patient('Ward'), [profile])).toEqual(['error Patient.managingOrganization c-1']);
  });

  it('ask value sets by memberOf, and are not decided while the set is not here', () => {
    const set = 'http://hospital.example/ValueSet/wards';
    const profile = profileOf('member', 'Encounter', [
      [
        'Encounter',
        { constraint: [{ key: 'c-2', severity: 'error', human: 'x', expression: `type.all(memberOf('${set}'))` }] },
      ],
    ]);
    const encounter = (code: string) => ({
      resourceType: 'Encounter',
      status: 'planned',
      class: { code: 'AMB' },
      type: [{ coding: [{ system: 'urn:w', code }] }],
    });
    const sets = { [set]: setOf(set, 'urn:w', ['a', 'b']) };
    expect(told(encounter('a'), [profile], { sets })).toEqual([]);
    expect(told(encounter('z'), [profile], { sets })).toEqual(['error Encounter c-2']);
    expect(told(encounter('z'), [profile])).toEqual(['warning Encounter c-2']);
  });
});
