/**
 * What a resource is found by. Pure: the same resource gives the same values on any thread of any process of a database.
 */
import {
  compartmentSlots,
  labelsOf,
  type Parsed,
  type SearchParameter,
  type Slot,
  searchParameters,
  typeDefinition,
} from '../../resources/index.ts';
import { Hasher } from '../hash.ts';
import { AccessClasses } from './access-class.ts';
import { collectDate, collectMeasure, settleColumns } from './columns.ts';
import { type CompositeVisit, compileVisits, type Visit, type VisitAll } from './compile.ts';
import { compositeValues } from './composite.ts';
import { containedIn, type Locals, localsOf, localText } from './contained.ts';
import { CustomParameters, type CustomRows, type CustomSet } from './custom.ts';
import type { IndexValues } from './index-values.ts';
import { Memory } from './memory.ts';
import { ANY_REFERENCE, collectReference, type Narrowed } from './reference.ts';
import { Signatures } from './signature.ts';
import { type Collect, Sink, toValues } from './sink.ts';
import { geoPoint } from './special.ts';
import { collectString } from './string.ts';
import { Targets } from './target.ts';
import { collectToken } from './token.ts';
import { collectUri } from './uri.ts';

export interface Extractor {
  /**
   * The index values of a resource that was judged to be well-formed.
   * @param references every literal reference in it, those in extensions and contained resources too
   */
  extract(type: string, id: string, parsed: Parsed, references: readonly { readonly reference: string }[]): IndexValues;
  /** From now on the values of these parameters of users are among the rows. */
  use(set: CustomSet): void;
  /** The values with the rows of the present set of users' parameters in place of those that they have. */
  withCustom(type: string, id: string, parsed: Parsed, values: IndexValues): IndexValues;
  /** The rows of some of the users' parameters of a type. */
  customRows(type: string, id: string, parsed: Parsed, slots: ReadonlySet<number>): CustomRows | undefined;
  /** Keyed hash of this database. */
  hash(text: string): bigint;
  /** Hash of `Type/id`. */
  rid(type: string, id: string): bigint;
}

/**
 * @param key 16 bytes, the database's secret `hash`
 * @param zone IANA name: what dates without a zone mean
 * @param bases own FHIR bases without a slash at the end: references below them are kept as local ones
 */
export function openExtractor(key: Uint8Array, zone: string, bases: readonly string[] = []): Extractor {
  const extraction = new Extraction(key, zone, bases);
  return {
    extract: (type, id, parsed, references) => extraction.extract(type, id, parsed, references),
    use: (set) => extraction.custom.use(set),
    withCustom: (type, id, parsed, values) => extraction.custom.replaced(type, id, parsed, values),
    customRows: (type, id, parsed, slots) => extraction.custom.rows(type, id, parsed, slots),
    hash: (text) => extraction.hasher.hash(text),
    rid: (type, id) => extraction.hasher.hash(ridText(type, id)),
  };
}

/** What is compiled for one type. */
interface Compiled {
  readonly visit: VisitAll;
  readonly signatures: Signatures;
  readonly hasSubject: boolean;
}

class Extraction {
  readonly hasher: Hasher;
  readonly #sink: Sink;
  readonly #targets: Targets;
  readonly #memory = new Memory();
  readonly #classes: AccessClasses;
  readonly #compiled = new Map<string, Compiled>();
  readonly #anyKey: { readonly low: number; readonly high: number };
  readonly custom: CustomParameters;

  constructor(key: Uint8Array, zone: string, bases: readonly string[]) {
    this.hasher = new Hasher(key);
    this.#sink = new Sink(this.hasher, zone);
    this.#targets = new Targets(this.hasher, bases);
    this.#classes = new AccessClasses(this.hasher);
    this.hasher.digest(ANY_REFERENCE);
    this.custom = new CustomParameters({
      hasher: this.hasher,
      zone,
      targets: this.#targets,
      hash: this.#rememberingHash(),
    });
    this.#anyKey = { low: this.hasher.low, high: this.hasher.high };
  }

  extract(
    type: string,
    id: string,
    parsed: Parsed,
    references: readonly { readonly reference: string }[],
  ): IndexValues {
    const locals = localsOf(type, id, parsed.value);
    const rid = this.hasher.hash(ridText(type, id));
    const values = this.#valuesOf(type, id, rid, parsed.value, parsed.digits, references, locals);
    this.custom.add(type, id, parsed, values);
    if (locals !== undefined) {
      values.contained = containedIn(parsed.value, locals, values, (one, inside) => {
        const text = localText(locals.container, `#${one.id}`);
        return this.#valuesOf(inside, one.id, this.hasher.hash(text), one, parsed.digits, NO_REFERENCES, locals);
      });
    }
    return values;
  }

