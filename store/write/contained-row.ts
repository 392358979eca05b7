/** Rows of `in_contained`, and what a statement does with them. */
import type { RowWriter } from '../encode.ts';
import type { Contained } from '../search/index-values.ts';
import { writeHotColumns } from './hot-columns.ts';

/** What contains. */
export interface Container {
  readonly typeNumber: number;
  readonly id: string;
  readonly rid: bigint;
}

/** A resource that is contained. @param typeNumber its own */
export function writeContained(to: RowWriter, { id, local, values: v }: Contained, typeNumber: number, of: Container) {
  to.row();
  to.int2(typeNumber);
  to.text(id);
  to.text(local);
  to.int8(v.sk);
  to.int8(v.rid);
  to.int2(of.typeNumber);
  to.text(of.id);
  to.int8(of.rid);
  to.int4(v.fl);
  to.int4(v.nr);
  writeHotColumns(to, v);
  to.int8s(v.h);
  to.text(v.s1);
  to.text(v.str);
  to.text(v.raw);
}

/** One that is contained no longer: all that is asked of the row is whose it was. */
export function writeGone(to: RowWriter, rid: bigint, of: Container): void {
  to.row();
  to.int2(null);
  to.text(null);
  to.text(null);
  to.int8(null);
  to.int8(rid);
  to.int2(null);
  to.text(null);
  to.int8(of.rid);
  for (let n = 0; n < 2; n++) to.int4(null);
  for (let n = 0; n < 2; n++) to.int8(null);
  for (let n = 0; n < 6; n++) to.timestamptz(null);
  for (let n = 0; n < 2; n++) to.numeric(null);
  for (let n = 0; n < 4; n++) to.int8(null);
  to.int8s(null);
  for (let n = 0; n < 3; n++) to.text(null);
}

const OWN = ['type', 'id', 'local', 'sk', 'owner_type', 'owner_id', 'owner'];
const VALUES = ['fl', 'nr', 'subj', 'code1', 'dt', 'dt_hi', 'dt2', 'dt2_hi', 'dt3', 'dt3_hi', 'num', 'num_c', 'cu'];
const COLUMNS = [...OWN, ...VALUES, 'uu', 'uc', 'sig', 'h', 's1', 'str', 'raw'];

/**
 * Parts of a write statement for what the resources of `i`, those written, contain. They end in `w`: the rids of
 * everything whose side rows are written.
 * @param parameter the array of `in_contained` @param replaces whether some may be there already
 */
export function containedParts(parameter: string, replaces: boolean): string[] {
  const list = COLUMNS.join(', ');
  const renewed = COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ');
  return [
    `j as materialized (select c.* from unnest(${parameter}::in_contained[]) c where (c.owner in (select rid from i)) is true)`,
    'w as materialized (select rid from i union all select rid from j)',
    `n_contained as (insert into contained (rid, ${list}) select rid, ${list} from j where id is not null
      ${replaces ? `on conflict (rid) do update set ${renewed}` : ''})`,
    ...(replaces
      ? ['d_contained as (delete from contained where rid = any(array(select rid from j where id is null)))']
      : []),
  ];
}

/** Parts of a deletion: all that the deleted resources of `i` contain goes; `w` are the rids whose side rows go too. */
export const DELETE_CONTAINED = [
  `g as (delete from contained where ctid = any(array(
    select c.at from i cross join lateral (select c.ctid as at from contained c where c.owner = i.rid offset 0) c)) returning rid)`,
  'w as materialized (select rid from i union all select rid from g)',
];
