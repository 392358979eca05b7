/** The dictionary: what a code means. */
export type { BoundCodes } from './bound.ts';
export { openTerminology, type Terminology } from './code-sets.ts';
export * from './codes.ts';
