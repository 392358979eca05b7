/**
 * Texts of the statements that delete, and that look for whoever refers to what is deleted. As in statements.ts, what
 * cannot be locked at once is left alone and told by its absence.
 */
import type { RowWriter } from '../encode.ts';
import type { Referrers, Sources } from '../referrers.ts';
import type { Row } from '../session.ts';
import { DELETE_CONTAINED } from './contained-row.ts';
import { CONTAINED, SIDES } from './rows.ts';
import { cached, VER_COLUMNS } from './statements.ts';
import { isRowOf, keyOfTargets, type Targets } from './targets.ts';

/** What becomes of deletions of resources to which others refer: refused by what is known of referrers, or done. */
export type Referred = Referrers | 'ignore';

/** Referrers told for one refused deletion, and one more to know that there are more. */
const REFERRERS_MAX = 10;

const UNKNOWN = `u as materialized (select source, target from refers
  where target = any(0 || $3::smallint[]) and source <> all($2::smallint[]))`;

/**
 * Deletions in one partition, sent as `in_gone`. The rows say, for each resource that there was (others are absent or deleted already):
 * ('seen', rid, version before), ('done', rid, new version, time), ('referrer', rid, type number, id).
 * Where referrers are asked for, `$2` are the numbers of the types that lie in the partitions asked; a row ('unknown',
 * null, type number, target) tells of another one that refers to a type, or to any where the target is 0: then nothing
 * was deleted. `$3` are then the types of the targets.
 *
 * That one snapshot shows both the pairs of types and the resources makes it safe: who stored a reference before had
 * committed the pair even earlier.
 * @param sides the side tables that may have rows of any of them, as bits
 * @param asks where to look for referrers; undefined where it does not matter who refers
 */
export function deleteStatement(targets: Targets, sides: number, asks: Asked | undefined): string {
  const { partition } = targets;
  return cached(`delete ${keyOfTargets(targets)} ${sides} ${asks?.key}`, () => {
    const parts = [
      `s as materialized (select q.*, o.ver from unnest($1::in_gone[]) q
        cross join lateral (select o.ver from res_${partition} o where ${isRowOf(targets, 'q')} and not o.deleted offset 0) o)`,
      ...(asks ? referrersParts(asks) : []),
      `i as materialized (
        select q.type, q.rid, q.id, o.*, greatest(q.lu, o.lu + interval '1 ms') as at_time from s q cross join lateral (
          select o.ctid as at, o.ver, o.lu, o.sk, o.ac, o.sens, o.comp from res_${partition} o
          where ${isRowOf(targets, 'q')} and o.ver = q.ver
            and (q.expected is null or o.ver = q.expected) for update skip locked) o
        ${asks ? `where ${unreferred(asks)}` : ''})`,
      `a as (update res_${partition} o set deleted = true, ver = i.ver + 1, lu = i.at_time, fl = 0, nr = 0, subj = null,
        code1 = null, dt = null, dt_hi = null, dt2 = null, dt2_hi = null, dt3 = null, dt3_hi = null, num = null,
        num_c = null, cu = null, uu = null, uc = null, sig = 0, h = '{}', s1 = null, str = null, raw = null
        from i where o.ctid = i.at)`,
      `b as (insert into ver_${partition} (${VER_COLUMNS})
        select type, id, ver + 1, sk, (select tx()), at_time, 3, ac, sens, comp, null, null from i)`,
      ...(sides & CONTAINED ? DELETE_CONTAINED : []),
      ...SIDES.filter((_, i) => sides & (1 << i)).map(
        (side) => `d_${side} as (delete from ${side} where ctid = any(array(
        select x.at from ${sides & CONTAINED ? 'w' : 'i'} i cross join lateral (select x.ctid as at from ${side} x where x.rid = i.rid offset 0) x)))`,
      ),
    ];
    return `with ${parts.join(',\n')}
      select 'seen', rid::text, ver::text, null from s
      union all select 'done', rid::text, (ver + 1)::text, at_time::text from i
      ${asks ? toldReferrers(asks) : ''}`;
  });
}

/** The partitions where a deletion looks for referrers. */
export type Asked = Pick<Sources, 'partitions' | 'key'>;

