import { describe, expect, it } from 'vitest';
import { resourceTypes } from '../../resources/definitions.ts';
import { ownExtension, ownStructure, ownStructures, typeRules } from '../../resources/rules.ts';

describe('typeRules', () => {
  it('knows the invariants of a resource, a backbone element and a datatype', () => {
    expect(typeRules('Observation').invariants!.map(({ key }) => key)).toEqual(['obs-6', 'obs-7']);
    expect(typeRules('Patient.contact').invariants).toMatchObject([
      { key: 'pat-1', human: expect.stringMatching(/contact/) },
    ]);
    expect(typeRules('Period').invariants).toMatchObject([{ key: 'per-1' }]);
  });

  it('keeps warnings and best practices apart from errors', () => {
    expect(typeRules('Condition').invariants).toContainEqual(
      expect.objectContaining({ key: 'con-3', severity: 'warning', bestPractice: true }),
    );
    expect(typeRules('Condition').invariants!.find(({ key }) => key === 'con-4')!.severity).toBeUndefined();
  });

  it('knows the bindings of all strengths, and the largest value set that is allowed', () => {
    expect(typeRules('Condition').elements!.clinicalStatus!.binding).toEqual([
      'required',
      'http://hl7.org/fhir/ValueSet/condition-clinical|4.0.1',
    ]);
    expect(typeRules('Patient').elements!.maritalStatus!.binding![0]).toBe('extensible');
    expect(typeRules('Patient').elements!.communication).toBeUndefined();
    expect(typeRules('Patient.communication').elements!.language!.binding).toEqual([
      'preferred',
      'http://hl7.org/fhir/ValueSet/languages',
      'http://hl7.org/fhir/ValueSet/all-languages',
    ]);
  });

  it('knows invariants of elements of a datatype, and simple quantities', () => {
    expect(typeRules('Organization').elements!.telecom!.invariants).toMatchObject([{ key: 'org-3' }]);
    expect(typeRules('Range').elements!.low!.simple).toBe(true);
  });

  it('has nothing to say of primitives and of strangers', () => {
    expect(typeRules('string')).toEqual({});
    expect(typeRules('constructor')).toEqual({});
  });
});

describe('ownExtension', () => {
  it('knows contexts, values and parts', () => {
    expect(ownExtension('http://hl7.org/fhir/StructureDefinition/patient-birthPlace')).toMatchObject({
      contexts: [['element', 'Patient']],
      value: { types: ['Address'], min: 1 },
      max: 1,
    });
    const { parts } = ownExtension('http://hl7.org/fhir/StructureDefinition/patient-nationality')!;
    expect(Object.keys(parts!)).toEqual(['code', 'period']);
    expect(ownExtension('http://example.org/hair-colour')).toBeUndefined();
  });
});

describe('ownStructure', () => {
  it('reads the definition of a type, an extension and a profile, with and without a version', () => {
    const patient = ownStructure('http://hl7.org/fhir/StructureDefinition/Patient|4.0.1')!;
    expect(patient.snapshot!.element[0]!.path).toBe('Patient');
    expect(ownStructure('http://hl7.org/fhir/StructureDefinition/bmi')!.type).toBe('Observation');
    expect(ownStructure('http://hl7.org/fhir/StructureDefinition/geolocation')!.type).toBe('Extension');
    expect(ownStructure('http://hl7.org/fhir/StructureDefinition/Patient|5.0.0')).toBeUndefined();
    expect(ownStructure('http://hl7.org/fhir/StructureDefinition/Nothing')).toBeUndefined();
  });

  it('has one for each resource type', () => {
    const canonicals = new Set(ownStructures());
    for (const type of resourceTypes()) expect(canonicals).toContain(`http://hl7.org/fhir/StructureDefinition/${type}`);
  });
});
