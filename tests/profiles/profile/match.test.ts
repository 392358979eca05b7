import { describe, expect, it } from 'vitest';
import { departure, fits, holds, isSame, shown, wantedOf } from '../../../profiles/profile/match.ts';
import { profileOf, told } from './profiling.ts';

const mrn = { system: 'http://hospital.example/mrn', value: 'M1' };

describe('fixed values and patterns', () => {
  it('takes a value for the same only when nothing is missing and nothing more is there', () => {
    expect(isSame({ code: 'a', system: 's' }, { system: 's', code: 'a' })).toBe(true);
    expect(isSame({ code: 'a', system: 's', display: 'A' }, { system: 's', code: 'a' })).toBe(false);
    expect(isSame([1, 2], [2, 1])).toBe(false);
  });

  it('takes a value for fitting when all of the pattern is in it, items of lists in any order', () => {
    const pattern = { coding: [{ system: 'http://loinc.org', code: '8480-6' }] };
    expect(
      fits({ coding: [{ code: 'sys' }, { system: 'http://loinc.org', code: '8480-6', display: 'x' }] }, pattern),
    ).toBe(true);
    expect(fits({ coding: [{ system: 'http://loinc.org' }, { code: '8480-6' }] }, pattern)).toBe(false);
    expect(fits({ text: 'systolic' }, pattern)).toBe(false);
  });

  it('finds what an element is fixed to, whatever the type', () => {
    expect(wantedOf({ path: 'x', fixedUri: 'u' })).toEqual({ value: 'u', isPattern: false });
    expect(wantedOf({ path: 'x', patternIdentifier: mrn })).toEqual({ value: mrn, isPattern: true });
    expect(wantedOf({ path: 'x', min: 1 })).toBeUndefined();
  });

  it('tells where a value departs first', () => {
    const wanted = { value: { coding: [{ system: 's', code: 'a' }] }, isPattern: true };
    expect(holds({ coding: [{ system: 's', code: 'a' }] }, wanted)).toBe(true);
    expect(departure({ coding: [{ system: 's', code: 'b' }] }, wanted)).toEqual({
      steps: ['coding', 0, 'code'],
      wanted: 'a',
      extra: false,
    });
    expect(departure({ value: '1', use: 'home' }, { value: { value: '1' }, isPattern: false })).toEqual({
      steps: ['use'],
      wanted: undefined,
      extra: true,
    });
  });

  it('cuts long values short', () => {
    expect(shown('x'.repeat(500))).toHaveLength(121);
    expect(shown({ a: 1 })).toBe('{"a":1}');
  });

  it('accepts what is fixed and refuses anything else at the element that departs', () => {
    const profile = profileOf('female', 'Patient', [
      ['Patient.gender', { fixedCode: 'female' }],
      ['Patient.telecom', { fixedContactPoint: { system: 'phone', value: '1' } }],
    ]);
    expect(
      told({ resourceType: 'Patient', gender: 'female', telecom: [{ system: 'phone', value: '1' }] }, [profile]),
    ).toEqual([]);
    expect(
      told({ resourceType: 'Patient', gender: 'male', telecom: [{ system: 'phone', value: '1', use: 'home' }] }, [
        profile,
      ]),
    ).toEqual(['error Patient.telecom[0].use fixed', 'error Patient.gender fixed']);
  });

  it('accepts what has the pattern and refuses what has not, list item by list item', () => {
    const profile = profileOf('ours', 'Patient', [
      ['Patient.identifier', { patternIdentifier: { system: mrn.system } }],
    ]);
    expect(told({ resourceType: 'Patient', identifier: [mrn] }, [profile])).toEqual([]);
    expect(told({ resourceType: 'Patient', identifier: [mrn, { system: 'urn:x', value: '2' }] }, [profile])).toEqual([
      'error Patient.identifier[1].system pattern',
    ]);
  });
});
