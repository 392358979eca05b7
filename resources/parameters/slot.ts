/**
 * Slots: the places of a resource type whose values are indexed. Parameters that sit on the same element share a slot,
 * so that its values are written once (`subject` and `patient`, `code` and `combo-code`).
 */
import type { HotColumn } from '../type.ts';
import { type Alternative, pathText, type Step } from './expression.ts';
import { type Leaf, walk } from './walk.ts';

export type SearchKind =
  | 'token'
  | 'string'
  | 'date'
  | 'number'
  | 'quantity'
  | 'uri'
  | 'reference'
  | 'composite'
  | 'special';

export interface Slot {
  /** Number of the slot in the tables: a 31-bit hash of its path, the same for ever and in every database. */
  readonly k: number;
  /** What goes into hashes: `Observation.component.code:token`. */
  readonly name: string;
  readonly kind: SearchKind;
  /** The type that the path starts from; `Resource` for what all types share. */
  readonly head: string;
  readonly steps: readonly Step[];
  /** FHIR types that a value here may have, among those that this kind can index. */
  readonly fhirTypes: readonly string[];
  /** The value is a boolean: whether the element stands there and is not false. */
  readonly stated: boolean;
  /** Whether there can be only one value. */
  readonly single: boolean;
  /** Strings: what marks the values of this slot in `res.str`; unique within a type. */
  readonly tag?: string;
  /**
   * References that count only when they are to one of these types. The tokens are those of the slot of the same name
   * without this; the slot itself says whether there is such a reference at all.
   */
  readonly narrowed?: readonly string[];
  /** References: the slot of `Reference.identifier`, in `x_id`. */
  readonly identifier?: { readonly k: number; readonly name: string };
  /** Tokens of type `code`: the name of their required set of codes. */
  readonly codes?: string;
  /** The column of `res` in which the values of this slot stand. */
  readonly hot?: HotColumn;
}

/** The FHIR types that a kind of parameter can index. https://hl7.org/fhir/R4/search.html#table */
export const suited: Readonly<Record<SearchKind, readonly string[] | undefined>> = {
  token: ['CodeableConcept', 'Coding', 'Identifier', 'ContactPoint', 'code', 'boolean', 'id', 'string', 'uri'],
  string: ['string', 'markdown', 'HumanName', 'Address'],
  date: ['date', 'dateTime', 'instant', 'Period', 'Timing'],
  number: ['integer', 'positiveInt', 'unsignedInt', 'decimal', 'Range'],
  quantity: ['Quantity', 'Age', 'Count', 'Distance', 'Duration', 'Money', 'Range', 'SampledData'],
  uri: ['uri', 'url', 'canonical', 'oid', 'uuid'],
  reference: ['Reference', 'canonical', 'uri', 'Resource'],
  composite: undefined,
  special: undefined,
};

/** The parts of names and addresses that a string parameter on the whole looks into. */
export const parts: Readonly<Record<string, readonly string[]>> = {
  HumanName: ['family', 'given', 'prefix', 'suffix', 'text'],
  Address: ['line', 'city', 'district', 'state', 'postalCode', 'country', 'text'],
};

/**
 * The slots of one branch of a parameter's expression: several where it is on a name or an address.
 * @param own what sets the slot apart from others on the same element
 */
export function slotsOf(kind: SearchKind, head: string, alternative: Alternative, own?: string): Slot[] {
  const { leaves, single } = walk(head, alternative.steps);
  const usable = leaves.filter((leaf) => suited[kind]?.includes(leaf.type.code) ?? true);
  const divided = kind === 'string' ? usable.filter((leaf) => parts[leaf.type.code]) : [];
  if (divided.length > 0) {
    return divided.flatMap((leaf) =>
      parts[leaf.type.code]!.flatMap((name) =>
        slotsOf(kind, head, { ...alternative, steps: [...alternative.steps, { kind: 'child', name }] }),
      ),
    );
  }
  const path = normalPath(kind, head, alternative.steps) + (own === undefined ? '' : `$${own}`);
  return [toSlot(kind, head, path, alternative, usable, single)];
}

/** FNV-1a, 31 bits. A test proves that no two slots of R4 share a number. */
export function numberOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash & 0x7fffffff;
}

/** A path as text that is the same for all ways to write it: restrictions to types that change nothing are left out. */
function normalPath(kind: SearchKind, head: string, steps: readonly Step[]): string {
  const last = steps.at(-1);
  if (last?.kind !== 'types') return pathText(head, steps);
  const before = steps.slice(0, -1);
  const all = walk(head, before).leaves.filter((leaf) => suited[kind]?.includes(leaf.type.code) ?? true);
  return pathText(head, all.every((leaf) => last.types.includes(leaf.type.code)) ? before : steps);
}

function toSlot(
  kind: SearchKind,
  head: string,
  normal: string,
  { steps, targets, stated }: Alternative,
  usable: readonly Leaf[],
  single: boolean,
): Slot {
  const path = normal + (stated ? '.stated()' : '');
  const name = `${path}:${kind}`;
  const key = targets.length > 0 ? `${path}.where(resolve() is ${targets.join('|')}):${kind}` : name;
  const codes = kind === 'token' ? usable.find((leaf) => leaf.codes !== undefined)?.codes : undefined;
  const identifier = `${path}.identifier:token`;
  const isReference = kind === 'reference' && usable.some((leaf) => leaf.type.code === 'Reference');
  return {
    k: numberOf(key),
    name,
    kind,
    head,
    steps,
    fhirTypes: stated ? ['boolean'] : [...new Set(usable.map((leaf) => leaf.type.code))],
    stated,
    single,
    ...(kind === 'string' ? { tag: (numberOf(name) % 46_656).toString(36) } : {}),
    ...(targets.length > 0 ? { narrowed: targets } : {}),
    ...(isReference ? { identifier: { k: numberOf(identifier), name: identifier } } : {}),
    ...(codes === undefined ? {} : { codes }),
  };
}
