/**
 * Values of users' search parameters: the collectors of R4's own kinds fill a sink, and what they bring there as tokens
 * and tagged strings becomes side rows, so that a parameter can come and go without a row of `res` being touched.
 */
import {
  type CustomDefinition,
  customName,
  customParameter,
  type Digits,
  Fault,
  type Parsed,
  type SearchParameter,
  type Select,
  selectionOf,
} from '../../resources/index.ts';
import type { Hasher } from '../hash.ts';
import { textSlot } from './coding.ts';
import { collectDate, collectMeasure, settleColumns } from './columns.ts';
import type { DateRow, DictEntry, IdRow, IndexValues, NumRow, StrRow, TokRow } from './index-values.ts';
import { Memory } from './memory.ts';
import { collectReference } from './reference.ts';
import { type Collect, Sink } from './sink.ts';
import { collectString } from './string.ts';
import type { Targets } from './target.ts';
import { collectToken } from './token.ts';
import { collectUri } from './uri.ts';

/** The users' parameters of a database that writers have to index: plain data, also for other threads. */
export interface CustomSet {
  /** Counts the changes of the set. */
  readonly generation: number;
  readonly parameters: readonly { readonly k: number; readonly type: string; readonly definition: CustomDefinition }[];
}

/** Side rows of users' parameters of one resource. */
export interface CustomRows {
  readonly ids: IdRow[];
  readonly dateRows: DateRow[];
  readonly numRows: NumRow[];
  readonly strRows: StrRow[];
  readonly tokRows: TokRow[];
  readonly dict: DictEntry[];
  /** Expressions that could not be evaluated: their values are left out, since the resource itself is right. */
  faults: number;
}

/** What the values of a parameter stand on. */
export interface CustomParts {
  readonly hasher: Hasher;
  readonly zone: string;
  readonly targets: Targets;
  hash(text: string): bigint;
}

/** The users' parameters of a database. */
export class CustomParameters {
  readonly #parts: CustomParts;
  #types: ReadonlyMap<string, CustomValues> = new Map();
  #generation = 0;

  constructor(parts: CustomParts) {
    this.#parts = parts;
  }

  /** From now on these are indexed. */
  use({ generation, parameters }: CustomSet): void {
    const byType = Map.groupBy(parameters, ({ type }) => type);
    this.#types = new Map([...byType].map(([type, own]) => [type, new CustomValues(this.#parts, type, own)]));
    this.#generation = generation;
  }

  /** Adds the rows of a resource to its other values. */
  add(type: string, id: string, parsed: Parsed, values: IndexValues): void {
    values.generation = this.#generation;
    const custom = this.#types.get(type);
    if (custom === undefined) return;
    values.custom = custom.slots;
    const rows = this.rows(type, id, parsed)!;
    for (const list of CUSTOM_LISTS) if (rows[list].length > 0) (values[list] as unknown[]).push(...rows[list]);
  }

  /** The values with the rows of the present parameters in place of those that they have. */
  replaced(type: string, id: string, parsed: Parsed, values: IndexValues): IndexValues {
    const renewed = withoutCustom(values);
    this.add(type, id, parsed, renewed);
    return renewed;
  }

  /** The rows alone; of some of the slots only, where they are given. */
  rows(type: string, id: string, { value, digits }: Parsed, slots?: ReadonlySet<number>): CustomRows | undefined {
    return this.#types.get(type)?.rows(value.id === id ? value : { ...value, id }, digits, slots);
  }
}

/** Where the displays of a parameter's codes stand in `dict`. */
export function customTextSlot(k: number): number {
  return textSlot({ name: customName(k) });
}

/** `el` is a smallint, and says nothing for values that stand alone. */
const ALONE = 0;

interface Ready {
  readonly k: number;
  readonly parameter: SearchParameter;
  readonly select: Select;
  readonly collects: Map<string, Collect | undefined>;
}

/** The users' parameters of one type, ready to be filled. */
class CustomValues {
  readonly #parts: CustomParts;
  readonly #sink: Sink;
  readonly #memory = new Memory();
  readonly #ready: readonly Ready[];
  /** Slots of all of them. */
  readonly slots: readonly number[];

