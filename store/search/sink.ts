/**
 * Where the values of one resource gather while it is taken apart. One sink serves all resources of a process, one after
 * the other, since extraction never waits.
 */
import type { Digits, Slot } from '../../resources/index.ts';
import type { Hasher } from '../hash.ts';
import type { Locals } from './contained.ts';
import type {
  DateRow,
  DictEntry,
  GeoRow,
  IdRow,
  IndexValues,
  Interval,
  NumRow,
  StrRow,
  TokRow,
} from './index-values.ts';
import type { Measure } from './measure.ts';

/**
 * Takes one value of a slot. Made once for each slot and FHIR type, so that what is the same for all values is worked
 * out once.
 * @param holder the object or array in which the value stands, and under which key: for the digits of numbers
 */
export type Collect = (value: any, sink: Sink, holder: any, key: string | number) => void;

/** A code that scopes may name, as one of the tokens that make up the class of access. */
export interface ClassToken {
  /** Number within this process. */
  readonly nth: number;
  readonly tokens: readonly bigint[];
}

export interface Found<T> {
  readonly slot: Slot;
  readonly value: T;
}

export class Sink {
  readonly hasher: Hasher;
  /** What dates without a zone mean. */
  readonly zone: string;
  /** Counts resources: what carries the number of this one has been told already. */
  serial = 0;
  /** A bit for each slot of the type that has a value. */
  bits = new Int32Array(8);
  type = '';
  digits: Digits | undefined;
  /** What `#id` may mean; undefined where nothing is contained. */
  locals: Locals | undefined;

  references: bigint[] = [];
  /** Types of what it refers to. */
  targets: string[] = [];
  tokens: bigint[] = [];
  dict: DictEntry[] = [];
  ids: IdRow[] = [];
  locks: bigint[] = [];
  dateRows: DateRow[] = [];
  numRows: NumRow[] = [];
  strRows: StrRow[] = [];
  tokRows: TokRow[] = [];
  geoRows: GeoRow[] = [];

  subj: bigint | null = null;
  code1: bigint | null = null;
  /** Codings of the hot code beyond the first. */
  codes: bigint[] = [];
  codeSlot = 0;
  dates: [Interval | null, Interval | null, Interval | null] = [null, null, null];
  /** Values beyond the first of hot date columns. */
  moreDates: Found<Interval>[] = [];
  numbers: Found<Measure>[] = [];
  classes: ClassToken[] = [];
  /** Patients in whose compartment the resource is: ids, and the hash of the first. */
  comp: string[] = [];
  compRid = 0n;
  s1: string | null = null;
  hasManyStrings = false;
  str = '';
  raw = '';
  rawDiffers = false;

  readonly #lows = new Int32Array(SCANNED_MAX);
  #referenceSet: Set<bigint> | undefined;
  #tokenSet: Set<bigint> | undefined;
  #patientSet: Set<string> | undefined;

  constructor(hasher: Hasher, zone: string) {
    this.hasher = hasher;
    this.zone = zone;
  }

  /** Makes ready for the next resource; what was handed out for the last one is left alone. */
  begin(type: string, digits: Digits | undefined, locals: Locals | undefined): void {
    this.locals = locals;
    this.serial++;
    this.bits.fill(0);
    this.type = type;
    this.digits = digits;
    this.references = [];
    this.targets = [];
    this.tokens = [];
    this.dict = [];
    this.ids = [];
    this.locks = [];
    this.dateRows = [];
    this.numRows = [];
    this.strRows = [];
    this.tokRows = [];
    this.geoRows = [];
    this.subj = null;
    this.code1 = null;
    if (this.codes.length > 0) this.codes = [];
    this.dates = [null, null, null];
    if (this.moreDates.length > 0) this.moreDates = [];
    if (this.numbers.length > 0) this.numbers = [];
    if (this.classes.length > 0) this.classes = [];
    this.comp = [];
    this.s1 = null;
    this.hasManyStrings = false;
    this.str = '';
    this.raw = '';
    this.rawDiffers = false;
    this.#referenceSet = undefined;
    this.#tokenSet = undefined;
    this.#patientSet = undefined;
  }

  /**
   * A token of a reference, in halves, once. Compared by the low half first, since making and comparing 64-bit integers
   * took longer than all the rest; and a list of thousands of entries must not be searched for each of them.
   */
  addReference(low: number, high: number): void {
    const { references } = this;
    const count = references.length;
    if (count < SCANNED_MAX) {
      for (let at = 0; at < count; at++) {
        if (this.#lows[at] === low && references[at] === this.hasher.join(low, high)) return;
      }
      this.#lows[count] = low;
      references.push(this.hasher.join(low, high));
      return;
    }
    this.#referenceSet ??= new Set(references);
    const token = this.hasher.join(low, high);
    if (this.#referenceSet.has(token)) return;
    this.#referenceSet.add(token);
    references.push(token);
  }

  /** A token that may come several times, once: 20,000 components gave 80,000, each compared with all before it (a minute). */
  addToken(token: bigint): void {
    const { tokens } = this;
    if (tokens.length < SCANNED_MAX) {
      if (!tokens.includes(token)) tokens.push(token);
      return;
    }
    // Those that are pushed elsewhere are hashes of other texts.
    this.#tokenSet ??= new Set(tokens);
    if (this.#tokenSet.has(token)) return;
    this.#tokenSet.add(token);
    tokens.push(token);
  }

  /** A patient in whose compartment the resource is, once; the first one's hash is what it is kept by. */
  addPatient(id: string, low: number, high: number): void {
    const { comp } = this;
    if (comp.length === 0) this.compRid = this.hasher.join(low, high);
    if (comp.length < SCANNED_MAX) {
      if (!comp.includes(id)) comp.push(id);
      return;
    }
    this.#patientSet ??= new Set(comp);
    if (this.#patientSet.has(id)) return;
    this.#patientSet.add(id);
    comp.push(id);
  }
}

/** The values that have gathered; what is worked out of several of them is still to come. */
export function toValues(sink: Sink, rid: bigint): IndexValues {
  const { locks } = sink;
  if (locks.length > 1) locks.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    rid,
    sk: sink.comp.length > 0 ? sink.compRid : rid,
    comp: sink.comp,
    fl: 0,
    ac: 0,
    lv: 0,
    sens: 0,
    acTokens: [],
    subj: sink.subj,
    code1: sink.code1,
    dates: sink.dates,
    num: null,
    numC: null,
    cu: null,
    uu: null,
    uc: null,
    sig: 0n,
    slots: [],
    nr: sink.references.length,
    h: [],
    targets: sink.targets,
    s1: sink.s1,
    str: sink.str === '' ? null : `${sink.str}^`,
    raw: sink.rawDiffers ? `${sink.raw}^` : null,
    ids: sink.ids,
    dateRows: sink.dateRows,
    numRows: sink.numRows,
    strRows: sink.strRows,
    tokRows: sink.tokRows,
    geoRows: sink.geoRows,
    dict: sink.dict,
    generation: 0,
    custom: NO_SLOTS,
    locks: locks.length > 1 ? locks.filter((lock, index) => lock !== locks[index - 1]) : locks,
  };
}

const NO_SLOTS: readonly number[] = [];
/** What is looked through one by one; more is kept in a set. */
const SCANNED_MAX = 64;
