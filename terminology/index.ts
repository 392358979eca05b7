/** The dictionary: what a code means. */
export type { Bindings, BoundQuestion } from './bindings.ts';
export { type BoundCodes, type BoundData, boundCodes, type HeldCodes, ownBoundCodes } from './bound.ts';
export { openTerminology, type Terminology } from './code-sets.ts';
export * from './codes.ts';
