import { describe, expect, it } from 'vitest';
import { extensionStatements, ownerStatements, passwordStatements } from '../../store/cluster.ts';

const owner = { role: 'vesta', database: 'vesta', password: 'kX3' };

describe('the statements that prepare a Postgres', () => {
  it('make a role that is no superuser, and its database', () => {
    const [role, database, closed] = ownerStatements(owner, { mayCreateDatabases: false });
    expect(role).toBe(`CREATE ROLE "vesta" LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOCREATEDB PASSWORD 'kX3'`);
    expect(database).toBe('CREATE DATABASE "vesta" OWNER "vesta"');
    expect(closed).toBe('REVOKE ALL ON DATABASE "vesta" FROM PUBLIC');
  });

  it('let the role make databases only where that is asked for', () => {
    expect(ownerStatements(owner, { mayCreateDatabases: true })[0]).toContain(' CREATEDB ');
  });

  it('can be run again where the extensions are there', () => {
    for (const statement of extensionStatements()) expect(statement).toMatch(/^CREATE EXTENSION IF NOT EXISTS "\w+"$/);
  });

  it('quote what they are given', () => {
    const odd = { role: 'o"r', database: 'vesta', password: "it's" };
    expect(passwordStatements(odd)).toEqual([`ALTER ROLE "o""r" PASSWORD 'it''s'`]);
  });

  it('never go over a line, which would end them', () => {
    expect(() => passwordStatements({ ...owner, password: "x'\nDROP DATABASE vesta" })).toThrow(/line break/);
  });
});
