/**
 * The value of a FHIRPath Patch operation, made into what JSON has at the element: typed by the definitions of R4.
 * https://hl7.org/fhir/R4/fhirpatch.html#anonymous
 */

import type { Content, Draft } from './draft.ts';
import { elementOf, isPrimitive, keyOf, type Slot, valueTypes } from './elements.ts';
import { type Given, refuse, valueKeys } from './fhirpath-operations.ts';
import { countMembers, hasMember, insertItem, type Occurrence, putMember } from './members.ts';

/** What an operation puts in, under the JSON member that its type gives it (`deceasedBoolean`). */
export interface Made extends Occurrence {
  readonly key: string;
}

/**
 * Makes one occurrence of the element out of the `value` part: of `value[x]`, of a resource, or of nested parts.
 * @param level of nesting at which it will stand in the resource
 * @throws Fault `invalid-request` when there is no value, more than one, or one of another type than the element's
 */
export function makeValue(slot: Slot, given: Given, level: number, draft: Draft, patch: Content): Made {
  const { at, part } = given;
  const keys = new Set(valueKeys(part).map((key) => key.replace(/^_/, '')));
  const stray = Object.keys(part).find((key) => !known.has(key) && !keys.has(key.replace(/^_/, '')));
  if (stray !== undefined)
    throw refuse(at, `has a member ${JSON.stringify(stray.slice(0, 64))} that no parameter has.`);
  const [key, second] = keys;
  if (key === undefined) throw refuse(at, 'has no value.', `Give a ${wanted(slot)}.`);
  if (second !== undefined) throw refuse(at, 'has more than one value.', 'Give one value[x], one resource, or parts.');
  if (key === 'part') return { key: slot.key, value: { value: fromParts(slot, given, level, draft, patch) } };
  if (key === 'resource') {
    if (!slot.isResource) throw wrongType(slot, at, 'a resource');
    return { key: slot.key, value: draft.copyOf(part, key, level, patch.digits) };
  }
  const type = valueTypes().get(key);
  if (type === undefined) throw refuse(at, `has a ${key}, which is no type of FHIR.`, `Give a ${wanted(slot)}.`);
  const chosen =
    slot.types.find((candidate) => candidate === type) ?? slot.types.find((other) => fits(type, other, slot));
  if (chosen === undefined) throw wrongType(slot, at, `a ${type}`);
  const value = Object.hasOwn(part, key) ? draft.copyOf(part, key, level, patch.digits) : undefined;
  const beside = Object.hasOwn(part, `_${key}`) ? draft.copyOf(part, `_${key}`, level, patch.digits) : undefined;
  const isObject = typeof value?.value === 'object' && value.value !== null && !Array.isArray(value.value);
  const isPlain = value === undefined || (typeof value.value !== 'object' && value.value !== null);
  if (isPrimitive(type) ? !isPlain : !isObject || beside) throw refuse(at, `has a ${key} that is no ${type}.`);
  return { key: keyOf(slot, chosen), value, beside };
}

const known = new Set(['name', 'id', 'extension']);

/** An element that no value[x] can carry comes as parts named like its children, as deep as necessary. */
function fromParts(slot: Slot, given: Given, level: number, draft: Draft, patch: Content): unknown {
  const { at, part } = given;
  if (slot.inside === undefined || slot.isPrimitive || slot.isResource) throw wrongType(slot, at, 'parts');
  if (!Array.isArray(part.part) || part.part.length === 0) throw refuse(at, 'has no value.', `Give a ${wanted(slot)}.`);
  const made: Record<string, unknown> = {};
  for (const [index, child] of part.part.entries()) {
    const childAt = `${at}.part[${index}]`;
    const name = typeof child === 'object' && child !== null && Object.hasOwn(child, 'name') ? child.name : undefined;
    if (typeof name !== 'string') throw refuse(childAt, 'has no name.', `Name it after a child of ${slot.inside}.`);
    const element = elementOf(slot.inside, name, childAt);
    const value = makeValue(element, { at: childAt, part: child }, level + (element.many ? 2 : 1), draft, patch);
    if (element.many) insertItem(draft, made, value.key, countMembers(made, value.key), value);
    else if (element.keys.some((key) => hasMember(made, key))) throw refuse(childAt, `is a second \`${name}\`.`);
    else putMember(draft, made, value.key, value);
  }
  return made;
}

/**
 * Whether a value of one type may stand where another is defined. A kind of the type, or the type that it is a kind of,
 * where the check of the result decides by the content; a date for a dateTime and an integer for a decimal, as FHIRPath
 * converts them; a string for xhtml, which no value[x] has. Of a choice only the very types, or the name would be a guess.
 */
function fits(given: string, defined: string, slot: Slot): boolean {
  if (slot.choice) return false;
  if (given === 'string' && defined === 'xhtml') return true;
  if ((given === 'date' && defined === 'dateTime') || (given === 'integer' && defined === 'decimal')) return true;
  return kindOf(given, defined) || kindOf(defined, given);
}

const kinds: Readonly<Record<string, string>> = {
  code: 'string',
  id: 'string',
  markdown: 'string',
  oid: 'uri',
  uuid: 'uri',
  url: 'uri',
  canonical: 'uri',
  positiveInt: 'integer',
  unsignedInt: 'integer',
  Age: 'Quantity',
  Count: 'Quantity',
  Distance: 'Quantity',
  Duration: 'Quantity',
  SimpleQuantity: 'Quantity',
  MoneyQuantity: 'Quantity',
};

function kindOf(type: string, general: string): boolean {
  return kinds[type] === general;
}

function wanted(slot: Slot): string {
  if (slot.isResource) return 'resource';
  const values = [...valueTypes()].filter(([, type]) => slot.types.includes(type)).map(([key]) => key);
  if (values.length === 0 && slot.types.includes('xhtml')) return 'valueString';
  return values.length > 0 ? values.slice(0, 12).join(', ') : 'value made of parts';
}

function wrongType(slot: Slot, at: string, given: string) {
  const types = slot.types.length > 12 ? 'one of many types' : slot.types.join(' or ');
  return refuse(at, `gives ${given}, but \`${slot.name}\` is ${types}.`, `Give a ${wanted(slot)}.`);
}
