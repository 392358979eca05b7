import { describe, expect, it } from 'vitest';
import { customName, customParameter, customParameters } from '../../../resources/parameters/custom.ts';

const definition = (more: object) => ({
  resourceType: 'SearchParameter',
  url: 'http://hospital.example/SearchParameter/x',
  name: 'x',
  description: 'x',
  status: 'active',
  code: 'ward',
  base: ['Patient'],
  type: 'token',
  expression: `Patient.extension('http://hospital.example/ward').value`,
  ...more,
});

describe('customParameters', () => {
  it.each<[string, object, string, string]>([
    [
      'an element that there is not',
      { expression: 'Patient.shoeSize' },
      'Patient has no element "shoeSize"',
      'expression',
    ],
    ['what does not parse', { expression: 'Patient.name.(' }, 'is not a FHIRPath', 'expression'],
    [
      'a function that leaves the resource',
      { expression: `Patient.name.family.replaceMatches('a', 'b')` },
      'replaceMatches',
      'expression',
    ],
    [
      'a value that its type cannot be made of',
      { type: 'date', expression: 'Patient.name' },
      'date cannot be made of HumanName',
      'type',
    ],
    [
      'a base that the expression says nothing of',
      { base: ['Patient', 'Group'], expression: 'Patient.active' },
      'says nothing about Group',
      'expression',
    ],
    ['no expression', { expression: undefined }, 'has no expression', 'expression'],
    ['a composite', { type: 'composite', component: [] }, 'Composite parameters', 'type'],
    ['a special one', { type: 'special' }, 'type special', 'type'],
    ['a name with a dot', { code: 'a.b' }, 'cannot be the name', 'code'],
    ['a name that R4 keeps for itself', { code: '_own' }, 'begin with _', 'code'],
    [
      'the time of the version',
      { expression: 'Patient.meta.lastUpdated', type: 'date' },
      'keeps the time',
      'expression',
    ],
    [
      'another meaning for a name of R4',
      { code: 'gender', expression: 'Patient.contact.gender' },
      'gender already',
      'code',
    ],
    [
      'another type for a name of R4',
      { code: 'family', expression: 'Patient.name.family', type: 'token' },
      'family already',
      'code',
    ],
  ])('refuses %s', (_, more, text, element) => {
    const { findings, definitions } = customParameters(definition(more));
    expect(definitions.size).toBe(0);
    expect(findings).toEqual([
      expect.objectContaining({ expression: `SearchParameter.${element}`, text: expect.stringContaining(text) }),
    ]);
  });

  it('keeps what is not active, whatever it says', () => {
    const { findings, unused } = customParameters(definition({ status: 'draft', expression: 'Patient.shoeSize' }));
    expect(findings).toEqual([]);
    expect(unused.get('*')).toContain('status is draft');
  });

  it.each<[string, object]>([
    ['has its url', { url: 'http://hl7.org/fhir/SearchParameter/Patient-active', code: 'active' }],
    [
      'is what it was derived from',
      {
        code: 'gender',
        derivedFrom: 'http://hl7.org/fhir/SearchParameter/individual-gender',
        expression: 'Patient.gender',
      },
    ],
    ['selects the same', { code: 'gender', expression: 'Patient.gender' }],
  ])('leaves a search to the parameter of R4 that %s', (_, more) => {
    const { findings, unused, definitions } = customParameters(definition(more));
    expect([findings.length, definitions.size, unused.size]).toEqual([0, 0, 1]);
  });

  it('takes the targets from the definition, the expression and the elements', () => {
    const targets = (more: object) =>
      [...customParameters(definition({ type: 'reference', ...more })).definitions.values()].map(
        ({ target }) => target,
      );
    expect(targets({ expression: 'Patient.generalPractitioner', target: ['Organization', 'Patient'] })).toEqual([
      ['Organization'],
    ]);
    expect(targets({ expression: 'Patient.link.other.where(resolve() is RelatedPerson)' })).toEqual([
      ['RelatedPerson'],
    ]);
    expect(targets({ expression: 'Patient.contact.organization' })).toEqual([['Organization']]);
    expect(targets({ expression: `Patient.extension('x').value` })).toEqual([[]]);
  });

  it('adds one of DomainResource to all that derive from it', () => {
    const { definitions } = customParameters(
      definition({ base: ['DomainResource'], expression: `DomainResource.extension('x').value` }),
    );
    expect([definitions.has('Patient'), definitions.has('Bundle')]).toEqual([true, false]);
  });
});

describe('customParameter', () => {
  it('has one slot below zero', () => {
    const parameter = customParameter(customParameters(definition({})).definitions.get('Patient')!, 'Patient', -7);
    expect(parameter).toMatchObject({ code: 'ward', custom: { k: -7 }, slots: [{ k: -7, name: customName(-7) }] });
    expect(parameter.slots[0]!.fhirTypes).toContain('CodeableConcept');
  });
});