  #valuesOf(
    type: string,
    id: string,
    rid: bigint,
    resource: any,
    digits: Parsed['digits'],
    references: readonly { readonly reference: string }[],
    locals: Locals | undefined,
  ): IndexValues {
    const { visit, signatures, hasSubject } = this.#compiled.get(type) ?? this.#compile(type);
    const sink = this.#sink;
    sink.begin(type, digits, locals);
    visit(resource, sink);
    for (const { reference } of references) this.#addAny(reference);
    if (type === 'Patient') {
      sink.comp = [id];
      sink.compRid = rid;
    }
    const { level, sensitivity } = labelsOf(resource.meta?.security);
    const accessClass = this.#classes.find(level, sensitivity, sink.classes);
    const { sig, slots } = signatures.find(sink.bits);
    const values = toValues(sink, rid);
    values.sig = sig;
    values.slots = slots;
    values.h = sink.references.concat(sink.tokens, sig);
    values.ac = accessClass.ac;
    values.acTokens = accessClass.tokens;
    values.lv = level;
    values.sens = sensitivity;
    values.fl = settleColumns(sink, values);
    values.dates = sink.dates;
    // Appointments and the like name their patient in a list: still the patient of the row, when it is the only one.
    if (!hasSubject && sink.comp.length === 1 && type !== 'Patient') values.subj = sink.compRid;
    return values;
  }

  #addAny(reference: string): void {
    const { local } = this.#targets.of(reference);
    if (local === undefined) return;
    const { low, high } = this.#anyKey;
    this.#sink.addReference(local.low ^ low, local.high ^ high);
    if (!this.#sink.targets.includes(local.type)) this.#sink.targets.push(local.type);
  }

  #compile(type: string): Compiled {
    const parameters = [...searchParameters(type).values()];
    const plain = parameters.filter((parameter) => !parameter.components);
    const slots = [...new Map(plain.flatMap((one) => one.slots.map((slot) => [slot.k, slot]))).values()];
    slots.sort((a, b) => a.k - b.k);
    const places = new Map(slots.map((slot, index) => [slot.k, { word: index >> 5, bit: 1 << (index & 31) }]));
    if (places.size > this.#sink.bits.length * 32) this.#sink.bits = new Int32Array((places.size >> 5) + 1);
    const byName = Map.groupBy(slots, ({ name }) => name);
    const classes = new Set(
      (typeDefinition(type)?.classTokens ?? []).flatMap((code) =>
        searchParameters(type)
          .get(code)!
          .slots.map(({ name }) => name),
      ),
    );
    const compartment = compartmentSlots('Patient', type);
    const visits = [...byName.values()].map((same): Visit => {
      const whole = same.find((slot) => !slot.narrowed);
      const narrowed = same.flatMap((slot) =>
        slot.narrowed ? [{ types: slot.narrowed, ...places.get(slot.k)! }] : [],
      );
      const slot = whole ?? same[0]!;
      const isClass = classes.has(slot.name);
      const isCompartment = compartment.has(slot.name);
      const collects = new Map(
        slot.fhirTypes.map((one) => [one, this.#collect(slot, one, { narrowed, isClass, isCompartment })]),
      );
      return { slot, presence: whole && places.get(whole.k), collect: (fhirType) => collects.get(fhirType) };
    });
    const compiled = {
      visit: compileVisits(type, visits, this.#composites(parameters)),
      signatures: new Signatures(
        this.hasher,
        type,
        slots.map(({ k }) => k),
      ),
      hasSubject: slots.some((slot) => slot.hot === 'subj'),
    };
    this.#compiled.set(type, compiled);
    return compiled;
  }

  #collect(
    slot: Slot,
    fhirType: string,
    options: { narrowed: readonly Narrowed[]; isClass: boolean; isCompartment: boolean },
  ): Collect {
    switch (slot.kind) {
      case 'token':
        return collectToken(slot, fhirType, this.#memory, options.isClass);
      case 'string':
        return collectString(slot);
      case 'uri':
        return collectUri(slot, fhirType, this.#memory);
      case 'reference':
        return collectReference(slot, fhirType, { ...options, targets: this.#targets, memory: this.#memory });
      case 'date':
        return collectDate(slot, fhirType);
      case 'number':
      case 'quantity':
        return collectMeasure(slot, fhirType, this.#rememberingHash());
      default:
        return collectPoint(slot);
    }
  }

  /** For texts of which there are few: units, codes in composites. */
  #rememberingHash(): (text: string) => bigint {
    const known = this.#memory.map<bigint>();
    return (text) => {
      let hash = known.get(text);
      if (hash === undefined) {
        hash = this.hasher.hash(text);
        this.#memory.grow();
        known.set(text, hash);
      }
      return hash;
    };
  }

  #composites(parameters: readonly SearchParameter[]): CompositeVisit[] {
    const hash = this.#rememberingHash();
    return parameters
      .filter(({ components }) => components)
      .flatMap((parameter) =>
        parameter.slots
          .filter(({ single }) => !single)
          .map((slot) => ({
            steps: slot.steps,
            composite: (element: any, index: number, resource: any, sink: Sink) => {
              const { tokens, rows } = compositeValues(parameter, slot, element, resource, index, sink.digits, hash);
              for (const token of tokens) sink.addToken(token);
              for (const row of rows) sink.numRows.push(row);
            },
          })),
      );
  }
}

/** `Location.position` */
function collectPoint({ k }: Slot): Collect {
  return (value, sink) => {
    const point = geoPoint(value);
    if (point) sink.geoRows.push({ k, el: sink.geoRows.length, ...point });
  };
}

const NO_REFERENCES: readonly { readonly reference: string }[] = [];

function ridText(type: string, id: string): string {
  return `rid|${type}/${id}`;
}
