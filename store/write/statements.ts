/**
 * Texts of the write statements. Each writes the row of search values, the version and the side rows of many resources
 * at once, and leaves alone what it cannot lock at once: those rows are told by their absence from the result.
 * A text depends only on the partition and on which side tables are touched; all values are parameters.
 */
import type { Referrers, Sources } from '../referrers.ts';
import type { TypePlace } from '../types.ts';
import { containedParts, DELETE_CONTAINED } from './contained-row.ts';
import { CONTAINED, SIDES } from './rows.ts';

/** Columns of `res` that come from the content, named alike in `in_res`. */
const VALUES = [
  'sk',
  'rid',
  'ver',
  'lu',
  'fl',
  'ac',
  'sens',
  'nr',
  'subj',
  'code1',
  'dt',
  'dt_hi',
  'dt2',
  'dt2_hi',
  'dt3',
  'dt3_hi',
  'num',
  'num_c',
  'cu',
  'uu',
  'uc',
  'sig',
  'comp',
  'h',
  's1',
  'str',
  'raw',
];
export const SIDE_COLUMNS: Record<(typeof SIDES)[number], string> = {
  x_id: 'type, k, el, sk, rid, vh, th, s, v',
  x_date: 'type, k, el, sk, rid, c, lo, hi, s',
  x_num: 'type, k, el, sk, rid, c, cs, lo, hi, us, uc, uu, cu, clo, chi, s',
  x_str: 'type, k, el, sk, rid, c, cs, v, raw',
  x_tok: 'type, k, el, sk, rid, c, t',
  x_geo: 'type, k, el, sk, rid, lat, lon',
};
const VER_COLUMNS = 'type, id, ver, sk, tx, last_updated, method, ac, sens, comp, meta, resource';
const VER_VALUES = 'type, id, ver, sk, (select tx($3::int)), lu, method, ac, sens, comp, meta, resource';

/*
 * Identities are tried, not waited for: one conditional write must not make a whole batch wait. `busy` holds those that
 * could not be had, null where all could.
 */
const BUSY = `busy as materialized (
  select array_agg(k) as k from unnest($2::int8[]) k where not pg_try_advisory_xact_lock_shared(k))`;
const FREE = `(select k from busy) is null or (r.locks && (select k from busy)) is not true`;

/** Which result proves that a row was written. */
export type Proof =
  /** The rids of the rows written, so that the others can be done again. */
  | 'rids'
  /** Nothing, or a failure (40001) of the whole transaction unless the last parameter counts the rows written. */
  | 'all';

/**
 * New resources of any types under ids that nobody else can have.
 * `rids`: the result is the array of identities that were busy, null where none were.
 */
export function createStatement(inserts: number, proof: Proof): string {
  const parameters = new Parameters(3);
  return cached(`create ${inserts} ${proof}`, () => {
    const written = `(select k from busy) is null or ${isOf(inserts, 'i')}`;
    const insertParts = insertSides(inserts, parameters, written);
    const parts = [
      BUSY,
      `i as materialized (select * from unnest($1::in_res[]) r where ${FREE})`,
      `a as (insert into res (type, id, ${VALUES.join(', ')}) select type, id, ${VALUES.join(', ')} from i)`,
      `b as (insert into ver (${VER_COLUMNS}) select ${VER_VALUES} from i)`,
      ...insertContained(inserts, parameters, false),
      ...insertParts,
    ];
    const result = proof === 'rids' ? 'select k::text from busy' : requireAll(parameters, 'i');
    return `with ${parts.join(',\n')}\n${result}`;
  });
}

/** New resources of any types under ids that clients chose: those that are taken are left out. */
export function createGivenStatement(inserts: number, proof: Proof): string {
  const parameters = new Parameters(3);
  return cached(`given ${inserts} ${proof}`, () => {
    const insertParts = insertSides(inserts, parameters, isOf(inserts, 'a'));
    const parts = [
      BUSY,
      `c as materialized (select * from unnest($1::in_res[]) r where ${FREE})`,
      `a as (insert into res (type, id, ${VALUES.join(', ')}) select type, id, ${VALUES.join(', ')} from c
        on conflict (type, id) do nothing returning rid)`,
      'i as materialized (select * from c where (c.rid in (select rid from a)) is true)',
      `b as (insert into ver (${VER_COLUMNS}) select ${VER_VALUES} from i)`,
      ...insertContained(inserts, parameters, false),
      ...insertParts,
    ];
    const result = proof === 'rids' ? 'select rid::text from a' : requireAll(parameters, 'a');
    return `with ${parts.join(',\n')}\n${result}`;
  });
}

