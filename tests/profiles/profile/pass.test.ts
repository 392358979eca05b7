import { describe, expect, it } from 'vitest';
import { Definitions } from '../../../profiles/profile/definitions.ts';
import { checkOf, judgeProfiles } from '../../../profiles/profile/pass.ts';
import { Walk } from '../../../profiles/profile/walk.ts';
import { findings, libraryOf, profileOf, testBase, told } from './profiling.ts';

const born = profileOf('born', 'Patient', [['Patient.birthDate', { min: 1 }]], { version: '1.0' });
const patient = (more: object, ...profile: string[]) => ({ resourceType: 'Patient', meta: { profile }, ...more });
const claimed = { profiles: [] };

describe('the profile pass', () => {
  it('holds a resource to what it claims, with and without a version', () => {
    expect(told(patient({ birthDate: '1970' }, born.url), [born], claimed)).toEqual([]);
    expect(told(patient({}, born.url), [born], claimed)).toEqual(['error Patient.birthDate min']);
    expect(told(patient({}, `${born.url}|1.0`), [born], claimed)).toEqual(['error Patient.birthDate min']);
  });

  it('holds contained resources and entries to what they claim', () => {
    const bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: { resourceType: 'Basic', code: {}, contained: [patient({ id: 'p' }, born.url)] } }],
    };
    expect(told(bundle, [born], claimed)).toEqual(['error Bundle.entry[0].resource.contained[0].birthDate min']);
  });

  it('warns of a claimed profile that is not here, with the command that adds it', () => {
    expect(
      findings(patient({}, 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient'), [born], claimed),
    ).toEqual([
      expect.objectContaining({
        severity: 'warning',
        expression: 'Patient.meta.profile[0]',
        hint: 'Add the package that has it: npm run ig -- add FILE.tgz',
      }),
    ]);
  });

  it('refuses when a profile that was asked for is not here', () => {
    expect(told(patient({}), [born], { profiles: [`${testBase}nothing`] })).toEqual(['error Patient profile']);
  });

  it('refuses a profile of another type', () => {
    const observation = {
      resourceType: 'Observation',
      meta: { profile: [born.url] },
      status: 'final',
      code: { text: 'x' },
    };
    expect(told(observation, [born], claimed)).toContain('error Observation.meta.profile[0] profile');
    expect(
      told({ ...observation, meta: { profile: ['http://hl7.org/fhir/StructureDefinition/Patient'] } }, [born], claimed),
    ).toContain('error Observation.meta.profile[0] profile');
  });

  it('takes the definition of the type itself, and of what it derives from, for kept', () => {
    const base = 'http://hl7.org/fhir/StructureDefinition/';
    expect(told(patient({}, `${base}Patient`, `${base}DomainResource`, `${base}Resource`), [born], claimed)).toEqual(
      [],
    );
  });

  it('builds profiles on profiles, and names what it lacks of them', () => {
    const older = profileOf('older', 'Patient', [['Patient.deceased[x]', { min: 1 }]], { baseDefinition: born.url });
    expect(told(patient({}), [older, born])).toEqual(['error Patient.birthDate min', 'error Patient.deceased min']);
    const verdict = judgeProfiles('Patient', patient({}), {
      library: { structure: (canonical) => (canonical === older.url ? older : undefined), valueSet: () => null },
      profiles: [older.url],
    });
    expect(verdict).toMatchObject({ isValid: true, needs: { structures: [born.url] } });
  });

  it('says of a profile whose base is nowhere that it cannot be used', () => {
    const lost = profileOf('lost', 'Patient', [['Patient']], { baseDefinition: `${testBase}nowhere` });
    expect(told(patient({}), [lost])).toEqual(['error Patient profile']);
    expect(told(patient({}, lost.url), [lost], claimed)).toEqual(['warning Patient.meta.profile[0] profile']);
  });

  it('is not caught in profiles that are derived from each other', () => {
    const one = profileOf('one', 'Patient', [['Patient']], { baseDefinition: `${testBase}two` });
    const two = profileOf('two', 'Patient', [['Patient']], { baseDefinition: `${testBase}one` });
    expect(told(patient({}), [one, two])).toEqual(['error Patient profile']);
  });

  it("uses R4's own profiles without a library", () => {
    const weight = {
      resourceType: 'Observation',
      meta: { profile: ['http://hl7.org/fhir/StructureDefinition/bodyweight'] },
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
    };
    const verdict = judgeProfiles('Observation', weight, {});
    expect(verdict.isValid).toBe(false);
    expect(verdict.tell().map(({ expression }) => expression)).toContain('Observation.subject');
  });

  it("holds what claims nothing to the server's own profile: as warnings, as errors where that is enforced", () => {
    const plain = { resourceType: 'Patient', gender: 'male' };
    const none = { enforce: new Set<string>() };
    expect(judgeProfiles('Patient', plain, none).isValid).toBe(true);
    expect(judgeProfiles('Patient', plain, {}).tell()).toEqual([]);
    expect(
      new Set(
        judgeProfiles('Patient', plain, none)
          .tell()
          .map(({ severity }) => severity),
      ),
    ).toEqual(new Set(['warning']));
    const enforced = judgeProfiles('Patient', plain, { enforce: new Set(['Patient']) });
    expect(enforced.isValid).toBe(false);
    expect(enforced.tell()).toContainEqual(
      expect.objectContaining({ severity: 'error', expression: 'Patient.birthDate' }),
    );
    expect(
      judgeProfiles('Patient', patient({ birthDate: '1970' }, born.url), { library: libraryOf([born]) }).tell(),
    ).toEqual([]);
    expect(
      judgeProfiles('Patient', patient({ birthDate: '1970' }, born.url), {
        library: libraryOf([born]),
        enforce: new Set(['Patient']),
      }).isValid,
    ).toBe(false);
  });

  it('warns of broken claims where the settings say so, but not of what was asked for', () => {
    const mild = { profileFaults: 'warning' as const };
    expect(told(patient({}, born.url), [born], { ...claimed, ...mild })).toEqual(['warning Patient.birthDate min']);
    expect(told(patient({}, born.url), [born], { profiles: [born.url], ...mild })).toEqual([
      'error Patient.birthDate min',
    ]);
  });

  it('compiles a profile once, and again when what it builds on has changed', () => {
    const older = profileOf('older', 'Patient', [['Patient']], { baseDefinition: born.url });
    const check = (base: typeof born) =>
      checkOf(older.url, new Walk(false, new Definitions(libraryOf([older, base])), {}));
    const first = check(born);
    expect(check(born)).toBe(first);
    expect(check({ ...born })).not.toBe(first);
  });

  it('never throws, whatever stands in the resource', () => {
    const junk = [null, 7, 'x', [], {}, [[]], [null], { coding: 7 }, { reference: [] }, [{ code: null }]];
    const us = profileOf('all', 'Patient', [
      ['Patient.identifier.system', { min: 1 }],
      [
        'Patient.maritalStatus',
        { patternCodeableConcept: { coding: [{ code: 'M' }] }, binding: { strength: 'required', valueSet: 'urn:v' } },
      ],
      ['Patient.managingOrganization', { type: [{ code: 'Reference', targetProfile: ['urn:p'] }] }],
      ['Patient.contact.name.given', { min: 1 }],
      ['Patient.birthDate', { minValueDate: '1900-01-01', maxLength: 3 }],
    ]);
    for (const identifier of junk) {
      const resource = {
        resourceType: 'Patient',
        identifier,
        maritalStatus: identifier,
        managingOrganization: identifier,
        contact: identifier,
        birthDate: identifier,
        extension: identifier,
      };
      expect(() => findings(resource, [us])).not.toThrow();
    }
  });
});
