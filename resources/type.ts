/** What the project itself decides about a resource type, beside the definitions of R4. */

/** A column of `res` that holds what a type is most often searched by; see docs of the store. */
export type HotColumn = 'subj' | 'code1' | 'dt' | 'dt2' | 'dt3' | 'num' | 's1';

/** Codes of search parameters whose values stand in the columns. Those left out are derived from R4. */
export interface HotColumns {
  /** A reference: patient or subject. */
  readonly subj?: string;
  /** A coded element: what is looked for together with subject and date. */
  readonly code1?: string;
  /** Up to three, the one that results are mostly ordered by first. */
  readonly dates?: readonly string[];
  readonly num?: string;
  /** The string that lists are sorted by. */
  readonly s1?: string;
}

/** A condition on resources of a type that R4 states in words or as an invariant. */
export interface Rule {
  readonly key: string;
  /** FHIRPath that must be true. */
  readonly expression: string;
  /** What is wrong when it is not, in one sentence. */
  readonly human: string;
}

export interface TypeDefinition {
  readonly type: string;
  readonly hot?: HotColumns;
  /** Codes of token parameters that roles and scopes may name as a condition, e.g. `category=laboratory`. */
  readonly classTokens?: readonly string[];
  readonly rules?: readonly Rule[];
}

/** Makes the definition of a type: frozen data. */
export function defineType(definition: TypeDefinition): TypeDefinition {
  return Object.freeze(definition);
}
