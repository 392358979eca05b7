import type { ElementDefinitionSlicingDiscriminator } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { extensionUrl, matcherOf } from '../../../profiles/profile/discriminator.ts';
import { toTree } from '../../../profiles/profile/tree.ts';
import { elementOf, extensionOf, profileOf, type Said, setOf, testBase, told } from './profiling.ts';

function sliced(
  type: string,
  path: string,
  discriminator: readonly ElementDefinitionSlicingDiscriminator[],
  said: readonly Said[],
) {
  return profileOf('sliced', type, [
    [path, { slicing: { discriminator: [...discriminator], rules: 'closed' } }],
    ...said,
  ]);
}

const patient = (more: object) => ({ resourceType: 'Patient', ...more });

describe('discriminators', () => {
  it('find nothing to compare with in a slice that says nothing', () => {
    const slice = toTree('Patient', [elementOf('Patient.identifier:a', {})]).children[0]!.slices[0]!;
    expect(
      matcherOf(slice, [{ type: 'value', path: 'system' }], { tree: () => undefined }, () => undefined),
    ).toBeUndefined();
  });

  it('know the url of an extension by its profile or by what is fixed', () => {
    const tree = toTree('Patient', [
      elementOf('Patient.extension:a', { type: [{ code: 'Extension', profile: ['urn:a|1.0'] }] }),
      elementOf('Patient.extension:b.url', { fixedUri: 'urn:b' }),
    ]);
    expect(tree.children[0]!.slices.map(extensionUrl)).toEqual(['urn:a', 'urn:b']);
  });

  it('of kind value compare an element, however deep', () => {
    const profile = sliced(
      'Patient',
      'Patient.contact',
      [{ type: 'value', path: 'relationship.coding.code' }],
      [
        ['Patient.contact:mother', { min: 1 }],
        ['Patient.contact:mother.relationship.coding.code', { fixedCode: 'MTH' }],
      ],
    );
    const contact = (code: string) => ({ relationship: [{ coding: [{ code: 'x' }, { code }] }] });
    expect(told(patient({ contact: [contact('MTH')] }), [profile]).filter((it) => !it.endsWith(' fixed'))).toEqual([]);
    expect(told(patient({ contact: [contact('FTH')] }), [profile])).toEqual([
      'error Patient.contact[0] slicing',
      'error Patient.contact slice:mother',
    ]);
  });

  it('of kind value go by the required value set of the element, and wait for it', () => {
    const set = 'http://hospital.example/ValueSet/parents';
    const profile = sliced(
      'Patient',
      'Patient.contact',
      [{ type: 'value', path: 'relationship' }],
      [
        ['Patient.contact:parent', { min: 1 }],
        ['Patient.contact:parent.relationship', { binding: { strength: 'required', valueSet: set } }],
      ],
    );
    const sets = { [set]: setOf(set, 'urn:r', ['MTH', 'FTH']) };
    const contact = (code: string) => ({ relationship: [{ coding: [{ system: 'urn:r', code }] }] });
    expect(told(patient({ contact: [contact('FTH')] }), [profile], { sets })).toEqual([]);
    expect(told(patient({ contact: [contact('SIS')] }), [profile], { sets })).toEqual([
      'error Patient.contact[0] slicing',
      'error Patient.contact slice:parent',
    ]);
    expect(told(patient({ contact: [contact('SIS')] }), [profile])).toEqual(['warning Patient.contact slice:parent']);
  });

  it('of kind pattern read a pattern above the element that they name', () => {
    const profile = sliced(
      'Patient',
      'Patient.identifier',
      [{ type: 'value', path: 'type.coding.code' }],
      [
        ['Patient.identifier:mrn', { min: 1 }],
        ['Patient.identifier:mrn.type', { patternCodeableConcept: { coding: [{ system: 'urn:t', code: 'MR' }] } }],
      ],
    );
    expect(told(patient({ identifier: [{ type: { coding: [{ system: 'urn:t', code: 'MR' }] } }] }), [profile])).toEqual(
      [],
    );
    expect(
      told(patient({ identifier: [{ type: { coding: [{ system: 'urn:t', code: 'SS' }] } }] }), [profile]),
    ).toHaveLength(2);
  });

  it('read required slices further down', () => {
    const profile = sliced(
      'Observation',
      'Observation.component',
      [{ type: 'value', path: 'code.coding.code' }],
      [
        ['Observation.component:systolic', { min: 1 }],
        [
          'Observation.component:systolic.code.coding',
          { slicing: { discriminator: [{ type: 'value', path: 'code' }], rules: 'open' } },
        ],
        ['Observation.component:systolic.code.coding:loinc', { min: 1 }],
        ['Observation.component:systolic.code.coding:loinc.code', { fixedCode: '8480-6' }],
      ],
    );
    const observation = (code: string) => ({
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'BP' },
      component: [{ code: { coding: [{ code: 'local' }, { code }] }, valueString: 'x' }],
    });
    expect(told(observation('8480-6'), [profile])).toEqual([]);
    expect(told(observation('8462-4'), [profile])).toHaveLength(2);
  });

  it('of kind exists ask whether an element is there, or is not', () => {
    const profile = sliced(
      'Patient',
      'Patient.address',
      [{ type: 'exists', path: 'period' }],
      [
        ['Patient.address:old', { max: '1' }],
        ['Patient.address:old.period', { min: 1 }],
        ['Patient.address:now', { min: 1 }],
        ['Patient.address:now.period', { max: '0' }],
        ['Patient.address:now.city', { min: 1 }],
      ],
    );
    const old = { city: 'Rome', period: { end: '2020' } };
    expect(told(patient({ address: [old, { city: 'Oslo' }] }), [profile])).toEqual([]);
    expect(told(patient({ address: [old, old, { country: 'NO' }] }), [profile])).toEqual([
      'error Patient.address[2].city min',
      'error Patient.address slice:old',
    ]);
  });

  it('of kind type tell references by what they lead to', () => {
    const profile = sliced(
      'Observation',
      'Observation.performer',
      [{ type: 'type', path: 'resolve()' }],
      [
        [
          'Observation.performer:doctor',
          {
            min: 1,
            type: [{ code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/Practitioner'] }],
          },
        ],
      ],
    );
    const by = (...reference: string[]) => ({
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      performer: reference.map((it) => ({ reference: it })),
    });
    expect(told(by('Practitioner/7'), [profile])).toEqual([]);
    expect(told(by('https://other.example/fhir/Practitioner/7'), [profile])).toEqual([]);
    expect(told(by('Organization/7'), [profile])).toEqual([
      'error Observation.performer[0] slicing',
      'error Observation.performer slice:doctor',
    ]);
  });

  it('of kind type tell resources in a Bundle', () => {
    const profile = sliced(
      'Bundle',
      'Bundle.entry',
      [{ type: 'type', path: 'resource' }],
      [
        ['Bundle.entry:patient', { min: 1, max: '1' }],
        ['Bundle.entry:patient.resource', { type: [{ code: 'Patient' }] }],
      ],
    );
    const bundle = (...types: string[]) => ({
      resourceType: 'Bundle',
      type: 'collection',
      entry: types.map((resourceType) => ({ resource: { resourceType } })),
    });
    expect(told(bundle('Patient'), [profile])).toEqual([]);
    expect(told(bundle('Patient', 'Patient'), [profile])).toEqual(['error Bundle.entry slice:patient']);
    expect(told(bundle('Person'), [profile])).toEqual([
      'error Bundle.entry[0] slicing',
      'error Bundle.entry slice:patient',
    ]);
  });

  it('of kind profile tell by whether the target keeps to it', () => {
    const born = profileOf('born', 'Patient', [['Patient.birthDate', { min: 1 }]]);
    const profile = sliced(
      'Bundle',
      'Bundle.entry',
      [{ type: 'profile', path: 'resource' }],
      [
        ['Bundle.entry:born', { min: 1 }],
        ['Bundle.entry:born.resource', { type: [{ code: 'Patient', profile: [born.url] }] }],
      ],
    );
    const bundle = (resource: object) => ({ resourceType: 'Bundle', type: 'collection', entry: [{ resource }] });
    expect(told(bundle(patient({ birthDate: '1970' })), [profile, born])).toEqual([]);
    expect(told(bundle(patient({ gender: 'male' })), [profile, born])).toEqual([
      'error Bundle.entry[0] slicing',
      'error Bundle.entry slice:born',
    ]);
  });

  it('of kind profile follow references that can be followed', () => {
    const named = profileOf('named', 'Practitioner', [['Practitioner.name', { min: 1 }]]);
    const profile = sliced(
      'Observation',
      'Observation.performer',
      [{ type: 'profile', path: 'resolve()' }],
      [['Observation.performer:named', { min: 1, type: [{ code: 'Reference', targetProfile: [named.url] }] }]],
    );
    const by = (practitioner: object) => ({
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      contained: [{ resourceType: 'Practitioner', id: 'p', ...practitioner }],
      performer: [{ reference: '#p' }],
    });
    expect(told(by({ name: [{ family: 'Lee' }] }), [profile, named])).toEqual([]);
    expect(told(by({ gender: 'male' }), [profile, named])).toEqual([
      'error Observation.performer[0] slicing',
      'error Observation.performer slice:named',
    ]);
  });

  it('go through extensions and types of choices', () => {
    const scope = extensionOf('scope', ['boolean']);
    const profile = sliced(
      'Claim',
      'Claim.careTeam',
      [{ type: 'value', path: `extension('${scope.url}').value.ofType(boolean)` }],
      [
        ['Claim.careTeam:overall', { min: 1, max: '1' }],
        ['Claim.careTeam:overall.extension:scope', { min: 1, type: [{ code: 'Extension', profile: [scope.url] }] }],
        ['Claim.careTeam:overall.extension:scope.value[x]', { type: [{ code: 'boolean' }], patternBoolean: true }],
      ],
    );
    const claim = (valueBoolean: boolean) => ({
      resourceType: 'Claim',
      careTeam: [
        { sequence: 1, extension: [{ url: scope.url, valueBoolean }], provider: { reference: 'Practitioner/1' } },
      ],
    });
    expect(told(claim(true), [profile, scope])).toEqual([]);
    expect(told(claim(false), [profile, scope])).toEqual([
      'error Claim.careTeam[0] slicing',
      'error Claim.careTeam slice:overall',
    ]);
  });

  it('must all say yes where there are several', () => {
    const both: ElementDefinitionSlicingDiscriminator[] = [
      { type: 'value', path: 'system' },
      { type: 'value', path: 'use' },
    ];
    const profile = sliced('Patient', 'Patient.identifier', both, [
      ['Patient.identifier:mrn', { min: 1 }],
      ['Patient.identifier:mrn.system', { fixedUri: `${testBase}mrn` }],
      ['Patient.identifier:mrn.use', { fixedCode: 'usual' }],
    ]);
    expect(told(patient({ identifier: [{ system: `${testBase}mrn`, use: 'usual' }] }), [profile])).toEqual([]);
    expect(told(patient({ identifier: [{ system: `${testBase}mrn`, use: 'old' }] }), [profile])).toHaveLength(2);
  });
});
