/** The dictionary: what a code means. */
export { openTerminology, type Terminology } from './code-sets.ts';
export * from './codes.ts';
