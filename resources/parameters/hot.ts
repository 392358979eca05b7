/**
 * Which slots stand in columns of `res`: what a type declares, and for the rest what follows from its parameters.
 * A column is tens of times cheaper to write and to search than a side row, but there is one of each.
 */
import type { HotColumn, HotColumns } from '../type.ts';
import type { SearchKind, Slot } from './slot.ts';

/** As much of a parameter as the choice depends on. */
export interface Candidate {
  readonly code: string;
  readonly type: SearchKind;
  readonly slots: readonly Slot[];
}

/** Name of a slot → its column. References that share a name share the column. */
export function chooseHot(
  parameters: ReadonlyMap<string, Candidate>,
  declared: HotColumns = {},
): ReadonlyMap<string, HotColumn> {
  const own = [...parameters.values()].filter((one) => one.slots.every((slot) => slot.head !== 'Resource'));
  const slotsOf = (codes: readonly string[], fits: (slot: Slot) => boolean): Slot[] =>
    codes.flatMap((code) => parameters.get(code)?.slots.filter(fits) ?? []);
  const codesOf = (...kinds: SearchKind[]) => own.filter((one) => kinds.includes(one.type)).map((one) => one.code);

  const hot = new Map<string, HotColumn>();
  const take = (column: HotColumn, slots: readonly Slot[]): void => {
    const slot = slots.find((one) => !hot.has(one.name));
    if (slot) hot.set(slot.name, column);
  };
  take('subj', slotsOf(choice(declared.subj, ['patient', 'subject', 'beneficiary']), isSingleReference));
  take('code1', slotsOf(choice(declared.code1, ['code', 'type', 'category']), isCoded));
  const dates = slotsOf([...(declared.dates ?? []), 'date', ...codesOf('date')], isDate);
  for (const column of ['dt', 'dt2', 'dt3'] as const) take(column, dates);
  take('num', slotsOf(choice(declared.num, codesOf('quantity', 'number')), isNumber));
  take('s1', slotsOf(choice(declared.s1, ['family', 'name', 'title', ...codesOf('string')]), isString));
  return hot;
}

function choice(declared: string | undefined, derived: readonly string[]): readonly string[] {
  return declared === undefined ? derived : [declared];
}

// A column holds one reference: where there may be several, only the tokens can answer.
const isSingleReference = (slot: Slot) => slot.kind === 'reference' && slot.single && slot.identifier !== undefined;
const isCoded = (slot: Slot) =>
  slot.kind === 'token' && (slot.fhirTypes.includes('CodeableConcept') || slot.fhirTypes.includes('Coding'));
const isDate = (slot: Slot) => slot.kind === 'date';
const isNumber = (slot: Slot) => slot.kind === 'quantity' || slot.kind === 'number';
const isString = (slot: Slot) => slot.kind === 'string';
