/** Resources and their index values → the arrays that a write statement takes. */
import { RowWriter } from '../encode.ts';
import type { Prepared } from '../records.ts';
import type { Contained, IndexValues } from '../search/index-values.ts';
import type { Row } from '../session.ts';
import { type Container, writeContained, writeGone } from './contained-row.ts';
import type { SideValues } from './current.ts';
import { writeHotColumns } from './hot-columns.ts';

/** The side tables, in the order in which their bits and parameters stand. */
export const SIDES = ['x_id', 'x_date', 'x_num', 'x_str', 'x_tok', 'x_geo'] as const;
export type Side = (typeof SIDES)[number];
export const SIDE_COUNT = SIDES.length;
/** The bit beside those of the side tables: rows of what resources contain. */
export const CONTAINED = 1 << SIDE_COUNT;
/** The bits of all side tables, and of what is contained. */
export const EVERY_SIDE = 2 ** (SIDE_COUNT + 1) - 1;
const SIDE_TYPES = SIDES.map((side) => `in_${side.slice(2)}`);
/** Enough for a few rows; one that gets more grows. */
const SIDE_BYTES = 512;

/** The composite types of 0002-writing.sql: name → [oid, number of attributes]. */
export type RowTypes = ReadonlyMap<string, readonly [oid: number, attributes: number]>;

/** Asks for the row types; oids differ from database to database. */
export const ROW_TYPES_QUERY = {
  text: `select t.typname, t.oid, c.relnatts from pg_type t join pg_class c on c.oid = t.typrelid
         where t.typname like 'in\\_%' and t.typnamespace = (select relnamespace from pg_class where oid = 'res'::regclass)`,
};

export function rowTypes(rows: readonly Row[]): RowTypes {
  return new Map(rows.map(([name, oid, attributes]) => [name!, [Number(oid), Number(attributes)]]));
}

export function writerOf(types: RowTypes, name: string, bytes?: number): RowWriter {
  const [oid, attributes] = types.get(name)!;
  return new RowWriter(oid, attributes, bytes);
}

export const METHOD_NUMBER = { POST: 1, PUT: 2, DELETE: 3, PATCH: 4 } as const;
export const METHOD_NAME = ['', 'POST', 'PUT', 'DELETE', 'PATCH'] as const;

/** What a version is beside its content. */
export interface Stamp {
  readonly typeNumber: number;
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly lastUpdated: number;
}

/** The rows of one statement: one array for the resources, and one for each side table that gets any. */
export class RowSet {
  readonly #types: RowTypes;
  readonly resources: RowWriter;
  readonly #sides: (RowWriter | undefined)[] = new Array(SIDE_COUNT).fill(undefined);
  readonly #keys: (RowWriter | undefined)[] = new Array(SIDE_COUNT).fill(undefined);
  #contained: RowWriter | undefined;
  readonly #locks = new Set<bigint>();

  constructor(types: RowTypes, bytes?: number) {
    this.#types = types;
    this.resources = writerOf(types, 'in_res', bytes);
  }

  /** @param locks whether the statement tries the identities itself; false where the transaction holds them already */
  add(content: Prepared, stamp: Stamp, locks: boolean): void {
    const { values } = content;
    writeResource(this.resources, content, stamp, locks ? values.locks : null);
    if (locks) for (const lock of values.locks) this.#locks.add(lock);
  }

