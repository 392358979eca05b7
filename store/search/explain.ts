/** The plan of a search, as Postgres carried it out. https://www.postgresql.org/docs/current/sql-explain.html */
import type { Caller, Lane } from '../lane.ts';
import type { Statement, Value } from '../session.ts';

export interface Explanation {
  /** The statement, one trip. */
  readonly sql: string;
  /** What stands for `$1`, `$2` … in it. */
  readonly binds: readonly string[];
  /** Postgres' own words, a line each. */
  readonly plan: readonly string[];
  readonly planningMs: number | undefined;
  readonly executionMs: number | undefined;
}

/** Runs the statement under EXPLAIN ANALYZE; no row of it comes back. @throws Fault as the statement itself */
export async function explain(lane: Pick<Lane, 'run'>, statement: Statement, caller: Caller): Promise<Explanation> {
  const text = `explain (analyze, buffers, settings) ${statement.text}`;
  const [rows] = await lane.run([{ ...statement, text }], caller);
  const plan = rows!.map(([line]) => line!);
  return {
    sql: statement.text,
    binds: (statement.values ?? []).map(shown),
    plan,
    planningMs: timeOf(plan, 'Planning'),
    executionMs: timeOf(plan, 'Execution'),
  };
}

function shown(value: Value): string {
  return Array.isArray(value) ? `{${value.join(',')}}` : String(value);
}

function timeOf(plan: readonly string[], stage: string): number | undefined {
  const line = plan.find((one) => one.startsWith(`${stage} Time:`));
  return line === undefined ? undefined : Number.parseFloat(line.slice(stage.length + 6));
}
