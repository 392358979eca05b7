/** Takes down the index of a parameter that went. */

import type { Trip } from '../lane.ts';
import { customTextSlot } from '../search/custom.ts';
import { CHANNEL } from './announce.ts';

/** Rows that one step deletes. */
const STEP_ROWS = 2_000;

/**
 * Deletes some rows of a parameter, and at the end the parameter.
 * @returns whether there is more to do
 */
export async function removeSome(k: number, type: number, trip: Trip): Promise<boolean> {
  // Of x_id no index begins with the slot, but whatever has a row there has one in x_tok too.
  const tokens = `with r as materialized (select ctid as at, rid from x_tok where k = $1 limit ${STEP_ROWS}),
      i as (delete from x_id where ctid = any(array(select y.at from (select distinct rid from r) r cross join lateral (
        select y.ctid as at from x_id y where y.rid = r.rid and y.k = $1 offset 0) y)))
    delete from x_tok where ctid = any(array(select at from r)) returning 1`;
  const others = ['x_date', 'x_num', 'x_str'].map(
    (side) =>
      `delete from ${side} where ctid = any(array(select ctid from ${side} where k = $1 limit ${STEP_ROWS})) returning 1`,
  );
  const results = await trip([tokens, ...others].map((text) => ({ text, values: [k] })));
  if (results.some((rows) => rows.length > 0)) return true;
  await trip([
    { text: 'delete from dict where type = $1 and k = any($2::int[])', values: [type, [k, customTextSlot(k)]] },
    { text: 'delete from param where k = $1', values: [k] },
    { text: 'select pg_notify($1, $2)', values: [CHANNEL, ''] },
  ]);
  return false;
}
