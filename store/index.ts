/** The cellar: where resources live, and every line of SQL. */
export * from './cluster.ts';
export { type MigrationReport, migrate } from './migrate.ts';
export type * from './records.ts';
export { type PostgresServer, postgresServer } from './server.ts';
export type { PgConnectionOptions } from './session.ts';
