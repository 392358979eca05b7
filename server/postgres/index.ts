/** The embedded Postgres: real, of npm, in the data folder. */
export { attachPostgres, type EmbeddedPostgres, openPostgres, type PostgresOptions, usePostgres } from './open.ts';
export { clusterFolder, type PostgresConnection } from './place.ts';
