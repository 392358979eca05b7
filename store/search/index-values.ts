/**
 * What the index keeps of one resource: filled by the extractors of each parameter type, encoded by `store/encode.ts`.
 * Pure data, so that it can be made on any thread. Instants are microseconds since 1970, decimals are text as written.
 */

/** Bits of `res.fl`: which values do not fit their column and stand in side rows instead (never in both). */
export const FLAG = {
  /** More than one coding of the hot code: the others stand in x_tok and as second tokens in h. */
  codeMore: 1,
  /** The date column pair holds min and max of several values, each of which stands in x_date. */
  dateMany: 2,
  /** The interval is longer than 26 h or open. */
  dateLong: 4,
  date2Many: 8,
  date2Long: 16,
  date3Many: 32,
  date3Long: 64,
  /** The hot number has several values, a comparator or a range: all of them stand in x_num, the column is null. */
  numMany: 128,
  /** The main string has several values: s1 is the lowest. */
  strMany: 256,
  /** In the compartments of several patients. */
  compMany: 512,
} as const;

export const LONG_INTERVAL_US = 26n * 3600n * 1_000_000n;
/** Open ends of intervals. */
export const MINUS_INFINITY = -(2n ** 63n);
export const PLUS_INFINITY = 2n ** 63n - 1n;

/** [lo, hi) */
export interface Interval {
  lo: bigint;
  hi: bigint;
}

export interface IdRow {
  k: number;
  el: number;
  vh: bigint;
  th: bigint | null;
  s: string | null;
  v: string;
}
export interface DateRow extends Interval {
  k: number;
  el: number;
  c: bigint | null;
  s: number;
}
/** `-Infinity` and `Infinity` are written as those words. */
export interface NumRow {
  k: number;
  el: number;
  c: bigint | null;
  cs: bigint | null;
  lo: string;
  hi: string;
  us: bigint | null;
  uc: bigint | null;
  uu: bigint | null;
  cu: bigint;
  clo: string;
  chi: string;
  s: number;
}
export interface StrRow {
  k: number;
  el: number;
  c: bigint | null;
  cs: bigint | null;
  v: string;
  raw: string | null;
}
export interface TokRow {
  k: number;
  el: number;
  c: bigint;
  t: bigint | null;
}
export interface GeoRow {
  k: number;
  el: number;
  lat: number;
  lon: number;
}
/** A distinct token of a slot, told to table `dict` once. */
export interface DictEntry {
  k: number;
  tok: bigint;
  v: string;
  norm: string | null;
}

/** A resource inside of another one. */
export interface Contained {
  readonly type: string;
  /** Its id within its container: `m1`. */
  readonly local: string;
  /** `MedicationRequest/23#m1` */
  readonly id: string;
  /** Its own, but for what is its container's: shard key, compartment, access. It locks nothing. */
  readonly values: IndexValues;
}

export interface IndexValues {
  rid: bigint;
  sk: bigint;
  comp: string[];
  fl: number;
  /** Class of access: `ac` is a 32-bit hash of the other three. */
  ac: number;
  lv: number;
  sens: number;
  acTokens: bigint[];
  subj: bigint | null;
  code1: bigint | null;
  /** Up to three, in the order declared by the type; null where the resource has no value. */
  dates: [Interval | null, Interval | null, Interval | null];
  num: string | null;
  numC: string | null;
  cu: bigint | null;
  uu: bigint | null;
  uc: bigint | null;
  sig: bigint;
  /** The slots that have a value, sorted: what `sig` is the hash of. */
  slots: number[];
  /** Reference tokens first (nr of them), then the others; no duplicates. */
  nr: number;
  h: bigint[];
  /** Types of the resources of this server that it refers to, from anywhere: told to table `refers`. */
  targets: readonly string[];
  s1: string | null;
  str: string | null;
  raw: string | null;
  ids: IdRow[];
  dateRows: DateRow[];
  numRows: NumRow[];
  strRows: StrRow[];
  tokRows: TokRow[];
  geoRows: GeoRow[];
  dict: DictEntry[];
  /** The generation of users' search parameters whose values are among the rows, and their slots, all below zero. */
  generation?: number;
  custom?: readonly number[];
  /** Hashes that a conditional write on one of these identifiers would lock; sorted, distinct. */
  locks: bigint[];
  /** What it contains; undefined where that is nothing. */
  contained?: readonly Contained[];
}