  constructor(parts: CustomParts, type: string, parameters: CustomSet['parameters']) {
    this.#parts = parts;
    this.#sink = new Sink(parts.hasher, parts.zone);
    this.#ready = parameters.map(({ k, definition }) => ({
      k,
      parameter: customParameter(definition, type, k),
      select: selectionOf(definition.expression, type)!.select,
      collects: new Map(),
    }));
    this.slots = parameters.map(({ k }) => k);
  }

  /** The side rows of one resource; of some of the slots only, where they are given. */
  rows(resource: any, digits: Digits | undefined, only?: ReadonlySet<number>): CustomRows {
    const rows: CustomRows = { ids: [], dateRows: [], numRows: [], strRows: [], tokRows: [], dict: [], faults: 0 };
    for (const one of this.#ready) if (!only || only.has(one.k)) this.#add(one, resource, digits, rows);
    return rows;
  }

  #add(ready: Ready, resource: any, digits: Digits | undefined, rows: CustomRows): void {
    const sink = this.#sink;
    sink.begin(resource.resourceType, digits, undefined);
    let count = 0;
    try {
      for (const { value, fhirType, holder, key } of ready.select(resource)) {
        const collect = this.#collectOf(ready, fhirType);
        if (!collect || value === undefined) continue;
        collect(value, sink, holder, key);
        count++;
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      rows.faults++;
      return;
    }
    if (count > 0) this.#transfer(ready, rows);
  }

  #transfer({ k, parameter }: Ready, rows: CustomRows): void {
    const sink = this.#sink;
    settleColumns(sink, { num: null, numC: null, cu: null, uu: null, uc: null });
    for (const c of [...sink.references, ...sink.tokens]) rows.tokRows.push({ k, el: ALONE, c, t: null });
    // A value that leaves nothing to find it by is there nevertheless; and of x_id no index begins with the slot, so the
    // rows of a parameter that goes are found by those that it has in x_tok.
    const isBare = sink.references.length + sink.tokens.length + sink.dateRows.length + sink.numRows.length === 0;
    if ((isBare && sink.str === '') || sink.ids.length > 0)
      rows.tokRows.push({ k, el: ALONE, c: this.#parts.hash(`${parameter.slots[0]!.name}|present`), t: null });
    rows.ids.push(...sink.ids);
    rows.dateRows.push(...sink.dateRows);
    rows.numRows.push(...sink.numRows);
    rows.dict.push(...sink.dict);
    addStrings(k, sink, parameter.type === 'string', rows.strRows);
  }

  #collectOf({ parameter, collects }: Ready, fhirType: string): Collect | undefined {
    if (!collects.has(fhirType)) collects.set(fhirType, this.#collect(parameter, fhirType));
    return collects.get(fhirType);
  }

  #collect({ type, slots }: SearchParameter, fhirType: string): Collect | undefined {
    const [slot] = slots;
    if (type === 'string' && (fhirType === 'HumanName' || fhirType === 'Address')) return ofParts(collectString(slot!));
    if (!slot!.fhirTypes.includes(fhirType)) return undefined;
    const { targets, hash } = this.#parts;
    switch (type) {
      case 'token':
        return collectToken(slot!, fhirType, this.#memory, false);
      case 'string':
        return collectString(slot!);
      case 'uri':
        return collectUri(slot!, fhirType, this.#memory);
      case 'reference':
        return collectReference(slot!, fhirType, { targets, memory: this.#memory, narrowed: [], isCompartment: false });
      case 'date':
        return collectDate(slot!, fhirType);
      default:
        return collectMeasure(slot!, fhirType, hash);
    }
  }
}

const CUSTOM_LISTS = ['ids', 'dateRows', 'numRows', 'strRows', 'tokRows', 'dict'] as const;

/** Slots of users' parameters are below zero. */
function withoutCustom(values: IndexValues): IndexValues {
  const own = <T extends { readonly k: number }>(rows: readonly T[]) => rows.filter(({ k }) => k >= 0);
  return {
    ...values,
    ids: own(values.ids),
    dateRows: own(values.dateRows),
    numRows: own(values.numRows),
    strRows: own(values.strRows),
    tokRows: own(values.tokRows),
    dict: own(values.dict),
    custom: [],
  };
}

/** The strings of names and addresses, as R4's own parameters on the whole of them look into them. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  HumanName: ['family', 'given', 'prefix', 'suffix', 'text'],
  Address: ['line', 'city', 'district', 'state', 'postalCode', 'country', 'text'],
};

function ofParts(collect: Collect): Collect {
  return (value, sink) => {
    for (const part of Object.values(PARTS).flat()) {
      const member: unknown = Object.hasOwn(value, part) ? value[part] : undefined;
      for (const text of Array.isArray(member) ? member : [member]) collect(text, sink, value, part);
    }
  };
}

/** `^tag:value^tag:value` → rows; the same with case and accents beside it, where it is a string's. */
function addStrings(k: number, sink: Sink, hasRaw: boolean, rows: StrRow[]): void {
  if (sink.str === '') return;
  const texts = segmentsOf(sink.str);
  const raws = hasRaw ? segmentsOf(sink.raw) : [];
  for (const [index, v] of texts.entries()) {
    const raw = raws[index] ?? v;
    rows.push({ k, el: ALONE, c: null, cs: null, v, raw: raw === v ? null : raw });
  }
}

function segmentsOf(tagged: string): string[] {
  return tagged
    .split('^')
    .slice(1)
    .map((segment) => segment.slice(segment.indexOf(':') + 1));
}
