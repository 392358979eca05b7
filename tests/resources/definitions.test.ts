import { describe, expect, it } from 'vitest';
import {
  codeSets,
  compartmentDefinitions,
  hasType,
  isResourceType,
  jsonKeys,
  resourceTypes,
  searchParameterDefinitions,
  typeDef,
} from '../../resources/definitions.ts';

const element = (type: string, name: string) => typeDef(type).elements.find((it) => it.name === name)!;

describe('types', () => {
  it('has the 146 concrete resource types of R4 and nothing of R4B, sorted', () => {
    expect(resourceTypes()).toHaveLength(146);
    expect([...resourceTypes()].sort()).toEqual(resourceTypes());
    for (const type of ['Patient', 'Parameters', 'OperationOutcome', 'Bundle', 'Binary'])
      expect(isResourceType(type)).toBe(true);
    for (const type of ['Resource', 'DomainResource', 'SubscriptionStatus', 'HumanName', 'patient', 'constructor']) {
      expect(isResourceType(type)).toBe(false);
    }
  });

  it('tells cardinality, types, targets, codes and flags of an element', () => {
    expect(element('Patient', 'gender')).toEqual({
      name: 'gender',
      path: 'Patient.gender',
      min: 0,
      max: 1,
      types: [{ code: 'code' }],
      choice: false,
      isSummary: true,
      isModifier: false,
      codes: 'administrative-gender',
    });
    expect(element('Patient.link', 'other')).toMatchObject({
      min: 1,
      types: [{ code: 'Reference', targets: ['Patient', 'RelatedPerson'] }],
      children: 'Reference',
    });
    expect(element('Patient', 'name').max).toBe(Number.POSITIVE_INFINITY);
    expect(element('Patient', 'id').types).toEqual([{ code: 'id' }]);
    expect(element('HumanName', 'id').types).toEqual([{ code: 'string' }]);
  });

  it('follows content references to the element that they repeat', () => {
    expect(element('Observation.component', 'referenceRange').children).toBe('Observation.referenceRange');
    expect(element('Bundle.entry', 'link').children).toBe('Bundle.link');
  });

  it('names the JSON members of a choice', () => {
    const keys = jsonKeys(element('Observation', 'value'));
    expect(keys.map((it) => it.key)).toContain('valueCodeableConcept');
    expect(keys.find((it) => it.key === 'valueQuantity')!.inside).toBe('Quantity');
    expect(keys.find((it) => it.key === 'valueString')!.inside).toBeUndefined();
    expect(jsonKeys(element('Patient', 'contained'))[0]!.inside).toBeUndefined();
  });

  it('holds R4 as HL7 published it, not what the package adds', () => {
    expect(element('Meta', 'project')).toBeUndefined();
    expect(element('Binary', 'url')).toBeUndefined();
    expect(hasType('ResearchStudy.recruitment')).toBe(false);
    expect(element('EvidenceVariable.characteristic', 'definition').choice).toBe(true);
    expect(element('DetectedIssue', 'status').codes).toBe('observation-status');
    expect(element('AuditEvent.agent', 'who').types[0]!.targets).not.toContain('Bot');
  });

  it('has every type that any element names', () => {
    for (const type of resourceTypes()) {
      for (const { types, children } of typeDef(type).elements) {
        for (const { code } of types) expect(hasType(code), code).toBe(true);
        if (children) expect(hasType(children), children).toBe(true);
      }
    }
  });

  it('refuses a name that R4 does not have', () => {
    expect(() => typeDef('Patent')).toThrow('Patent');
    expect(() => typeDef('toString')).toThrow('toString');
  });
});

it('lists the codes of required bindings, but not sets that only their authority can list', () => {
  expect(codeSets()['administrative-gender']).toEqual(['male', 'female', 'other', 'unknown']);
  expect(codeSets()['resource-types']).toHaveLength(148);
  expect(codeSets().mimetypes).toBeUndefined();
});

it('has every search parameter and the five compartments of R4', () => {
  expect(searchParameterDefinitions().length).toBeGreaterThan(1300);
  expect(searchParameterDefinitions().find((it) => it.url.endsWith('/individual-birthdate'))).toMatchObject({
    code: 'birthdate',
    type: 'date',
    base: ['Patient', 'Person', 'RelatedPerson'],
  });
  expect(Object.keys(compartmentDefinitions()).sort()).toEqual([
    'Device',
    'Encounter',
    'Patient',
    'Practitioner',
    'RelatedPerson',
  ]);
  expect(compartmentDefinitions().Patient!.Observation).toEqual(['subject', 'performer']);
});
