/**
 * The index of a user's parameter for what was stored before it: range by range, oldest ids first. Values are worked out
 * beside the writers; only their writing takes turns with those of the same type, some milliseconds for each range.
 */
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { assemble, parseJson } from '../../resources/index.ts';
import type { Trip } from '../lane.ts';
import type { Parts } from '../parts.ts';
import type { CustomRows } from '../search/custom.ts';
import type { IndexValues } from '../search/index-values.ts';
import type { Row, Statement } from '../session.ts';
import { isTimeout } from '../sqlstate.ts';
import type { TypePlace } from '../types.ts';
import { BUILDING_LOCK } from '../write/batch.ts';
import { RowSet, SIDES } from '../write/rows.ts';
import { SIDE_COLUMNS } from '../write/statements.ts';

/** Resources in one range, and bytes of their content as stored. */
const RANGE_ROWS = 200;
const RANGE_BYTES = 2 ** 22;
/** Longest stretch of work before requests get a turn. */
const SLICE_MS = 4;
/** How long writers may be kept waiting by the builder, who waits for those before them; then it steps aside. */
const TURN_MS = 100;
const ASIDE_MS = 50;

/** What is built together: parameters of one type that are equally far. */
export interface Building {
  readonly type: string;
  readonly slots: readonly number[];
  /** Id of the last resource that is indexed; undefined before the first. */
  readonly at: string | undefined;
}

export interface Range {
  /** Id of the last resource of the range; undefined where there was none left. */
  readonly end: string | undefined;
  readonly resources: number;
  /** Resources on which an expression could not be evaluated. */
  readonly faults: number;
}

/**
 * Indexes the next range. What is done twice, as after a crash, is done once.
 * @param trip on a connection of its own
 */
export async function buildRange(parts: Parts, building: Building, trip: Trip): Promise<Range> {
  const place = parts.types.place(building.type);
  const [first] = await trip([rangeStatement(place, building.at)]);
  const end = first!.at(-1)?.[0] ?? undefined;
  let faults = 0;
  for (let rows = first!; rows.length > 0; ) {
    const extracted = await extractAll(parts, building, rows);
    faults += extracted.reduce((sum, { custom }) => sum + Math.min(1, custom.faults), 0);
    await parts.dictionary.ensureCodes(
      place.n,
      extracted.flatMap(({ custom }) => custom.dict),
    );
    const written = await writeAll(parts, building, place, extracted, trip);
    // Those that somebody changed meanwhile are looked at again; those that are gone need nothing.
    const others = rows.filter(([, rid]) => !written.has(rid!)).map(([id]) => id!);
    if (others.length === 0) break;
    rows = (await trip([againStatement(place, others)]))[0]!;
  }
  return { end, resources: first!.length, faults };
}

interface Extracted {
  readonly rid: bigint;
  readonly sk: bigint;
  readonly version: number;
  readonly custom: CustomRows;
}

/** id, rid, sk, version, meta, content */
const COLUMNS = 'o.id, o.rid::text, o.sk::text, o.ver::text, v.meta, v.resource::text';

function rangeStatement({ n, partition }: TypePlace, after: string | undefined): Statement {
  const own = `(select * from res_${partition} where type = ${n} and not deleted and id > $1 order by id limit $2) o`;
  return {
    text: `select id, rid, sk, ver, meta, content from (
        select ${COLUMNS}, sum(pg_column_size(v.resource)) over w, row_number() over w
        from ${own} join ver_${partition} v on v.type = ${n} and v.id = o.id and v.ver = o.ver
        window w as (order by o.id rows unbounded preceding)) q(id, rid, sk, ver, meta, content, bytes, nth)
      where nth = 1 or bytes <= ${RANGE_BYTES} order by id`,
    values: [after ?? '', RANGE_ROWS],
  };
}

function againStatement({ n, partition }: TypePlace, ids: readonly string[]): Statement {
  return {
    text: `select ${COLUMNS} from res_${partition} o join ver_${partition} v on v.type = ${n} and v.id = o.id and v.ver = o.ver
      where o.type = ${n} and not o.deleted and o.id = any($1::text[])`,
    values: [ids],
  };
}

async function extractAll({ extractor }: Parts, building: Building, rows: readonly Row[]): Promise<Extracted[]> {
  const slots = new Set(building.slots);
  const extracted: Extracted[] = [];
  let started = performance.now();
  for (const [id, rid, sk, version, meta, body] of rows) {
    const text = assemble(building.type, id!, Number(version), EPOCH, meta ?? undefined, body!);
    const custom = extractor.customRows!(building.type, id!, parseJson(text), slots)!;
    extracted.push({ rid: BigInt(rid!), sk: BigInt(sk!), version: Number(version), custom });
    if (performance.now() - started < SLICE_MS) continue;
    await turn();
    started = performance.now();
  }
  return extracted;
}

/** No parameter of a user looks at the time of a version. */
const EPOCH = new Date(0).toISOString();

/** @returns the rids of those that were still as they had been read */
async function writeAll(
  { rowTypes }: Parts,
  { slots }: Building,
  { n, partition }: TypePlace,
  extracted: readonly Extracted[],
  trip: Trip,
): Promise<Set<string>> {
  const rows = new RowSet(rowTypes);
  for (const { rid, sk, custom } of extracted)
    rows.addSides(n, { rid, sk, geoRows: [], ...custom } as unknown as IndexValues);
  const [, , ...sides] = rows.parameters();
  const kept = SIDES.filter((_, i) => rows.inserts & (1 << i));
  const parts = [
    `g as materialized (select r.rid from unnest($1::int8[], $2::int4[]) q(rid, ver)
      join res_${partition} r on r.type = ${n} and r.rid = q.rid and r.ver = q.ver and not r.deleted)`,
    ...SIDES.filter((side) => side !== 'x_geo').map(
      (side) => `d_${side} as (delete from ${side} where ctid = any(array(select y.at from g cross join lateral (
        select y.ctid as at from ${side} y where y.rid = g.rid and y.k = any($3::int[]) offset 0) y)))`,
    ),
    ...kept.map(
      (side, i) => `n_${side} as (insert into ${side} (${SIDE_COLUMNS[side]})
        select ${SIDE_COLUMNS[side]} from unnest($${i + 4}::in_${side.slice(2)}[]) x where (x.rid in (select rid from g)) is true)`,
    ),
  ];
  const write = {
    text: `with ${parts.join(',\n')} select rid::text from g`,
    values: [extracted.map(({ rid }) => rid), extracted.map(({ version }) => version), slots, ...sides],
  };
  const results = await inTurn(trip, n, write);
  return new Set(results.map(([rid]) => rid!));
}

/** Writes while no writer of the type does. @returns the rows of the statement */
async function inTurn(trip: Trip, type: number, write: Statement): Promise<readonly Row[]> {
  for (;;) {
    try {
      const [, , , rows] = await trip([
        { text: 'begin' },
        { text: `set local lock_timeout = ${TURN_MS}` },
        { text: 'select pg_advisory_xact_lock($1::int, $2::int)', values: [BUILDING_LOCK, type] },
        write,
        { text: 'commit' },
      ]);
      return rows!;
    } catch (error) {
      await trip([{ text: 'rollback' }]);
      if (!isTimeout(error)) throw error;
      await sleep(ASIDE_MS);
    }
  }
}
