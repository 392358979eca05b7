/**
 * Lives of the data. Transaction ids order what was written only within one Postgres cluster and one timeline of it:
 * a restore or a failover starts the next epoch, whose transactions count from above all that was ever written.
 */
import type { Row } from './session.ts';

/** A cluster, and the timeline that it is on: that changes at each recovery from a backup and each failover. */
const CLUSTER = `(select system_identifier::text from pg_control_system()) || '/' ||
  (select timeline_id::text from pg_control_checkpoint())`;

/** Runs one statement on one connection, always the same. */
export type Run = (text: string) => Promise<readonly Row[]>;

/**
 * Starts the next epoch where the data came into another cluster or timeline, or holds transactions that this one
 * cannot have given. Writers wait for the moment that it takes.
 * @returns the number of the epoch that holds now
 */
export async function beginEpoch(run: Run): Promise<number> {
  const [known] = await run(HOLDS);
  if (known![0] === 't') return Number(known![1]);
  await run('begin');
  try {
    // A transaction that wrote under the old base must be over before the new one holds, or the log would pass it by.
    await run('lock table epoch in access exclusive mode');
    await run(`${STATE}
      insert into epoch (n, cluster, base, seq)
      select coalesce((select n from last), 0) + 1, now.cluster,
             case when exists (select from last) then seen.tx else 0 end,
             (select seq from log_state)
      from now, seen where not (${CURRENT})`);
    const [row] = await run('select max(n) from epoch');
    await run('commit');
    return Number(row![0]);
  } catch (error) {
    await run('rollback').catch(() => {});
    throw error;
  }
}

/** The last epoch, the highest transaction in the data, and where and when we are. */
const STATE = `
  with last as (select n, cluster, base from epoch order by n desc limit 1),
       seen as (select greatest(coalesce((select max(tx) from ver), 0), (select horizon from log_state)) as tx),
       now as (select ${CLUSTER} as cluster, pg_snapshot_xmax(pg_current_snapshot())::text::int8 as xid)`;
const CURRENT = 'exists (select from last where last.cluster = now.cluster and seen.tx <= last.base + now.xid)';
const HOLDS = `${STATE} select ${CURRENT}, (select n from last) from now, seen`;
