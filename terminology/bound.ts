/** A value set as bindings ask of it. https://hl7.org/fhir/R4/terminologies.html#binding */

export interface BoundCodes {
  /** Canonical with the version that it stands for, as faults tell it. */
  readonly canonical: string;
  /**
   * Whether a code is in the set.
   * @param system undefined for elements of type `code`, whose system the binding fixes
   * @returns undefined where that cannot be said here: the set is too large to be held (`isLarge`), or it cannot be worked out
   */
  contains(system: string | undefined, code: string): boolean | undefined;
  /** Some of its codes, for hints: at most `max`, each with its system. */
  some(max: number): readonly { readonly system: string; readonly code: string; readonly display?: string }[];
  /** The set has more codes than are held in memory: ask the terminology for each code, all in one trip. */
  readonly isLarge: boolean;
  /** Why it cannot be worked out, as the end of a sentence; undefined where it can. */
  readonly unknownBecause?: string;
}
