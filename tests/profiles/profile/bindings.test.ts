import { describe, expect, it } from 'vitest';
import { bindingRules, isBound, requiredSet } from '../../../profiles/profile/bindings.ts';
import { Definitions } from '../../../profiles/profile/definitions.ts';
import { judgeProfiles } from '../../../profiles/profile/pass.ts';
import { Walk } from '../../../profiles/profile/walk.ts';
import { findings, libraryOf, profileOf, setOf, told } from './profiling.ts';

const wards = 'http://hospital.example/ValueSet/wards';
const system = 'http://hospital.example/wards';
const sets = { [wards]: setOf(wards, system, ['cardiology', 'surgery']) };
const bound = (strength: 'required' | 'extensible' | 'preferred' | 'example') =>
  profileOf('warded', 'Encounter', [['Encounter.serviceType', { binding: { strength, valueSet: wards } }]]);
const encounter = (serviceType: object) => ({
  resourceType: 'Encounter',
  status: 'planned',
  class: { code: 'AMB' },
  serviceType,
});
const coded = (code: string, of = system) =>
  encounter({
    coding: [
      { system: 'urn:other', code: 'x' },
      { system: of, code },
    ],
  });

describe('bindings of profiles', () => {
  it('are no rules where R4 says the same', () => {
    const node = { name: 'x', slice: undefined, element: undefined, def: {}, children: [], slices: [] };
    expect(bindingRules(node, undefined, { canonical: 'c', short: 'c' })).toEqual([]);
    const profile = profileOf('same', 'Patient', [
      [
        'Patient.gender',
        { binding: { strength: 'required', valueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1' } },
      ],
    ]);
    expect(
      judgeProfiles(
        'Patient',
        { resourceType: 'Patient', gender: 'x' },
        { library: { ...libraryOf([profile]), valueSet: () => undefined }, profiles: [profile.url] },
      ).needs.valueSets,
    ).toEqual([]);
  });

  it('tell the set that is required, and whether a value is in it', () => {
    const walk = new Walk(false, new Definitions(libraryOf([], sets)), {});
    expect(requiredSet({ binding: { strength: 'required', valueSet: wards } })).toBe(wards);
    expect(requiredSet({ binding: { strength: 'extensible', valueSet: wards } })).toBeUndefined();
    expect(isBound({ system, code: 'surgery' }, wards, walk)).toBe(true);
    expect(isBound('surgery', wards, walk)).toBe(true);
    expect(isBound({ system, code: 'bakery' }, wards, walk)).toBe(false);
    expect(isBound({ system, code: 'surgery' }, 'urn:unknown', walk)).toBeUndefined();
  });

  it('accept a concept of which any coding is in a required set, and refuse the others with what was meant', () => {
    expect(told(coded('surgery'), [bound('required')], { sets })).toEqual([]);
    expect(findings(coded('surgrey'), [bound('required')], { sets })).toEqual([
      expect.objectContaining({
        severity: 'error',
        issue: 'code-invalid',
        rule: 'binding',
        expression: 'Encounter.serviceType',
        hint: `Did you mean \`${system}|surgery\`?`,
      }),
    ]);
    expect(told(coded('surgery', 'urn:theirs'), [bound('required')], { sets })).toEqual([
      'error Encounter.serviceType binding',
    ]);
    expect(told(encounter({ text: 'Surgery' }), [bound('required')], { sets })).toEqual([
      'error Encounter.serviceType binding',
    ]);
  });

  it('warn of codes outside of an extensible set, but not of words', () => {
    expect(told(coded('bakery'), [bound('extensible')], { sets })).toEqual(['warning Encounter.serviceType binding']);
    expect(told(encounter({ text: 'Bakery' }), [bound('extensible')], { sets })).toEqual([]);
  });

  it('say nothing of preferred and example sets', () => {
    expect(told(coded('bakery'), [bound('preferred')], { sets })).toEqual([]);
    expect(told(coded('bakery'), [bound('example')], { sets })).toEqual([]);
  });

  it('hold to the largest set that an extensible binding allows', () => {
    const url = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet';
    const profile = profileOf('max', 'Encounter', [
      ['Encounter.serviceType', { binding: { strength: 'preferred', extension: [{ url, valueCanonical: wards }] } }],
    ]);
    expect(told(coded('surgery'), [profile], { sets })).toEqual([]);
    expect(told(coded('bakery'), [profile], { sets })).toEqual(['error Encounter.serviceType binding']);
  });

  it('hold codes, codings and units of quantities', () => {
    const units = 'http://hospital.example/ValueSet/units';
    const ucum = 'http://unitsofmeasure.org';
    const profile = profileOf('units', 'Observation', [
      ['Observation.status', { binding: { strength: 'required', valueSet: 'urn:done' } }],
      ['Observation.value[x]', { binding: { strength: 'required', valueSet: units } }],
    ]);
    const all = {
      [units]: setOf(units, ucum, ['kg']),
      'urn:done': setOf('urn:done', 'http://hl7.org/fhir/observation-status', ['final']),
    };
    const observation = (status: string, code: string) => ({
      resourceType: 'Observation',
      status,
      code: { text: 'x' },
      valueQuantity: { value: 1, system: ucum, code },
    });
    expect(told(observation('final', 'kg'), [profile], { sets: all })).toEqual([]);
    expect(told(observation('preliminary', 'g'), [profile], { sets: all })).toEqual([
      'error Observation.status binding',
      'error Observation.value binding',
    ]);
    const text = { resourceType: 'Observation', status: 'final', code: { text: 'x' }, valueString: 'heavy' };
    expect(told(text, [profile], { sets: all })).toEqual(['error Observation.value binding']);
  });

  it('are only warned of while the set is not on this server', () => {
    expect(findings(coded('surgery'), [bound('required')])).toEqual([
      expect.objectContaining({ severity: 'warning', issue: 'not-found', expression: 'Encounter.serviceType' }),
    ]);
    expect(told(coded('surgery'), [bound('extensible')])).toEqual([]);
  });

  it('name the sets that were not looked for yet, and codes of large ones', () => {
    const profile = bound('required');
    const judged = (valueSet: ReturnType<typeof setOf> | undefined) =>
      judgeProfiles('Encounter', coded('surgery'), {
        library: { ...libraryOf([profile]), valueSet: () => valueSet },
        profiles: [profile.url],
      });
    expect(judged(undefined)).toMatchObject({ isValid: true, needs: { valueSets: [wards], codes: [] } });
    const large = { ...setOf(wards, system, []), isLarge: true, contains: () => undefined };
    expect(judged(large)).toMatchObject({
      isValid: true,
      needs: {
        codes: [
          { valueSet: wards, system: 'urn:other', code: 'x' },
          { valueSet: wards, system, code: 'surgery' },
        ],
      },
    });
  });
});