/**
 * Asked at the end of a transaction, when all else is written: for each of the resources deleted, up to ten (and one)
 * current resources that refer to it, as ('referrer', rid, type number, id), and ('unknown', …), as above. `$2` are the
 * types asked, `$3` those of the targets.
 * One probe of each partition for all of them finds out whether there are any; nearly always there are none.
 */
export function referrersStatement(asks: Asked): string {
  return cached(`referrers ${asks.key}`, () => {
    const one = (partition: string) => `(select x.type, x.id from res_${partition} x
      where x.h @> array[q.token] and x.rid <> q.rid limit ${REFERRERS_MAX + 1})`;
    const found = isNowhere(asks)
      ? []
      : [
          `g as materialized (select exists (${probes(asks)}) as hit)`,
          `f as materialized (select q.rid, x.type, x.id from s q cross join lateral (
            select * from (${asks.partitions.map(one).join(' union all ')}) x limit ${REFERRERS_MAX + 1}) x
            where (select hit from g))`,
        ];
    const parts = ['s as materialized (select * from unnest($1::in_gone[]))', UNKNOWN, ...found];
    return `with ${parts.join(',\n')}
      select 'unknown', null, source::text, target::text from u
      ${isNowhere(asks) ? '' : `union all select 'referrer', rid::text, type::text, id from f`}`;
  });
}

/** What is to be deleted. */
export interface Deletion {
  readonly id: string;
  readonly rid: bigint;
  /** The version that must be current; undefined for any. */
  readonly expected: number | undefined;
  /** Milliseconds since 1970. */
  readonly lastUpdated: number;
  /** The token that every resource has that refers to this one. */
  readonly token: bigint;
}

/** A row of `in_gone`. */
export function writeDeletion(rows: RowWriter, typeNumber: number, deletion: Deletion): void {
  rows.row();
  rows.int2(typeNumber);
  rows.text(deletion.id);
  rows.int8(deletion.rid);
  rows.int4(deletion.expected ?? null);
  rows.timestamptz(BigInt(deletion.lastUpdated) * 1000n);
  rows.int8(deletion.token);
}

/** Takes note of the types that were found to refer to these. @returns whether there were any */
export function learnUnknown(referred: Referrers, result: readonly Row[], targets: readonly number[]): boolean {
  const unknown = result.filter(([what]) => what === 'unknown');
  for (const [, , source, target] of unknown) {
    for (const n of target === '0' ? targets : [Number(target)]) referred.learn(n, [Number(source)]);
  }
  return unknown.length > 0;
}

/**
 * `u`: types that refer to these and are not asked. `f`: the first resources found that refer to any of the targets,
 * from anywhere in their content: one probe of each partition for the whole batch, and nearly always it finds none.
 */
function referrersParts(asks: Asked): string[] {
  return [
    UNKNOWN,
    ...(isNowhere(asks) ? [] : [`f as materialized (select * from (${probes(asks)}) x limit ${REFERRERS_MAX + 1})`]),
  ];
}

function isNowhere({ partitions }: Asked): boolean {
  return partitions.length === 0;
}

function probes({ partitions }: Asked): string {
  return partitions
    .map(
      (partition) =>
        `select x.type, x.id, x.rid, x.h from res_${partition} x where x.h && (select array_agg(token) from s)`,
    )
    .join('\n union all ');
}

/** Where more were found than are told, some of the other targets may have theirs among those: they are left for later. */
function unreferred(asks: Asked): string {
  const isKnown = 'not exists (select from u)';
  if (isNowhere(asks)) return isKnown;
  return `${isKnown} and (not exists (select from f) or ((select count(*) from f) <= ${REFERRERS_MAX}
    and not exists (select from f where f.h @> array[q.token] and f.rid <> q.rid)))`;
}

function toldReferrers(asks: Asked): string {
  const unknown = `union all select 'unknown', null, source::text, target::text from u`;
  if (isNowhere(asks)) return unknown;
  return `${unknown}
    union all select 'referrer', q.rid::text, f.type::text, f.id from f join s q on f.h @> array[q.token] and f.rid <> q.rid`;
}
