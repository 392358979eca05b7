import { describe, expect, it } from 'vitest';
import { ownTree, ownType } from '../../../profiles/profile/own.ts';

describe("R4's own types", () => {
  it('are known by canonical, with and without a version', () => {
    expect(ownType('http://hl7.org/fhir/StructureDefinition/Patient')).toBe('Patient');
    expect(ownType('http://hl7.org/fhir/StructureDefinition/Patient|4.0.1')).toBe('Patient');
    expect(ownType('http://hl7.org/fhir/StructureDefinition/vitalsigns')).toBeUndefined();
    expect(ownType('http://hospital.example/StructureDefinition/Patient')).toBeUndefined();
  });

  it('come as trees with what R4 says of each element', () => {
    const subject = ownTree('Observation').children.find(({ name }) => name === 'code');
    expect(subject?.def).toMatchObject({ min: 1, max: '1', type: [{ code: 'CodeableConcept' }] });
    expect(ownTree('Observation')).toBe(ownTree('Observation'));
    expect(() => ownTree('Nothing')).toThrow('no definition of Nothing');
  });
});
