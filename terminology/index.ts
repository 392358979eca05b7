/** The dictionary: what a code means. */
export type { Bindings, BoundQuestion } from './bindings.ts';
export { type BoundCodes, type BoundData, boundCodes, type HeldCodes, ownBoundCodes } from './bound.ts';
export type { ClosureRequest } from './closure.ts';
export { openTerminology, type Terminology } from './code-sets.ts';
export * from './codes.ts';
export type { ExpandRequest } from './expansion.ts';
export { grammarUrls } from './grammars/index.ts';
export type { KnownSystem } from './known-systems.ts';
export type { LookupRequest, SubsumesRequest } from './lookup.ts';
export type { TranslateRequest } from './maps/translate.ts';
export type { Outside, OutsideAnswer } from './outside.ts';
export { type Fact, pieceOf, rowOf } from './release.ts';
export type { Asked, NamedValueSet } from './scope.ts';
export type { CodeQuestion, ValidateRequest } from './validation.ts';
