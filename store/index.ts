/** The cellar: where resources live, and every line of SQL. */
export * from './cluster.ts';
export { type MigrationReport, migrate } from './migrate.ts';
export type { EventLog, PreparerData, Store, StoreOptions } from './open.ts';
export type * from './records.ts';
export type { Explanation } from './search/explain.ts';
export { parseSearch, type SearchRequest } from './search/parse.ts';
export type { SearchPage } from './search/run.ts';
export type { Compartment, Search } from './search/tree.ts';
export { type PostgresServer, postgresServer } from './server.ts';
export type { PgConnectionOptions } from './session.ts';
export { openPreparer, openStore } from './store.ts';
export { uuid7 as newId } from './uuid.ts';
