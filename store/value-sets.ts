/**
 * What the terminology needs of the database: definitions by their url, and sets of codes that searches join.
 * https://hl7.org/fhir/R4/valueset.html
 */
import { createHash } from 'node:crypto';
import type { CodeSystem, ValueSet } from 'fhir/r4.js';
import { type Access, type Context, searchParameters } from '../resources/index.ts';
import type { Database } from './database.ts';
import type { DefinitionName } from './search/code-sets.ts';
import { currentRows, type Scope } from './search/plan/scope.ts';
import { addressText } from './search/uri.ts';
import type { Row, Statement } from './session.ts';
import { literal, name, type Sql, sql, toStatement } from './sql.ts';
import { toInstant } from './time.ts';

/** A current definition that the caller may see. */
export interface StoredDefinition {
  readonly type: 'ValueSet' | 'CodeSystem';
  readonly id: string;
  readonly version: number;
  /** ISO instant. */
  readonly lastUpdated: string;
  /** Without id and meta. */
  readonly resource: ValueSet | CodeSystem;
}

/** One code as it is compared. */
export interface SetCode {
  readonly system: string;
  /** In small letters where case says nothing in the system. */
  readonly code: string;
  readonly caseless: boolean;
}

/** The room of the terminology. */
export interface Concepts {
  /** The current definitions of these names that the caller may see. One trip. */
  definitions(access: Access, names: readonly DefinitionName[], context: Context): Promise<readonly StoredDefinition[]>;
  /** Makes sure that a set of these codes is there, for a day at least. One trip. @returns its number */
  keep(codes: readonly SetCode[], context: Context): Promise<bigint>;
}

/** Days for which a set stays that nobody asks for. */
const UNUSED_DAYS = 30;
/** Codes of a set of which the planner must know at once: it would look each of them up among a handful of distinct ones. */
const ANALYZED_MIN = 500;

export function openConcepts({
  database,
  ...places
}: Pick<Scope, 'types' | 'hasher'> & { readonly database: Pick<Database, 'house' | 'searches'> }): Concepts {
  return {
    async definitions(access, names, context) {
      const content = sql`v.ver::text, v.last_updated::text, v.resource::text`;
      const statement = definitionsStatement({ ...places, access }, names, content);
      const [rows] = await database.searches.run([statement], context);
      return rows!.map(toDefinition);
    },
    async keep(codes, context) {
      const [, rows] = await database.house.run(keepStatements(codes), context);
      return BigInt(rows![0]![0]!);
    },
  };
}

/**
 * What stands for the definitions of these names that are current and visible now: as long as it is the same, so are they.
 * Columns: type, id, version.
 */
export function currentStatement(
  scope: Pick<Scope, 'access' | 'types' | 'hasher'>,
  names: readonly DefinitionName[],
): Statement {
  return definitionsStatement(scope, names, undefined);
}

/** One row of `currentStatement`, or the definition that it is about, as one text. */
export function markOf(type: string, id: string, version: number | string): string {
  return `${type}/${id}/_history/${version}`;
}

/** The marks of all rows of `currentStatement`, sorted. */
export function marksOf(rows: readonly Row[]): string[] {
  return rows.map(([type, id, version]) => markOf(type!, id!, version!)).sort();
}

/** @param content what is told of the version `v` beside type and id */
function definitionsStatement(
  scope: Pick<Scope, 'access' | 'types' | 'hasher'>,
  names: readonly DefinitionName[],
  content: Sql | undefined,
): Statement {
  const selects = (['ValueSet', 'CodeSystem'] as const).map((type) => {
    const own = names.filter((one) => one.type === type);
    const { hasher } = scope;
    const [slot] = searchParameters(type).get('url')!.slots;
    const urls = own.flatMap((one) => ('url' in one ? [hasher.hash(addressText(slot!, one.url))] : []));
    const rids = own.flatMap((one) => ('id' in one ? [hasher.rid(type, one.id)] : []));
    const { from, where, typed } = currentRows(scope, [type], 'o', 'row');
    const is = sql`(o.h && ${urls}::int8[] OR o.rid = any(${rids}::int8[]))`;
    const { n, partition } = scope.types.place(type);
    const joined = content
      ? sql` JOIN ${name(`ver_${partition}`)} v ON v.type = ${literal(n)} AND v.id = o.id AND v.ver = o.ver`
      : sql``;
    return sql`SELECT ${type}::text, o.id, ${content ?? sql`o.ver::text`} FROM ${from}${joined}
      WHERE ${typed} AND ${where} AND ${is}`;
  });
  return toStatement(sql`${selects[0]!} UNION ALL ${selects[1]!}`);
}

function toDefinition([type, id, version, lastUpdated, text]: Row): StoredDefinition {
  return {
    type: type as StoredDefinition['type'],
    id: id!,
    version: Number(version),
    lastUpdated: toInstant(lastUpdated!),
    resource: { ...JSON.parse(text!), resourceType: type, id },
  };
}

/** The set and its codes in one statement: whoever sees the one sees the others. */
function keepStatements(codes: readonly SetCode[]): Statement[] {
  const sorted = codes.toSorted((a, b) => compare(a.system, b.system) || compare(a.code, b.code));
  const hash = createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
  return [
    {
      text: `with s as (
          insert into code_set (hash, used) values (decode($1, 'hex'), now()) on conflict (hash) do nothing returning n)
        insert into code_set_code (set, system, code, v, caseless)
        select s.n, u.system, u.code, u.system || '|' || u.code, u.caseless = 'true'
        from s, unnest($2::text[], $3::text[], $4::text[]) u(system, code, caseless)`,
      values: [
        hash,
        sorted.map(({ system }) => system),
        sorted.map(({ code }) => code),
        sorted.map(({ caseless }) => String(caseless)),
      ],
    },
    { text: `update code_set set used = now() where hash = decode($1, 'hex') returning n`, values: [hash] },
    {
      text: 'delete from code_set where used < now() - make_interval(days => $1::int)',
      values: [UNUSED_DAYS],
    },
    ...(codes.length >= ANALYZED_MIN ? [{ text: 'analyze code_set_code' }] : []),
  ];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
