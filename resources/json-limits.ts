/** Bounds on JSON that arrives. */

/** Bounds on what one JSON text may hold. */
export interface JsonLimits {
  /** Objects and arrays within each other. */
  readonly depthMax: number;
  /** UTF-16 code units between the quotes of one string. */
  readonly stringLengthMax: number;
  /** Digits of one number when written without an exponent; Postgres would have to store them all. */
  readonly digitsMax: number;
}

/** The limits of contract.md. */
export const jsonLimits: JsonLimits = Object.freeze({ depthMax: 100, stringLengthMax: 16 * 2 ** 20, digitsMax: 1000 });
