import { describe, expect, it } from 'vitest';
import { Account } from '../../profiles/account.ts';
import { checkBinding, toBinding } from '../../profiles/binding.ts';
import { judge, type Library } from '../../profiles/index.ts';
import { parseJson } from '../../resources/index.ts';
import type { BoundCodes } from '../../terminology/index.ts';
import { judged, told } from '../setup/judged.ts';

const patient = { reference: 'Patient/p' };
const clinical = (code: string, system = 'http://terminology.hl7.org/CodeSystem/condition-clinical') => ({
  coding: [{ system, code }],
});
const condition = (clinicalStatus: any) => ({ resourceType: 'Condition', subject: patient, clinicalStatus });
const married = (...codings: any[]) => ({ resourceType: 'Patient', maritalStatus: { coding: codings } });
const marital = 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus';

describe('a required binding', () => {
  it('takes a code of the value set, also beside others', () => {
    expect(told(condition(clinical('active')))).toEqual([]);
    const both = { coding: [{ system: 'http://hospital.example.org', code: 'x' }, clinical('active').coding[0]] };
    expect(told(condition(both))).toEqual([]);
  });

  it('refuses another code, another system and no code at all', () => {
    for (const wrong of [clinical('actve'), clinical('active', 'http://hospital.example.org'), { text: 'active' }])
      expect(told(condition(wrong))).toEqual(['error binding Condition.clinicalStatus']);
  });

  it('says what it was, what was meant and where', () => {
    expect(judged(condition(clinical('actve'))).find(({ rule }) => rule === 'binding')).toMatchObject({
      kind: 'invalid-value',
      issue: 'code-invalid',
      text: expect.stringContaining(
        'condition-clinical|actve` is not in the value set http://hl7.org/fhir/ValueSet/condition-clinical|4.0.1',
      ),
      hint: 'Did you mean `http://terminology.hl7.org/CodeSystem/condition-clinical|active`?',
    });
  });

  it('holds for codes of value sets that follow a grammar', () => {
    const photo = (contentType: string) => ({ resourceType: 'Patient', photo: [{ contentType, url: 'http://a' }] });
    expect(told(photo('image/png'))).toEqual([]);
    expect(told(photo('picture'))).toEqual(['error binding Patient.photo[0].contentType']);
    const invoice = (currency: string) => ({
      resourceType: 'Invoice',
      status: 'draft',
      totalNet: { value: 1, currency },
    });
    expect(told(invoice('EUR'))).toEqual([]);
    expect(told(invoice('XXE'))).toEqual(['error binding Invoice.totalNet.currency']);
  });
});

describe('an extensible binding', () => {
  it('warns where no coding is of the value set, and lets a text stand', () => {
    expect(told(married({ system: marital, code: 'M' }))).toEqual([]);
    expect(told({ resourceType: 'Patient', maritalStatus: { text: 'it is complicated' } })).toEqual([]);
    const finding = judged(married({ system: 'http://hospital.example.org', code: 'M' })).find(
      ({ rule }) => rule === 'binding',
    );
    expect(finding).toMatchObject({ severity: 'warning', expression: 'Patient.maritalStatus' });
  });
});

describe('a preferred binding', () => {
  it('asks for nothing but the largest value set that is allowed', () => {
    const speaks = (code: string) => ({
      resourceType: 'Patient',
      communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code }] } }],
    });
    expect(told(speaks('de-CH'))).toEqual([]);
    expect(told(speaks('gsw'))).toEqual([]);
    expect(told(speaks('nolanguage!'))).toEqual(['error binding Patient.communication[0].language']);
  });

  it.each([{ system: 'http://id.loc.gov/vocabulary/iso639-1', code: 'hi', display: 'Hindi' }, { code: 'Hindi' }])(
    'warns of a concept that is told in a system of its own, or in none: %j',
    (language) => {
      const coding = [language];
      const patient = { resourceType: 'Patient', communication: [{ language: { coding, text: 'Hindi' } }] };
      expect(told(patient)).toEqual(['warning binding Patient.communication[0].language']);
    },
  );
});

describe('what is not at hand', () => {
  const resource = condition(clinical('active'));
  const set = (contains: BoundCodes['contains'], more: Partial<BoundCodes> = {}): Library => ({
    structure: () => null,
    valueSet: () => ({ canonical: 'http://a', contains, some: () => [], isLarge: false, ...more }),
  });

  it('is named, to be fetched', () => {
    const lacking: Library = { structure: () => undefined, valueSet: () => undefined };
    const { needs, findings } = judge('Condition', parseJson(JSON.stringify(resource)), {
      level: 'full',
      library: lacking,
    });
    expect(needs.valueSets).toEqual(['http://hl7.org/fhir/ValueSet/condition-clinical|4.0.1']);
    expect(findings.filter(({ rule }) => rule === 'binding')).toEqual([]);
  });

  it('is asked code by code where the value set is large', () => {
    const library = set(() => undefined, { isLarge: true });
    const { needs } = judge('Condition', parseJson(JSON.stringify(resource)), { level: 'full', library });
    const valueSet = 'http://hl7.org/fhir/ValueSet/condition-clinical|4.0.1';
    expect(needs.codes).toEqual([
      { valueSet, system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' },
    ]);
  });

  it('is told as information where nobody can work it out', () => {
    expect(
      told(
        resource,
        set(() => undefined, { unknownBecause: 'its code system is not known' }),
      ),
    ).toEqual(['information binding Condition.clinicalStatus']);
    expect(told(resource, { structure: () => null, valueSet: () => null })).toEqual([
      'information binding Condition.clinicalStatus',
    ]);
  });
});

it('makes nothing of bindings that are examples, and asks nothing without a library', () => {
  expect(toBinding(['example', 'http://a'])).toBeUndefined();
  expect(toBinding(['preferred', 'http://a'])).toBeUndefined();
  expect(toBinding(['preferred', 'http://a', 'http://b'])).toMatchObject({ isLoose: true, maxValueSet: 'http://b' });
  const account = new Account(false, {}, 'Patient', undefined);
  checkBinding('x', 'code', toBinding(['required', 'http://a'])!, account, undefined);
  expect(account.failed).toBe(false);
});
