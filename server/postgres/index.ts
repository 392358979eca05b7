/** The embedded Postgres: real, of npm, in the data folder. */
export { attachPostgres, type EmbeddedPostgres, openPostgres, type PostgresOptions, usePostgres } from './open.ts';
export { clusterPath, type PostgresConnection } from './place.ts';
