import { describe, expect, it } from 'vitest';
import { presenceRule } from '../../../profiles/profile/presence.ts';
import { profileOf, told } from './profiling.ts';

const base = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition';
const absent = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
const masked = (url: string) => ({ resourceType: 'Patient', _active: { extension: [{ url, valueCode: 'masked' }] } });

describe('values that must be there', () => {
  it('are no rule where nothing is said of them', () => {
    const node = { name: 'x', slice: undefined, element: undefined, def: {}, children: [], slices: [] };
    expect(presenceRule(node, undefined, { canonical: 'c', short: 'c' })).toBeUndefined();
  });

  it('cannot be replaced by an extension', () => {
    const must = { extension: [{ url: `${base}.mustHaveValue`, valueBoolean: true }] };
    const profile = profileOf('must', 'Patient', [['Patient.active', must]]);
    expect(told({ resourceType: 'Patient', active: true }, [profile])).toEqual([]);
    expect(told(masked(absent), [profile])).toEqual(['error Patient.active value']);
  });

  it('can be replaced by those extensions that the profile names', () => {
    const either = { extension: [{ url: `${base}.valueAlternatives`, valueCanonical: absent }] };
    const profile = profileOf('either', 'Patient', [['Patient.active', either]]);
    expect(told(masked(absent), [profile])).toEqual([]);
    expect(told(masked('urn:other'), [profile])).toEqual(['error Patient.active value']);
  });
});
