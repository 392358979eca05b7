/**
 * What is at hand while a resource is judged. Judging is pure and never waits: what it lacks it names in
 * `Judgement.needs`, and whoever asked fetches that and judges again. So a worker thread judges as the main one does.
 */
import type { StructureDefinition } from 'fhir/r4.js';
import type { BoundCodes } from '../terminology/index.ts';

/** Definitions beside R4's own (which are always at hand and never asked for here). */
export interface Library {
  /** @returns undefined: not looked for yet; null: looked for, there is none. `canonical` may carry `|version`. */
  structure(canonical: string): StructureDefinition | null | undefined;
  /** The codes of a value set, R4's own included; undefined and null as above. */
  valueSet(canonical: string): BoundCodes | null | undefined;
}

/** What was not at hand; empty lists where nothing was lacking. */
export interface Needs {
  readonly structures: readonly string[];
  readonly valueSets: readonly string[];
  /** Codes of value sets too large to be held in memory, to be decided in one trip together. */
  readonly codes: readonly { readonly valueSet: string; readonly system: string | undefined; readonly code: string }[];
}