  /** Side rows of a resource, either all of them or those of the slots given for each table. */
  addSides(typeNumber: number, values: IndexValues, slots?: readonly (ReadonlySet<number> | undefined)[]): void {
    for (let side = 0; side < SIDE_COUNT; side++) {
      const rows = sideRows(values, side);
      if (rows.length === 0) continue;
      const wanted = slots?.[side];
      if (slots && !wanted) continue;
      for (const row of rows) {
        if (wanted && !wanted.has(row.k)) continue;
        this.#sides[side] ??= writerOf(this.#types, SIDE_TYPES[side]!, SIDE_BYTES);
        writeSide[side]!(this.#sides[side]!, typeNumber, values, row as never);
      }
    }
  }

  /** Side rows of these slots, table by table, go before the new ones come. */
  removeSides(rid: bigint, slots: readonly (ReadonlySet<number> | undefined)[]): void {
    for (let side = 0; side < SIDE_COUNT; side++) {
      for (const k of slots[side] ?? []) {
        this.#keys[side] ??= writerOf(this.#types, 'in_key', SIDE_BYTES);
        this.#keys[side]!.row();
        this.#keys[side]!.int8(rid);
        this.#keys[side]!.int4(k);
      }
    }
  }

  /** A resource that one of those contains; its side rows are added beside. @param typeNumber its own */
  addContained(one: Contained, typeNumber: number, of: Container): void {
    this.#contained ??= writerOf(this.#types, 'in_contained', SIDE_BYTES);
    writeContained(this.#contained, one, typeNumber, of);
  }

  /** One that is contained no longer. */
  dropContained(rid: bigint, of: Container): void {
    this.#contained ??= writerOf(this.#types, 'in_contained', SIDE_BYTES);
    writeGone(this.#contained, rid, of);
  }

  /** Bit n: the n-th side table gets rows; CONTAINED: what is contained changes. */
  get inserts(): number {
    return maskOf(this.#sides) | (this.#contained ? CONTAINED : 0);
  }

  /** Bit n: the n-th side table loses rows. */
  get removes(): number {
    return maskOf(this.#keys);
  }

  /** Parameters in the order that the statements expect: resources, locks, side rows, keys, what is contained. */
  parameters(): (Buffer | bigint[])[] {
    // Sorted, so that two statements ask for the same locks in the same order.
    const locks = [...this.#locks].sort((a, b) => (a < b ? -1 : 1));
    return [this.resources.finish(), locks, ...finished([...this.#sides, ...this.#keys, this.#contained])];
  }
}

/** Bit n: there are rows in the n-th side table, of the resource or of what it contains; CONTAINED: it contains some. */
export function sidesMask(values: SideValues): number {
  let mask = values.contained ? CONTAINED : 0;
  for (const one of values.contained ?? []) mask |= sidesMask(one.values);
  for (let side = 0; side < SIDE_COUNT; side++) if (sideRows(values, side).length > 0) mask |= 1 << side;
  return mask;
}

/** The rows that a resource has in the n-th side table. */
export function sideRows(values: SideValues, side: number): readonly { readonly k: number }[] {
  switch (side) {
    case 0:
      return values.ids;
    case 1:
      return values.dateRows;
    case 2:
      return values.numRows;
    case 3:
      return values.strRows;
    case 4:
      return values.tokRows;
    default:
      return values.geoRows;
  }
}

function writeResource(
  to: RowWriter,
  { id, method, meta, body, values: v }: Prepared,
  stamp: Stamp,
  locks: bigint[] | null,
): void {
  to.row();
  to.int2(stamp.typeNumber);
  to.text(id);
  to.int8(v.sk);
  to.int8(v.rid);
  to.int4(stamp.version);
  to.timestamptz(BigInt(stamp.lastUpdated) * 1000n);
  to.int2(METHOD_NUMBER[method]);
  to.int4(v.fl);
  to.int4(v.ac);
  to.int4(v.sens);
  to.int4(v.nr);
  writeHotColumns(to, v);
  to.texts(v.comp.length > 0 ? v.comp : null);
  to.int8s(v.h);
  to.text(v.s1);
  to.text(v.str);
  to.text(v.raw);
  to.int8s(locks && locks.length > 0 ? locks : null);
  to.text(meta ?? null);
  to.jsonb(body);
}

type Rows = { [key in 'ids' | 'dateRows' | 'numRows' | 'strRows' | 'tokRows' | 'geoRows']: IndexValues[key][number] };

const writeSide = [
  (to: RowWriter, type: number, values: IndexValues, row: Rows['ids']) => {
    sideHead(to, type, values, row);
    to.int8(row.vh);
    to.int8(row.th);
    to.text(row.s);
    to.text(row.v);
  },
  (to: RowWriter, type: number, values: IndexValues, row: Rows['dateRows']) => {
    sideHead(to, type, values, row);
    to.int8(row.c);
    to.timestamptz(row.lo);
    to.timestamptz(row.hi);
    to.int2(row.s);
  },
  (to: RowWriter, type: number, values: IndexValues, row: Rows['numRows']) => {
    sideHead(to, type, values, row);
    to.int8(row.c);
    to.int8(row.cs);
    to.numeric(row.lo);
    to.numeric(row.hi);
    to.int8(row.us);
    to.int8(row.uc);
    to.int8(row.uu);
    to.int8(row.cu);
    to.numeric(row.clo);
    to.numeric(row.chi);
    to.int2(row.s);
  },
  (to: RowWriter, type: number, values: IndexValues, row: Rows['strRows']) => {
    sideHead(to, type, values, row);
    to.int8(row.c);
    to.int8(row.cs);
    to.text(row.v);
    to.text(row.raw);
  },
  (to: RowWriter, type: number, values: IndexValues, row: Rows['tokRows']) => {
    sideHead(to, type, values, row);
    to.int8(row.c);
    to.timestamptz(row.t);
  },
  (to: RowWriter, type: number, values: IndexValues, row: Rows['geoRows']) => {
    sideHead(to, type, values, row);
    to.float8(row.lat);
    to.float8(row.lon);
  },
] as const;

function sideHead(to: RowWriter, type: number, values: IndexValues, row: { k: number; el: number }): void {
  to.row();
  to.int2(type);
  to.int4(row.k);
  to.int4(row.el);
  to.int8(values.sk);
  to.int8(values.rid);
}

function maskOf(writers: readonly (RowWriter | undefined)[]): number {
  return writers.reduce((mask, writer, i) => (writer ? mask | (1 << i) : mask), 0);
}

function finished(writers: readonly (RowWriter | undefined)[]): Buffer[] {
  return writers.filter((writer) => writer !== undefined).map((writer) => writer.finish());
}
