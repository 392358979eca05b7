/** Elements by the names that FHIRPath and JSON have for them, as a patch needs them. */
import { hasType, type JsonKey, jsonKeys, typeDef } from '../../resources/index.ts';
import { refuse } from './fhirpath-operations.ts';

/** An element as a place for values. */
export interface Slot {
  /** As FHIRPath has it: `deceased`. */
  readonly name: string;
  /** The JSON member; of a choice its first, unless the slot was asked for by member. */
  readonly key: string;
  /** Every JSON member that the element may have. */
  readonly keys: readonly string[];
  readonly choice: boolean;
  /** Whether it may occur more than once, which makes it a list in JSON. */
  readonly many: boolean;
  /** The types that a value may have here. */
  readonly types: readonly string[];
  /** Whether it holds a resource. */
  readonly isResource: boolean;
  /** The type that defines the children; undefined where that depends on the value. */
  readonly inside: string | undefined;
  readonly isPrimitive: boolean;
}

/**
 * The element of a type by its name: `deceased`; `deceased[x]` and `deceasedBoolean` (which settles the type) as well.
 * @param at where the name stands, for the refusal
 * @throws Fault `invalid-request` when the type has no such element
 */
export function elementOf(type: string, name: string, at: string): Slot {
  const slots = slotsOf(type, at);
  const slot = slots.byName.get(name.replace(/\[x\]$/, ''));
  if (slot) return slot;
  const member = slots.byKey.get(name);
  if (!member) throw unknown(type, name, slots, at);
  return { ...member, types: member.types.filter((one) => keyOf(member, one) === name) };
}

/**
 * The element of a type by its JSON member.
 * @throws Fault `invalid-request` when the type has no such member
 */
export function elementAt(type: string, key: string, at: string): Slot {
  const slots = slotsOf(type, at);
  const slot = slots.byKey.get(key);
  if (!slot) throw unknown(type, key, slots, at);
  return slot;
}

/** The JSON member for a value of this type. */
export function keyOf(slot: Slot, type: string): string {
  return slot.choice ? slot.name + type.charAt(0).toUpperCase() + type.slice(1) : slot.key;
}

/** Whether values of the type are JSON strings, numbers or booleans. https://hl7.org/fhir/R4/datatypes.html#primitive */
export function isPrimitive(type: string): boolean {
  return /^[a-z]/.test(type);
}

/** Member of a parameter → type: `valueDate` → `date`. https://hl7.org/fhir/R4/datatypes.html#open */
export function valueTypes(): ReadonlyMap<string, string> {
  values ??= new Map(
    typeDef('Parameters.parameter')
      .elements.filter((element) => element.name === 'value')
      .flatMap(jsonKeys)
      .map(({ key, type }) => [key, type.code]),
  );
  return values;
}

interface Slots {
  readonly byName: ReadonlyMap<string, Slot>;
  readonly byKey: ReadonlyMap<string, Slot>;
}

let values: ReadonlyMap<string, string> | undefined;
const known = new Map<string, Slots>();

function slotsOf(type: string, at: string): Slots {
  const kept = known.get(type);
  if (kept) return kept;
  const byName = new Map<string, Slot>();
  const byKey = new Map<string, Slot>();
  for (const element of definitionOf(type, at).elements) {
    const keys = jsonKeys(element);
    const toSlot = (one: JsonKey | undefined): Slot => ({
      name: element.name,
      key: (one ?? keys[0]!).key,
      keys: keys.map(({ key }) => key),
      choice: element.choice,
      many: element.max > 1,
      types: keys.map(({ type }) => type.code),
      isResource: one?.type.code === 'Resource',
      // What primitives have below them, id and extensions, the definition of Element has.
      inside: one && (isPrimitive(one.type.code) ? 'Element' : one.inside),
      isPrimitive: one !== undefined && isPrimitive(one.type.code),
    });
    byName.set(element.name, toSlot(element.choice ? undefined : keys[0]));
    for (const one of keys) byKey.set(one.key, toSlot(one));
  }
  const slots = { byName, byKey };
  known.set(type, slots);
  return slots;
}

function definitionOf(type: string, at: string) {
  if (hasType(type)) return typeDef(type);
  throw refuse(at, `needs the type ${JSON.stringify(type.slice(0, 64))}, which FHIR R4 has not.`);
}

function unknown(type: string, name: string, slots: Slots, at: string) {
  const names = [...slots.byName.keys()];
  const near = names.find((one) => one.toLowerCase() === name.toLowerCase() || hasSameLetters(one, name));
  const hint = near ? `Did you mean \`${near}\`?` : `${type} has ${names.slice(0, 40).join(', ')}.`;
  return refuse(at, `names \`${name.slice(0, 64)}\`, which is no element of ${type}.`, hint);
}

/** Catches the commonest slip, two letters exchanged. */
function hasSameLetters(one: string, other: string): boolean {
  return one.length === other.length && [...one].sort().join('') === [...other].sort().join('');
}
