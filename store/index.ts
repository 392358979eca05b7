/** The cellar: where resources live, and every line of SQL. */
export * from './cluster.ts';
export type * from './records.ts';