/**
 * Next versions of resources of one type. `ver` of a row is the version to be; the one before must be current and
 * lockable, also a deletion. That the version is compared makes the difference of the side rows right: what the
 * statement's snapshot shows is then what the lock protects.
 */
export function updateStatement({ n, partition }: TypePlace, inserts: number, removes: number, proof: Proof): string {
  const parameters = new Parameters(3);
  return cached(`update ${n} ${inserts} ${removes} ${proof}`, () => {
    const written = isOf(inserts, 'i');
    const insertParts = insertSides(inserts, parameters, written);
    const removeParts = removeSides(removes, parameters, written);
    const parts = [
      BUSY,
      `i as materialized (
        select r.*, o.at from unnest($1::in_res[]) r cross join lateral (
          select o.ctid as at from res_${partition} o where o.type = ${n} and o.id = r.id and o.ver = r.ver - 1
          for update skip locked) o
        where ${FREE})`,
      `a as (update res_${partition} o set deleted = false, ${VALUES.map((name) => `${name} = i.${name}`).join(', ')}
        from i where o.ctid = i.at)`,
      `b as (insert into ver_${partition} (${VER_COLUMNS}) select ${VER_VALUES} from i)`,
      ...insertContained(inserts, parameters, true),
      ...insertParts,
      ...removeParts,
    ];
    const result = proof === 'rids' ? 'select rid::text from i' : requireAll(parameters, 'i');
    return `with ${parts.join(',\n')}\n${result}`;
  });
}

/** What becomes of deletions of resources to which others refer: refused by what is known of referrers, or done. */
export type Referred = Referrers | 'ignore';

/** Referrers told for one refused deletion, and one more to know that there are more. */
const REFERRERS_MAX = 10;

/**
 * Deletions of one type. The rows say, for each resource that there was (others are absent or deleted already):
 * ('seen', rid, version before), ('done', rid, new version, time), ('referrer', rid, type number, id).
 * Where referrers are asked for, `$2` are the numbers of the types that lie in the partitions asked; a row ('unknown',
 * null, type number) tells of another one that refers to this type: then nothing was deleted.
 *
 * That one snapshot shows both the pairs of types and the resources makes it safe: who stored a reference before had
 * committed the pair even earlier.
 * @param sides the side tables that may have rows of any of them, as bits
 * @param sources undefined where it does not matter who refers
 */
export function deleteStatement({ n, partition }: TypePlace, sides: number, sources: Sources | undefined): string {
  return cached(`delete ${n} ${sides} ${sources?.key}`, () => {
    const target = `from res_${partition} o where o.type = ${n} and o.id = q.id`;
    const parts = [
      `s as materialized (select q.*, o.ver from unnest($1::in_del[]) q
        cross join lateral (select o.ver ${target} and not o.deleted offset 0) o)`,
      ...(sources ? referrersParts(n, sources) : []),
      `i as materialized (
        select q.rid, q.id, o.*, greatest(q.lu, o.lu + interval '1 ms') as at_time from s q cross join lateral (
          select o.ctid as at, o.ver, o.lu, o.sk, o.ac, o.sens, o.comp ${target} and o.ver = q.ver
            and (q.expected is null or o.ver = q.expected) for update skip locked) o
        ${sources ? `where ${unreferred(sources)}` : ''})`,
      `a as (update res_${partition} o set deleted = true, ver = i.ver + 1, lu = i.at_time, fl = 0, nr = 0, subj = null,
        code1 = null, dt = null, dt_hi = null, dt2 = null, dt2_hi = null, dt3 = null, dt3_hi = null, num = null,
        num_c = null, cu = null, uu = null, uc = null, sig = 0, h = '{}', s1 = null, str = null, raw = null
        from i where o.ctid = i.at)`,
      `b as (insert into ver_${partition} (${VER_COLUMNS})
        select ${n}, id, ver + 1, sk, (select tx()), at_time, 3, ac, sens, comp, null, null from i)`,
      ...(sides & CONTAINED ? DELETE_CONTAINED : []),
      ...SIDES.filter((_, i) => sides & (1 << i)).map(
        (side) => `d_${side} as (delete from ${side} where ctid = any(array(
        select x.at from ${sides & CONTAINED ? 'w' : 'i'} i cross join lateral (select x.ctid as at from ${side} x where x.rid = i.rid offset 0) x)))`,
      ),
    ];
    return `with ${parts.join(',\n')}
      select 'seen', rid::text, ver::text, null from s
      union all select 'done', rid::text, (ver + 1)::text, at_time::text from i
      ${sources ? toldReferrers(sources) : ''}`;
  });
}

