/**
 * Whether one plan serves all values of a statement. What the planner could get wrong stands in the statement itself: which
 * index finds the candidates, up to how many, and what is walked where there are more. So it need not look at the values
 * again and again, which takes 0.3 to 2.5 ms where carrying the search out takes 0.1 to 2.
 */
import type { Condition, Driver } from '../condition.ts';
import { RANK } from '../condition.ts';
import type { Scope } from './scope.ts';

/** Rows from which on statistics tell the indexes of a table apart; of what has fewer, plans are made for the moment. */
const TOLD_ROWS = 1000;

/** What decides it. */
export interface Steadiness {
  readonly types: readonly string[];
  readonly conditions: readonly Condition[];
  readonly driver: Driver | undefined;
  /** Whether an index has the order in which the rest is walked. */
  readonly isIndexed: boolean;
}

/** Whether the matches of a page are found by indexes alone, whatever the values. */
export function isSteady({ types, conditions, driver, isIndexed }: Steadiness, scope: Scope): boolean {
  if (!isTold(types, conditions, scope)) return false;
  // Without an index for the order, the walk reads all of the table: only what brings few rows never comes to that.
  return isIndexed || (driver !== undefined && driver.rank <= RANK.subject);
}

/** The same for the number of all matches. @param driver that finds them */
export function isSteadyCount({ types, conditions, driver }: Omit<Steadiness, 'isIndexed'>, scope: Scope): boolean {
  return driver !== undefined && isTold(types, conditions, scope);
}

function isTold(types: readonly string[], conditions: readonly Condition[], { types: places, shares, among }: Scope) {
  if (among !== undefined || conditions.some(({ scans }) => scans)) return false;
  // Of several types, only what one index of all of them finds: planning for the partitions takes ten milliseconds.
  if (types.length !== 1) return shares !== undefined && conditions.some(({ driver }) => driver?.isWhole);
  return (shares?.size(places.place(types[0]!).partition) ?? 0) >= TOLD_ROWS;
}
