/** Contained resources among the rows of a statement. https://hl7.org/fhir/R4/search.html#contained */
import { visible } from '../../access.ts';
import { all, join, literal, name, type Sql, sql } from '../../sql.ts';
import type { Among } from '../among.ts';
import { type Condition, RANK } from '../condition.ts';
import { stretchRank, stretchRids } from '../stretch.ts';
import { currentRows, type Rows, type Scope } from './scope.ts';

/** What conditions and sort keys look at, alike in both tables. */
const COLUMNS = [
  ...['type', 'id', 'rid', 'fl', 'nr', 'subj', 'code1', 'dt', 'dt_hi', 'dt2', 'dt2_hi', 'dt3', 'dt3_hi'],
  ...['num', 'num_c', 'cu', 'uu', 'uc', 'sig', 'h', 's1', 'str', 'raw'],
];

/**
 * Resources of a type, those that are contained among them, for what a reference leads to. Only the container itself
 * leads to what it contains, and whoever came by it may see it: so nothing more is asked. They have no time of their own.
 */
export function reachedRows(scope: Scope, type: string, alias: string): Rows {
  const { n, partition } = scope.types.place(type);
  const seen = visible(scope.access, 'r', 'row', scope.types.numbers, type);
  const own = sql`SELECT ${columnsOf('r')}, r.id AS local, r.lu, r.deleted FROM ${name(`res_${partition}`)} r${whereSeen(seen)}`;
  const contained = sql`SELECT ${columnsOf('c')}, c.local, NULL::timestamptz, false FROM contained c`;
  const typed = sql`${name(`${alias}.type`)} = ${literal(n)}`;
  return {
    table: name('contained'),
    from: sql`(${own} UNION ALL ${contained}) ${name(alias)}`,
    // The planner looks through both halves only where nothing but a table stands in them.
    where: sql`${typed} AND NOT ${name(`${alias}.deleted`)}`,
    typed,
  };
}

/** Contained resources of a type whose containers the caller may see, or these and the others, as `alias`. */
export function searchedRows(scope: Scope, type: string, alias: string, among: Exclude<Among, undefined>): Rows {
  const typed = sql`${name(`${alias}.type`)} = ${literal(scope.types.place(type).n)}`;
  const seen = visible(scope.access, 'r', 'row', scope.types.numbers);
  const contained = sql`SELECT ${columnsOf('c')}, c.local, r.lu, r.ver FROM contained c
    JOIN res r ON r.type = c.owner_type AND r.rid = c.owner WHERE NOT r.deleted AND ${seen}`;
  const own = currentRows(scope, [type], 'r', 'row');
  const both = sql`SELECT ${columnsOf('r')}, r.id AS local, r.lu, r.ver FROM ${own.from} WHERE ${own.where} UNION ALL ${contained}`;
  const rows = among === 'both' ? both : contained;
  return { table: name('contained'), from: sql`(${rows}) ${name(alias)}`, where: typed, typed };
}

/** A stretch of a date column as a driver: contained resources have neither its walk nor the versions' times. */
export function withoutStretch(condition: Condition, type: Sql, among: Among): Condition {
  const { stretch, filter } = condition;
  if (!stretch || stretch.column === 'lu') return { filter, ...(condition.driver && { driver: condition.driver }) };
  const rank = stretchRank([stretch]);
  // Half of all rows as an array take longer than reading them all.
  if (rank === RANK.openRange && among === 'both') return { filter };
  return { filter, driver: { rank, rids: stretchRids([stretch], type, among) } };
}

/** What `_contained` asks of the container that stands in `alias`. */
export interface Asked {
  /** Number of the type that is searched. */
  readonly n: number;
  /** Of contained resources, as rows of `inner`. */
  readonly inside: { readonly alias: string; readonly filter: Sql; readonly driven: Sql };
  /** Of resources of the type by themselves, where these are wanted too: as rows of `alias`, and a SELECT of their rids. */
  readonly own: { readonly filter: Sql; readonly rids: Sql } | undefined;
  readonly rank: number;
}

/** The rows that contain what is asked for, and those that are it. */
export function containerCondition({ n, inside, own, rank }: Asked, alias: string): Condition {
  const inner = inside.alias;
  const number = literal(n);
  const from = sql`(SELECT c.*, NULL::timestamptz AS lu FROM contained c) ${name(inner)}`;
  const typed = sql`${name(`${inner}.type`)} = ${number}`;
  const isOwned = sql`${name(`${inner}.owner`)} = ${name(`${alias}.rid`)}`;
  const contains = sql`((SELECT true FROM ${from} WHERE ${all([isOwned, typed, inside.filter])} LIMIT 1) IS TRUE)`;
  const owners = sql`SELECT ${name(`${inner}.owner_type`)} AS type, ${name(`${inner}.owner`)} AS rid
    FROM ${from} WHERE ${all([typed, inside.driven, inside.filter])}`;
  if (!own) return { filter: contains, driver: { rank, across: owners } };
  const isIt = sql`(CASE WHEN ${name(`${alias}.type`)} = ${number} THEN ${own.filter} ELSE false END)`;
  const either = sql`(SELECT ${number}::smallint AS type, q.rid FROM (${own.rids}) q) UNION ALL (${owners})`;
  return { filter: sql`(${isIt} OR ${contains})`, driver: { rank, across: either } };
}

/** FROM of the versions in which the matches `p` stand, as `v`, and what of them is told: contained ones are cut out. */
export function containedVersions(
  n: Sql,
  among: Exclude<Among, undefined>,
): { readonly from: Sql; readonly columns: Sql } {
  const to = among === 'both' ? sql`LEFT JOIN` : sql`JOIN`;
  const id = among === 'both' ? sql`coalesce(c.owner_id, p.id)` : sql`c.owner_id`;
  const type = among === 'both' ? sql`coalesce(c.owner_type, ${n})` : sql`c.owner_type`;
  const inside = sql`jsonb_path_query_first(v.resource, '$.contained[*] ? (@.id == $id)', jsonb_build_object('id', c.local))`;
  return {
    from: sql`p ${to} contained c ON c.rid = p.rid JOIN ver v ON v.type = ${type} AND v.id = ${id} AND v.ver = p.ver
      LEFT JOIN LATERAL (SELECT ${inside} AS part WHERE c.rid IS NOT NULL OFFSET 0) e ON true`,
    columns: sql`${n}::text, p.id, v.ver::text, v.last_updated::text, v.method::text,
      CASE WHEN c.rid IS NULL THEN v.meta ELSE (e.part -> 'meta')::text END,
      CASE WHEN c.rid IS NULL THEN v.resource ELSE e.part - '{resourceType,id,meta}'::text[] END::text`,
  };
}

function columnsOf(alias: string): Sql {
  return join(
    COLUMNS.map((column) => name(`${alias}.${column}`)),
    sql`, `,
  );
}

function whereSeen(seen: Sql): Sql {
  return seen.parts.length === 0 && seen.strings[0] === 'true' ? sql`` : sql` WHERE ${seen}`;
}
