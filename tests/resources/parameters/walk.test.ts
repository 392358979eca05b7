import { expect, it } from 'vitest';
import { parseExpression } from '../../../resources/parameters/expression.ts';
import { walk } from '../../../resources/parameters/walk.ts';

function typesAt(path: string): { types: string[]; single: boolean } {
  const { head, steps } = parseExpression(path)![0]!;
  const { leaves, single } = walk(head!, steps);
  return { types: leaves.map((leaf) => leaf.type.code), single };
}

it.each([
  ['Patient.birthDate', ['date'], true],
  ['Patient.name.family', ['string'], false],
  ['Observation.effective', ['dateTime', 'Period', 'Timing', 'instant'], true],
  ['Observation.value.ofType(Quantity)', ['Quantity'], true],
  ['Observation.component.value.ofType(Quantity)', ['Quantity'], false],
  ['Bundle.entry[0].resource', ['Resource'], false],
  ["Patient.telecom.where(system='email')", ['ContactPoint'], false],
])('knows what stands at %s', (path, types, single) => expect(typesAt(path)).toEqual({ types, single }));

it('follows elements that are defined by another one', () => {
  expect(typesAt('Questionnaire.item.item.code')).toEqual({ types: ['Coding'], single: false });
});

it('refuses a path that R4 does not have', () => {
  expect(() => typesAt('Patient.shoeSize')).toThrow('Patient has no element');
});
