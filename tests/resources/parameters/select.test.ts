import { describe, expect, it } from 'vitest';
import { lineage, selectionOf } from '../../../resources/parameters/select.ts';

const patient = {
  resourceType: 'Patient',
  deceasedDateTime: '2024-05-01',
  name: [
    { use: 'usual', given: ['Ann'] },
    { use: 'official', given: ['Anna', null, 'Maria'], family: 'Jansen' },
  ],
  extension: [
    { url: 'a', valueDateTime: '2024' },
    { url: 'b', valueCoding: { code: 'x' } },
  ],
  link: [{ other: { reference: 'Patient/1' } }, { other: { reference: 'RelatedPerson/2' } }],
  contained: [{ resourceType: 'Organization', id: 'o', name: 'Red Cross' }],
};
const select = (expression: string) =>
  selectionOf(expression, 'Patient')!
    .select(patient)
    .map(({ value, fhirType }) => [value, fhirType]);

describe('selectionOf', () => {
  it.each<[string, unknown[]]>([
    [
      'Patient.name.given',
      [
        ['Ann', 'string'],
        ['Anna', 'string'],
        ['Maria', 'string'],
      ],
    ],
    [`Patient.name.where(use = 'official').family`, [['Jansen', 'string']]],
    ['Patient.name[0].given', [['Ann', 'string']]],
    ['Patient.deceased', [['2024-05-01', 'dateTime']]],
    ['Patient.deceased.ofType(boolean)', []],
    ['(Patient.deceased as dateTime)', [['2024-05-01', 'dateTime']]],
    [`Patient.extension('b').value`, [[{ code: 'x' }, 'Coding']]],
    [`Patient.extension.where(url = 'b').value.code`, [['x', 'code']]],
    [`Patient.extension.where(url = 'a').valueDateTime`, [['2024', 'dateTime']]],
    [`extension('b').value.ofType(Coding)`, [[{ code: 'x' }, 'Coding']]],
    ['Patient.link.other.where(resolve() is RelatedPerson)', [[{ reference: 'RelatedPerson/2' }, 'Reference']]],
    ['Observation.code | Patient.name.family', [['Jansen', 'string']]],
    ['Patient.name.given.first()', [['Ann', 'string']]],
    [
      'Patient.name.given.last() | Patient.name.family',
      [
        ['Maria', 'string'],
        ['Jansen', 'string'],
      ],
    ],
    ['Patient.name.exists()', [[true, 'boolean']]],
    ['Patient.contained.name', [['Red Cross', 'string']]],
  ])('%s', (expression, found) => {
    expect(select(expression)).toEqual(found);
  });

  it('tells where a value stands, so that its digits can be found', () => {
    const holder = { value: 1.5 };
    const resource = { resourceType: 'Observation', valueQuantity: holder };
    for (const expression of ['Observation.value.value', 'Observation.value.first().value']) {
      const [found] = selectionOf(expression, 'Observation')!.select(resource);
      expect(found).toMatchObject({ key: 'value', fhirType: 'decimal', value: 1.5 });
      expect(found!.holder).toBe(holder);
    }
  });

  it('is undefined where no branch is about the type', () => {
    expect(selectionOf('Observation.code', 'Patient')).toBe(undefined);
  });
});

describe('lineage', () => {
  it('leads to Resource', () => {
    expect(lineage('Patient')).toEqual(['Patient', 'DomainResource', 'Resource']);
  });
});
