/** The dictionary: what a code means. */
export * from './codes.ts';
