/**
 * What a fresh Postgres needs before the migrations can run in it as an ordinary role. A superuser carries these
 * statements out in single-user mode, which reads one statement a line: none of them may hold a line break.
 */

/** Extensions that the tables and the search stand on. */
export const extensions = ['pg_trgm', 'btree_gist', 'btree_gin', 'unaccent'] as const;

/** Who owns the records, and where. */
export interface Owner {
  readonly role: string;
  readonly database: string;
  readonly password: string;
}

/** Makes the role, which is no superuser, and its empty database. For a cluster that has neither. */
export function ownerStatements(owner: Owner, options: { readonly mayCreateDatabases: boolean }): string[] {
  const rights = `NOSUPERUSER NOCREATEROLE NOREPLICATION ${options.mayCreateDatabases ? 'CREATEDB' : 'NOCREATEDB'}`;
  return [
    `CREATE ROLE ${name(owner.role)} LOGIN ${rights} PASSWORD ${text(owner.password)}`,
    `CREATE DATABASE ${name(owner.database)} OWNER ${name(owner.role)}`,
    `REVOKE ALL ON DATABASE ${name(owner.database)} FROM PUBLIC`,
  ];
}

/** Gives the role a new password: for a data folder whose password file was lost. */
export function passwordStatements(owner: Owner): string[] {
  return [`ALTER ROLE ${name(owner.role)} PASSWORD ${text(owner.password)}`];
}

/** Installs the extensions in the database that it is run in; does nothing where they are. */
export function extensionStatements(): string[] {
  return extensions.map((it) => `CREATE EXTENSION IF NOT EXISTS ${name(it)}`);
}

function name(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}

function text(value: string): string {
  if (/[\r\n\\]/.test(value)) throw new Error('A line break or backslash cannot stand in a single-user statement.');
  return `'${value.replaceAll("'", "''")}'`;
}
