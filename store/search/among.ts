/** Where the rows of an alias stand, for drivers that read a table themselves. */
import { join, type Sql, sql } from '../sql.ts';

/** Among contained resources, or among these and the others; undefined for resources that stand by themselves. */
export type Among = 'contained' | 'both' | undefined;

const OWN = sql`res`;
const CONTAINED = sql`contained`;
/** A resource that stands by itself has one id for all purposes. */
const OWN_BESIDE = sql`(SELECT q.*, q.id AS local FROM res q)`;

/** One SELECT for each table that has such rows. @param select makes it of what stands in FROM */
export function fromEach(among: Among, select: (table: Sql) => Sql): Sql {
  if (among === undefined) return select(OWN);
  const tables = among === 'both' ? [OWN_BESIDE, CONTAINED] : [CONTAINED];
  return join(tables.map(select), sql` UNION ALL `);
}