/**
 * `u`: types that refer to this one and are not asked. `f`: the first resources found that refer to any of the targets,
 * from anywhere in their content: one probe of each partition for the whole batch, and nearly always it finds none.
 */
function referrersParts(n: number, { partitions }: Sources): string[] {
  const probes = partitions.map(
    (partition) =>
      `select x.type, x.id, x.rid, x.h from res_${partition} x where x.h && (select array_agg(token) from s)`,
  );
  return [
    `u as materialized (select source from refers where target in (0, ${n}) and source <> all($2::smallint[]))`,
    ...(probes.length > 0
      ? [`f as materialized (select * from (${probes.join('\n union all ')}) x limit ${REFERRERS_MAX + 1})`]
      : []),
  ];
}

/** Where more were found than are told, some of the other targets may have theirs among those: they are left for later. */
function unreferred({ partitions }: Sources): string {
  const isKnown = 'not exists (select from u)';
  if (partitions.length === 0) return isKnown;
  return `${isKnown} and (not exists (select from f) or ((select count(*) from f) <= ${REFERRERS_MAX}
    and not exists (select from f where f.h @> array[q.token] and f.rid <> q.rid)))`;
}

function toldReferrers({ partitions }: Sources): string {
  const unknown = `union all select 'unknown', null, source::text, null from u`;
  if (partitions.length === 0) return unknown;
  return `${unknown}
    union all select 'referrer', q.rid::text, f.type::text, f.id from f join s q on f.h @> array[q.token] and f.rid <> q.rid`;
}

/**
 * For each target, up to ten (and one) current resources that refer to it, whatever their type. One probe of each
 * partition for all targets finds out whether there are any; nearly always there are none.
 */
const REFERRERS_OF_ALL = `g as materialized (
    select exists (select from res x where x.h && (select array_agg(token) from s)) as hit),
  f as materialized (select q.rid, x.type, x.id from s q cross join lateral (
    select x.type, x.id from res x where x.h @> array[q.token] and x.rid <> q.rid limit ${REFERRERS_MAX + 1}) x
    where (select hit from g))`;

/** `referrer` rows as above for resources of any types: asked at the end of a transaction, when all else is written. */
export const REFERRERS_STATEMENT = `with s as materialized (select * from unnest($1::in_del[])),
  ${REFERRERS_OF_ALL} select rid::text, type::text, id from f`;

/** Whether a side row `x` is of something that was written. @param rows the resources that were */
function isOf(mask: number, rows: 'i' | 'a'): string {
  return `(x.rid in (select rid from ${mask & CONTAINED ? 'w' : rows})) is true`;
}

function insertContained(mask: number, parameters: Parameters, replaces: boolean): string[] {
  return mask & CONTAINED ? containedParts(parameters.next(), replaces) : [];
}

function insertSides(mask: number, parameters: Parameters, condition: string): string[] {
  return SIDES.flatMap((side, i) => {
    if ((mask & (1 << i)) === 0) return [];
    const columns = SIDE_COLUMNS[side];
    return `n_${side} as (insert into ${side} (${columns})
      select ${columns} from unnest(${parameters.next()}::in_${side.slice(2)}[]) x where ${condition})`;
  });
}

function removeSides(mask: number, parameters: Parameters, condition: string): string[] {
  return SIDES.flatMap((side, i) => {
    if ((mask & (1 << i)) === 0) return [];
    return `d_${side} as (delete from ${side} where ctid = any(array(
      select y.at from unnest(${parameters.next()}::in_key[]) x
      cross join lateral (select y.ctid as at from ${side} y where y.rid = x.rid and y.k = x.k offset 0) y
      where ${condition})))`;
  });
}

function requireAll(parameters: Parameters, from: string): string {
  return `select require_rows(${parameters.next()}::int, (select count(*) from ${from}))`;
}

class Parameters {
  #last: number;

  constructor(last: number) {
    this.#last = last;
  }

  next(): string {
    return `$${++this.#last}`;
  }
}

const texts = new Map<string, string>();

function cached(key: string, make: () => string): string {
  let text = texts.get(key);
  if (text === undefined) {
    text = make();
    texts.set(key, text);
  }
  return text;
}
