/** Tests of properties on single concepts; store/terminology/attributes.ts says the same in SQL. */
import type { CodeSystemConceptProperty } from 'fhir/r4.js';
import type { AttributeTest, Term, ValueTest } from '../store/index.ts';
import { propertyText } from './hierarchy.ts';
import type { System } from './system.ts';

/**
 * Whether properties of one group of the concept meet all tests; a single one may be met by any property.
 * @param holds whether a term holds of a code
 */
export function hasAttributes(
  { system, of: tests }: Extract<Term, { kind: 'attributes' }>,
  code: string,
  holds: (term: Term, code: string) => boolean | undefined,
): boolean {
  const properties = (system as System).find(code)?.property ?? [];
  const meets = (test: AttributeTest, property: CodeSystemConceptProperty) =>
    isNamed(test, property.code, holds) && isValue(test, propertyText(property), holds);
  // Each is looked at, so that everything that is lacking is known at once.
  const each = tests.map((test) => properties.filter((property) => meets(test, property)));
  if (tests.length < 2) return each.every((some) => some.length > 0);
  const groups = new Set(properties.flatMap(({ id }) => id ?? []));
  return [...groups].some((group) => each.every((some) => some.some(({ id }) => id === group)));
}

function isNamed({ name }: AttributeTest, code: string, holds: (term: Term, code: string) => boolean | undefined) {
  // Attributes may be named that are no concepts of the system.
  const isOne = name.kind === 'filter' && name.filter.property === 'concept' && name.filter.op === '=';
  return isOne ? name.filter.value === code : holds(name, code) === true;
}

function isValue(
  { value, isNot }: AttributeTest,
  text: string,
  holds: (term: Term, code: string) => boolean | undefined,
): boolean {
  if (!('kind' in value)) return compared(value, text);
  const isOne = value.kind === 'filter' && value.filter.property === 'concept' && value.filter.op === '=';
  const is = isOne ? value.filter.value === text : holds(value, text) === true;
  return is !== isNot;
}

function compared(test: ValueTest, text: string): boolean {
  if ('text' in test) return (test.text === text) === (test.comparison === '=');
  if (!/^-?\d{1,30}(\.\d{1,30})?$/.test(text)) return false;
  const number = Number(text);
  switch (test.comparison) {
    case '=':
      return number === test.number;
    case '!=':
      return number !== test.number;
    case '<':
      return number < test.number;
    case '<=':
      return number <= test.number;
    case '>':
      return number > test.number;
    case '>=':
      return number >= test.number;
  }
}
