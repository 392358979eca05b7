/** The statements of a transaction, sent in as few trips as memory allows. */
import type { Row, Statement } from './session.ts';

/** Bytes after which the statements of a large set go on in another trip. */
const TRIP_BYTES = 8 * 2 ** 20;

/**
 * All statements in one trip, in several only where they are long: what is sent is copied until Postgres has taken it.
 * @returns the results of all of them
 */
export async function inTrips(
  statements: readonly Statement[],
  trip: (statements: readonly Statement[]) => Promise<Row[][]>,
): Promise<Row[][]> {
  const results: Row[][] = [];
  let from = 0;
  let bytes = 0;
  for (const [i, { values = [] }] of statements.entries()) {
    for (const value of values) if (Buffer.isBuffer(value)) bytes += value.length;
    if (bytes < TRIP_BYTES && i < statements.length - 1) continue;
    results.push(...(await trip(statements.slice(from, i + 1))));
    from = i + 1;
    bytes = 0;
  }
  return results;
}
