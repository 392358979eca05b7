/** What travels with a call from the door to the cellar. */
import type { Access } from './access.ts';

/** Something that happened and may be counted, logged or told in Server-Timing; never holds resource content. */
export type Observation =
  | { kind: 'stage'; name: string; ms: number }
  | { kind: 'trip' }
  | { kind: 'bug'; error: unknown };

export interface Context {
  readonly access: Access;
  readonly requestId: string;
  /** The FHIR base as this caller sees it, without a trailing slash: `http://localhost:8080/fhir`. */
  readonly base: string;
  /** Milliseconds since 1970. The only clock. */
  now(): number;
  /** Aborted at the deadline of the request or when the client hangs up. */
  readonly signal: AbortSignal;
  observe(observation: Observation): void;
}
