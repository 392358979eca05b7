/**
 * Texts of the write statements. Each writes the row of search values, the version and the side rows of many resources
 * at once, and leaves alone what it cannot lock at once: those rows are told by their absence from the result.
 * A text depends only on the partition and on which side tables are touched; all values are parameters.
 */
import { containedParts } from './contained-row.ts';
import { CONTAINED, SIDES } from './rows.ts';
import { isRowOf, keyOfTargets, type Targets } from './targets.ts';

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
export const VER_COLUMNS = 'type, id, ver, sk, tx, last_updated, method, ac, sens, comp, meta, resource';
const VER_VALUES = 'type, id, ver, sk, (select tx($3::int)), lu, method, ac, sens, comp, meta, resource';

const texts = new Map<string, string>();

/** A text is made once; the same string is then found at once among those that a connection prepared. */
export function cached(key: string, make: () => string): string {
  let text = texts.get(key);
  if (text === undefined) {
    text = make();
    texts.set(key, text);
  }
  return text;
}

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
 * Next versions of resources of one partition. `ver` of a row is the version to be; the one before must be current and lockable, also a
 * deletion. That the version is compared makes the difference of the side rows right: what the statement's snapshot
 * shows is then what the lock protects.
 */
export function updateStatement(targets: Targets, inserts: number, removes: number, proof: Proof): string {
  const { partition } = targets;
  const parameters = new Parameters(3);
  return cached(`update ${keyOfTargets(targets)} ${inserts} ${removes} ${proof}`, () => {
    const written = isOf(inserts, 'i');
    const insertParts = insertSides(inserts, parameters, written);
    const removeParts = removeSides(removes, parameters, written);
    const parts = [
      BUSY,
      `i as materialized (
        select r.*, o.at from unnest($1::in_res[]) r cross join lateral (
          select o.ctid as at from res_${partition} o where ${isRowOf(targets, 'r')} and o.ver = r.ver - 1
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
