import { describe, expect, it } from 'vitest';
import { searchParameterDefinitions } from '../../../resources/index.ts';
import { parseExpression, pathText } from '../../../resources/parameters/expression.ts';

/** Each branch as text, with what it is narrowed to. */
const read = (expression: string) =>
  parseExpression(expression)?.map(({ head, steps, targets, stated }) =>
    [pathText(head ?? '', steps), ...targets, ...(stated ? ['stated'] : [])].join(' '),
  );

describe('parseExpression', () => {
  it.each([
    ['Patient.name.family', ['Patient.name.family']],
    [
      'AllergyIntolerance.code | AllergyIntolerance.reaction.substance',
      ['AllergyIntolerance.code', 'AllergyIntolerance.reaction.substance'],
    ],
    ['(Observation.value as CodeableConcept)', ['Observation.value.ofType(CodeableConcept)']],
    ['(Observation.value as CodeableConcept).text', ['Observation.value.ofType(CodeableConcept).text']],
    [
      'Observation.value.ofType(Quantity) | Observation.value.ofType(SampledData)',
      ['Observation.value.ofType(Quantity|SampledData)'],
    ],
    ['Condition.subject.where(resolve() is Patient)', ['Condition.subject Patient']],
    ["Patient.telecom.where(system='email')", ["Patient.telecom.where(system='email')"]],
    [
      "Library.relatedArtifact.where(type='depends-on').resource",
      ["Library.relatedArtifact.where(type='depends-on').resource"],
    ],
    ['Bundle.entry[0].resource', ['Bundle.entry[0].resource']],
    ['Patient.deceased.exists() and Patient.deceased != false', ['Patient.deceased stated']],
    ["Patient.extension('http://example.org/race').value", ["Patient.extension('http://example.org/race').value"]],
    ['name', ['.name']],
    ['%resource.referenceSeq.chromosome', ['%resource.referenceSeq.chromosome']],
    ['value.ofType(DateTime) | value.ofType(Period)', ['.value.ofType(Period|dateTime)']],
  ])('takes %s apart', (expression, branches) => expect(read(expression)).toEqual(branches));

  it.each([
    'Patient.name.first()',
    "Patient.name.matches('a')",
    'Patient.name + 1',
    'iif(true, a, b)',
    '(Patient.name',
  ])('leaves %s to the interpreter', (expression) => expect(read(expression)).toBeUndefined());

  it('understands every search parameter of R4', () => {
    const all = searchParameterDefinitions().flatMap(({ expression, component = [] }) => [
      ...(expression === undefined ? [] : [expression]),
      ...component.map((one) => one.expression),
    ]);
    expect(all.filter((expression) => parseExpression(expression) === undefined)).toEqual([]);
    expect(all.length).toBeGreaterThan(1300);
  });
});
