/** The judge: is this resource valid? */
export { findingsMax } from './account.ts';
export { checkerOf } from './compile.ts';
export { formats } from './formats.ts';
export type { Library, Needs } from './library.ts';
export { serverStructures } from './profile/own-profiles.ts';
export type { CheckedReference } from './references.ts';
export { openShelf, type Shelf, type ValueSets } from './shelf.ts';
export { openThreadShelf, type ShelfContents, type ThreadShelf } from './shelved.ts';
export { type Judgement, type JudgeOptions, judge } from './validate.ts';
