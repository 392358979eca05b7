import type { StructureDefinition } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { Account } from '../../profiles/account.ts';
import { checkExtensions } from '../../profiles/extension.ts';
import { judge } from '../../profiles/index.ts';
import { parseJson } from '../../resources/index.ts';
import { judged, told } from '../setup/judged.ts';
import { ownLibrary } from '../setup/own-library.ts';

const base = 'http://hl7.org/fhir/StructureDefinition';
const patient = (...extension: any[]) => ({ resourceType: 'Patient', extension });
const nationality = (...extension: any[]) => patient({ url: `${base}/patient-nationality`, extension });
const code = { url: 'code', valueCodeableConcept: { coding: [{ system: 'urn:iso:std:iso:3166', code: 'CH' }] } };

describe('an extension that R4 defines', () => {
  it.each<[string, any, string[]]>([
    ['stands where it may', patient({ url: `${base}/patient-birthPlace`, valueAddress: { city: 'Bern' } }), []],
    [
      'does not stand elsewhere',
      {
        resourceType: 'Practitioner',
        extension: [{ url: `${base}/patient-birthPlace`, valueAddress: { city: 'Bern' } }],
      },
      ['error extension Practitioner.extension[0]'],
    ],
    [
      'stands on a datatype, wherever that is used',
      {
        resourceType: 'Patient',
        name: [{ _family: { extension: [{ url: `${base}/humanname-own-prefix`, valueString: 'van' }] } }],
      },
      [],
    ],
    [
      'does not stand on another member of it',
      {
        resourceType: 'Patient',
        name: [{ _given: [{ extension: [{ url: `${base}/humanname-own-prefix`, valueString: 'van' }] }] }],
      },
      ['error extension Patient.name[0].given[0].extension[0]'],
    ],
    [
      'stands on a type of primitive',
      {
        resourceType: 'Patient',
        name: [
          {
            _text: {
              extension: [
                {
                  url: `${base}/translation`,
                  extension: [
                    { url: 'lang', valueCode: 'de' },
                    { url: 'content', valueString: 'a' },
                  ],
                },
              ],
            },
          },
        ],
      },
      [],
    ],
    [
      'stands on any element',
      {
        resourceType: 'Patient',
        _birthDate: { extension: [{ url: `${base}/data-absent-reason`, valueCode: 'masked' }] },
      },
      [],
    ],
    [
      'has a value of its type',
      patient({ url: `${base}/patient-birthPlace`, valueString: 'Bern' }),
      ['error extension Patient.extension[0].value'],
    ],
    [
      'has a value where it needs one',
      patient({ url: `${base}/patient-birthPlace`, extension: [{ url: 'http://a', valueString: 'b' }] }),
      ['information extension Patient.extension[0].extension[0]'],
    ],
    [
      'has a code of its value set',
      {
        resourceType: 'Patient',
        _birthDate: { extension: [{ url: `${base}/data-absent-reason`, valueCode: 'hidden' }] },
      },
      ['error binding Patient.birthDate.extension[0].value'],
    ],
    [
      'stands once where it may stand once',
      patient(...[1, 2].map(() => ({ url: `${base}/patient-birthPlace`, valueAddress: { city: 'Bern' } }))),
      ['error extension Patient.extension[1]'],
    ],
    [
      'stands several times where it may',
      patient(
        ...['a', 'b'].map((valueString) => ({
          url: `${base}/patient-religion`,
          valueCodeableConcept: { text: valueString },
        })),
      ),
      [],
    ],
    ['has its parts', nationality(code), []],
    [
      'has no other parts',
      nationality(code, { url: 'cod', valueString: 'a' }),
      ['error extension Patient.extension[0].extension[1]'],
    ],
    ['has each part as often as it may', nationality(code, code), ['error extension Patient.extension[0]']],
    [
      'has parts of their types',
      nationality({ url: 'code', valueString: 'CH' }),
      ['error extension Patient.extension[0].extension[0].value'],
    ],
    [
      'is a modifier only where it is defined as one',
      {
        resourceType: 'Patient',
        modifierExtension: [{ url: `${base}/patient-birthPlace`, valueAddress: { city: 'Bern' } }],
      },
      ['error extension Patient.modifierExtension[0]'],
    ],
    [
      'is a modifier where it is defined as one',
      {
        resourceType: 'DiagnosticReport',
        status: 'final',
        code: { text: 'a' },
        extension: [
          { url: `${base}/DiagnosticReport-geneticsAssessedCondition`, valueReference: { reference: 'Condition/1' } },
        ],
      },
      [],
    ],
  ])('%s', (_, resource, findings) => expect(told(resource)).toEqual(findings));

  it('stands only where the condition holds that it names', () => {
    const item = (type: string) => ({
      resourceType: 'Questionnaire',
      status: 'draft',
      item: [{ linkId: '1', type, extension: [{ url: `${base}/questionnaire-sliderStepValue`, valueInteger: 5 }] }],
    });
    expect(told(item('integer'))).toEqual([]);
    expect(told(item('string'))).toEqual(['error extension Questionnaire.item[0].extension[0]']);
  });

  it('names the part that was meant', () => {
    expect(
      judged(nationality(code, { url: 'cod', valueString: 'a' })).find(({ rule }) => rule === 'extension')!.hint,
    ).toBe('Did you mean `code`?');
  });
});

