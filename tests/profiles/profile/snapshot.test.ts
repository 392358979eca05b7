import { describe, expect, it } from 'vitest';
import { Definitions } from '../../../profiles/profile/definitions.ts';
import { childrenOf, snapshotTree, withSnapshot } from '../../../profiles/profile/snapshot.ts';
import { extensionOf, libraryOf, profileOf, testBase, told } from './profiling.ts';

function snapshotOf(profile: ReturnType<typeof profileOf>, ...others: ReturnType<typeof profileOf>[]) {
  const made = withSnapshot(profile, new Definitions(libraryOf([profile, ...others])))!;
  return new Map(made.snapshot!.element.map((element) => [element.id!, element]));
}

describe('snapshots', () => {
  it('hold all elements of the base, and what the profile says of them', () => {
    const elements = snapshotOf(
      profileOf('p', 'Patient', [
        ['Patient', { short: 'Ours' }],
        ['Patient.birthDate', { min: 1 }],
      ]),
    );
    expect(elements.get('Patient')).toMatchObject({ short: 'Ours', min: 0, max: '*' });
    expect(elements.get('Patient.birthDate')).toMatchObject({
      path: 'Patient.birthDate',
      min: 1,
      max: '1',
      type: [{ code: 'date' }],
    });
    expect(elements.get('Patient.contact.gender')?.binding).toMatchObject({ strength: 'required' });
  });

  it('open datatypes, profiled datatypes and repeated elements that the profile goes into', () => {
    const street = profileOf('street', 'Address', [['Address.line', { min: 1 }]]);
    const profile = profileOf('p', 'Patient', [
      ['Patient.name.family', { min: 1 }],
      ['Patient.address', { type: [{ code: 'Address', profile: [street.url] }] }],
      ['Patient.address.city', { min: 1 }],
      ['Patient.birthDate.extension', { max: '0' }],
    ]);
    const elements = snapshotOf(profile, street);
    expect(elements.get('Patient.name.given')).toMatchObject({ min: 0, max: '*' });
    expect(elements.get('Patient.address.line')).toMatchObject({ min: 1 });
    expect(elements.get('Patient.birthDate.extension')).toMatchObject({ max: '0' });
    const nested = snapshotOf(profileOf('q', 'Questionnaire', [['Questionnaire.item.item.item.prefix', { min: 1 }]]));
    expect(nested.get('Questionnaire.item.item.item.prefix')).toMatchObject({ min: 1 });
    expect(nested.get('Questionnaire.item.item.linkId')).toMatchObject({ min: 1 });
  });

  it('begin slices with what is said of all items, not needed unless they say so', () => {
    const elements = snapshotOf(
      profileOf('p', 'Patient', [
        [
          'Patient.identifier',
          { min: 1, slicing: { discriminator: [{ type: 'value', path: 'system' }], rules: 'open' } },
        ],
        ['Patient.identifier.value', { min: 1 }],
        ['Patient.identifier:mrn', { max: '1' }],
        ['Patient.identifier:mrn.system', { fixedUri: 'urn:mrn' }],
      ]),
    );
    expect(elements.get('Patient.identifier:mrn')).toMatchObject({ sliceName: 'mrn', min: 0, max: '1' });
    expect(elements.get('Patient.identifier:mrn.value')).toMatchObject({ min: 1 });
    expect(elements.get('Patient.identifier:mrn')).not.toHaveProperty('slicing');
  });

  it('take the cardinality of an extension from its definition, and slice extensions by url unasked', () => {
    const ward = extensionOf('ward', ['string']);
    const elements = snapshotOf(
      profileOf('p', 'Patient', [['Patient.extension:ward', { type: [{ code: 'Extension', profile: [ward.url] }] }]]),
      ward,
    );
    expect(elements.get('Patient.extension:ward')).toMatchObject({ min: 0, max: '1' });
    expect(elements.get('Patient.extension')?.slicing).toMatchObject({
      discriminator: [{ type: 'value', path: 'url' }],
      rules: 'open',
    });
  });

  it('change slices of the base by name and add others', () => {
    const slicing = { discriminator: [{ type: 'value' as const, path: 'system' }], rules: 'open' as const };
    const base = profileOf('base', 'Patient', [
      ['Patient.identifier', { slicing }],
      ['Patient.identifier:a', { max: '1' }],
      ['Patient.identifier:a.system', { fixedUri: 'urn:a' }],
    ]);
    const profile = profileOf(
      'p',
      'Patient',
      [
        ['Patient.identifier:a', { min: 1 }],
        ['Patient.identifier:b.system', { fixedUri: 'urn:b' }],
      ],
      { baseDefinition: base.url },
    );
    const elements = snapshotOf(profile, base);
    expect(elements.get('Patient.identifier:a')).toMatchObject({ min: 1, max: '1' });
    expect(elements.get('Patient.identifier:a.system')).toMatchObject({ fixedUri: 'urn:a' });
    expect(elements.get('Patient.identifier:b.system')).toMatchObject({ fixedUri: 'urn:b' });
    expect(elements.get('Patient.identifier')?.slicing).toMatchObject(slicing);
  });

  it('put a slice of a slice below that, when only the base has it', () => {
    const ward = extensionOf('ward', ['code']);
    const type = [{ code: 'Extension', profile: [ward.url] }];
    const slicing = {
      discriminator: [{ type: 'value' as const, path: `extension('${ward.url}').value` }],
      rules: 'open' as const,
    };
    const profile = profileOf('p', 'PlanDefinition', [
      ['PlanDefinition.action', { slicing }],
      ['PlanDefinition.action.extension:ward', { type }],
      ['PlanDefinition.action:single', { min: 1 }],
      ['PlanDefinition.action:single.extension:ward/a', { min: 1, type }],
      ['PlanDefinition.action:single.extension:ward/a.valueCode', { min: 1, fixedCode: 'a' }],
    ]);
    const elements = snapshotOf(profile, ward);
    expect(elements.get('PlanDefinition.action:single.extension:ward/a')).toMatchObject({ min: 1, max: '1' });
    const plan = (valueCode: string) => ({
      resourceType: 'PlanDefinition',
      status: 'draft',
      action: [{ extension: [{ url: ward.url, valueCode }] }],
    });
    expect(told(plan('a'), [profile, ward])).toEqual([]);
    expect(told(plan('b'), [profile, ward])).toEqual(['error PlanDefinition.action slice:single']);
  });

  it('are not made while the base is not at hand', () => {
    const profile = profileOf('p', 'Patient', [], { baseDefinition: `${testBase}nowhere` });
    const definitions = new Definitions(libraryOf([profile]));
    expect(snapshotTree(profile, definitions)).toBeUndefined();
    expect(withSnapshot(profile, definitions)).toBeUndefined();
  });

  it('open what stands inside of a node only when it is asked for', () => {
    const tree = snapshotTree(profileOf('p', 'Patient', []), new Definitions(libraryOf([])))!;
    const name = tree.children.find((child) => child.name === 'name')!;
    expect(name.children).toEqual([]);
    expect(childrenOf(name, new Definitions(undefined)).map((child) => child.name)).toContain('family');
  });
});
