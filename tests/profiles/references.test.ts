import { describe, expect, it } from 'vitest';
import { referenceFault } from '../../profiles/references.ts';

const subjects = new Set(['Patient', 'Group']);

describe('referenceFault', () => {
  it.each([
    'Patient/p1',
    'Patient/p1/_history/2',
    'Group/g',
    '#p1',
    'urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
    'Patient?identifier=a|b',
    'https://example.org/fhir/Patient/1',
    'https://example.org/about',
    undefined,
  ])('finds nothing wrong with %s', (literal) => {
    expect(referenceFault(literal, undefined, subjects)).toBeUndefined();
  });

  it.each(['Medication/m1', 'Medication/m1/_history/1', 'Medication?code=a', 'https://example.org/fhir/Medication/1'])(
    'refuses %s, whose type may not stand there',
    (literal) => {
      const fault = referenceFault(literal, undefined, subjects)!;
      expect(fault.member).toBe('reference');
      expect(fault.hint).toContain('Patient, Group');
      expect(referenceFault(literal, undefined, undefined)).toBeUndefined();
    },
  );

  it('refuses what leads nowhere, with the type that was meant', () => {
    expect(referenceFault('Patinet/1', undefined, undefined)!.hint).toContain('`Patient`');
    expect(referenceFault('the lab', undefined, undefined)!.hint).toContain('Type/id');
  });

  it('only warns of an id without a type, which R4 does not forbid', () => {
    expect(referenceFault('123', undefined, subjects)).toMatchObject({ severity: 'warning', member: 'reference' });
    expect(referenceFault('Patinet/1', undefined, undefined)!.severity).toBeUndefined();
  });

  it('holds Reference.type to the reference, to R4 and to the element', () => {
    expect(referenceFault('Patient/1', 'Patient', subjects)).toBeUndefined();
    expect(referenceFault('Patient/1', 'Group', subjects)).toMatchObject({
      member: 'type',
      text: expect.stringContaining('leads to a Patient'),
    });
    expect(referenceFault(undefined, 'Medication', subjects)!.member).toBe('type');
    expect(referenceFault(undefined, 'Patinet', subjects)!.hint).toContain('`Patient`');
    expect(referenceFault('Patient/1', 'http://example.org/StructureDefinition/Logical', subjects)).toBeUndefined();
  });
});