it('the addresses of SMART may be all that SMART 2 has', () => {
  const part = (url: string) => ({ url, valueUri: `https://sign-in.example/${url}` });
  const statement = (...extension: any[]) => ({
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-01-01',
    kind: 'requirements',
    description: 'A server with sign-in.',
    fhirVersion: '4.0.1',
    format: ['json'],
    rest: [
      {
        mode: 'server',
        security: {
          extension: [{ url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris', extension }],
        },
      },
    ],
  });
  const names = ['authorize', 'token', 'register', 'manage', 'introspect', 'revoke'];
  expect(told(statement(...names.map(part)))).toEqual([]);
  expect(told(statement(part('authorize'), part('token'), part('revoked'))).length).toBe(1);
});

describe('an extension that nobody defines', () => {
  it('is told as information, a modifier as an error', () => {
    expect(told(patient({ url: 'http://example.org/hair', valueString: 'red' }))).toEqual([
      'information extension Patient.extension[0]',
    ]);
    expect(
      told({ resourceType: 'Patient', modifierExtension: [{ url: 'http://example.org/hair', valueString: 'red' }] }),
    ).toEqual(['error extension Patient.modifierExtension[0]']);
  });

  it('is told as a warning where it stands for an element of another version of FHIR, also as a modifier', () => {
    const topic = (path: string) => ({
      resourceType: 'Basic',
      code: { text: 'SubscriptionTopic' },
      modifierExtension: [
        { url: `http://hl7.org/fhir/5.0/StructureDefinition/extension-${path}`, valueCode: 'active' },
      ],
    });
    expect(told(topic('SubscriptionTopic.status'))).toEqual(['warning extension Basic.modifierExtension[0]']);
    expect(told(topic('ourOwn'))).toEqual(['error extension Basic.modifierExtension[0]']);
  });

  it('needs an absolute url', () => {
    expect(told(patient({ url: 'hair', valueString: 'red' }))).toEqual(['error extension Patient.extension[0]']);
  });

  it('is asked for while it is not known whether there is a definition', () => {
    const library = { structure: () => undefined, valueSet: () => null };
    const resource = patient({ url: 'http://example.org/hair', valueString: 'red' });
    const { needs, isValid } = judge('Patient', parseJson(JSON.stringify(resource)), { level: 'full', library });
    expect([isValid, needs.structures]).toEqual([true, ['http://example.org/hair']]);
  });
});

describe('an extension that is installed', () => {
  const hair = {
    resourceType: 'StructureDefinition',
    url: 'http://example.org/hair',
    type: 'Extension',
    context: [
      { type: 'element', expression: 'Patient' },
      { type: 'extension', expression: 'http://example.org/looks' },
    ],
    snapshot: {
      element: [
        { id: 'Extension', path: 'Extension', max: '1' },
        { id: 'Extension.value[x]', path: 'Extension.value[x]', min: 1, type: [{ code: 'string' }] },
      ],
    },
  } as unknown as StructureDefinition;
  const library = ownLibrary([hair]);
  const one = { url: 'http://example.org/hair', valueString: 'red' };

  it('is held to its definition', () => {
    expect(told(patient(one), library)).toEqual([]);
    expect(told({ resourceType: 'Practitioner', extension: [one] }, library)).toEqual([
      'error extension Practitioner.extension[0]',
    ]);
    expect(told(patient({ url: 'http://example.org/hair', valueInteger: 1 }), library)).toEqual([
      'error extension Patient.extension[0].value',
    ]);
  });

  it('stands in the extension that it is meant for', () => {
    const looks = (url: string) => patient({ url, extension: [one] });
    expect(told(looks('http://example.org/looks'), library)).toEqual(['information extension Patient.extension[0]']);
    expect(told(looks('http://example.org/other'), library)).toContain(
      'error extension Patient.extension[0].extension[0]',
    );
  });
});

it('passes over what is no list of extensions', () => {
  const account = new Account(false, {}, 'Patient', undefined);
  checkExtensions('x', {}, { host: 'Patient', type: 'Patient', isModifier: false }, account, undefined);
  checkExtensions([null, { url: 7 }], {}, { host: 'Patient', type: 'Patient', isModifier: false }, account, undefined);
  expect(account.failed).toBe(false);
});
