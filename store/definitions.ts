/**
 * Definitions that are stored, by the address that others name them by: profiles, value sets, code systems, concept maps,
 * whichever way they were written. https://hl7.org/fhir/R4/references.html#canonical
 */
import type { CodeSystem, Resource, ValueSet } from 'fhir/r4.js';
import { type Access, type Context, searchParameters } from '../resources/index.ts';
import type { Database } from './database.ts';
import { meaning } from './guides/meaning.ts';
import type { DefinitionName, DefinitionType } from './search/code-sets.ts';
import { currentRows, type Scope } from './search/plan/scope.ts';
import { addressText } from './search/uri.ts';
import type { Row, Statement } from './session.ts';
import { join, literal, name, type Sql, sql, toStatement } from './sql.ts';
import { toInstant } from './time.ts';

/** The channel on which processes tell each other that definitions changed; 0009-definitions.sql knows it too. */
export const DEFINITIONS_CHANNEL = 'vesta_definitions';

/** Types whose changes are told to all processes; 0009-definitions.sql has the same list. */
export const TOLD_TYPES: ReadonlySet<string> = new Set<DefinitionType>([
  'CodeSystem',
  'ConceptMap',
  'NamingSystem',
  'OperationDefinition',
  'SearchParameter',
  'StructureDefinition',
  'ValueSet',
]);

/** A current definition that the caller may see. */
export interface StoredDefinition<T extends Resource = ValueSet | CodeSystem> {
  readonly type: DefinitionType;
  readonly id: string;
  readonly version: number;
  /** ISO instant. */
  readonly lastUpdated: string;
  /** It is the one of several versions that a canonical without a version means, as a guide or `npm run ig -- pin` says. */
  readonly pinned?: true;
  /** What its guide means by canonicals without a version, where that is not what is pinned: url → version. */
  readonly means?: Readonly<Record<string, string>>;
  /** Without meta. The canonicals that `means` tells of have their version here. */
  readonly resource: T;
}

/** The room of definitions. */
export interface Definitions {
  /**
   * The current definitions of these names that the caller may see, R4's own not among them: all versions where the name
   * has none (`meantFirst` tells the one that is meant). One trip.
   */
  find<T extends Resource = ValueSet | CodeSystem>(
    access: Access,
    names: readonly DefinitionName[],
    context: Context,
  ): Promise<readonly StoredDefinition<T>[]>;
  /**
   * The profiles on resources that the caller may see and nobody has retired: type → their canonicals without version,
   * sorted. One trip, which reads all of them.
   */
  profiles(access: Access, context: Context): Promise<ReadonlyMap<string, readonly string[]>>;
  /**
   * Counts the changes of definitions of these types that this process has heard of: its own before their writer hears
   * that they are stored, those of other processes some milliseconds after. What was made of definitions holds for as
   * long as this is the number that it was before they were read.
   */
  generation(...types: readonly DefinitionType[]): number;
}

/** @returns the room, and what is to be called when definitions were written here or a word was heard from elsewhere */
export function openDefinitions({
  database,
  ...places
}: Pick<Scope, 'types' | 'hasher'> & { readonly database: Pick<Database, 'searches'> }) {
  const changes = new Map<string, number>();
  let everything = 0;
  const changed = (types: readonly string[]) => {
    for (const type of types) changes.set(type, (changes.get(type) ?? 0) + 1);
  };
  const room: Definitions = {
    async find<T extends Resource>(access: Access, names: readonly DefinitionName[], context: Context) {
      if (names.length === 0) return [];
      const statement = definitionsStatement({ ...places, access }, names, 'content');
      const [rows] = await database.searches.run([statement], context);
      return rows!.map((row) => toDefinition<T>(row));
    },
    async profiles(access, context) {
      const [rows] = await database.searches.run([profilesStatement({ ...places, access })], context);
      return new Map(rows!.map(([type, urls]) => [type!, JSON.parse(urls!) as string[]]));
    },
    generation(...types) {
      let sum = everything;
      for (const type of types) sum += changes.get(type) ?? 0;
      return sum;
    },
  };
  return {
    room,
    changed,
    /** To be called for each word on `DEFINITIONS_CHANNEL`. */
    heard(word: string | undefined) {
      if (word) changed([places.types.name(word)]);
      else everything++;
    },
  };
}

/** Sorts definitions of one address: what a canonical without a version means comes first. */
export function meantFirst(a: StoredDefinition<Resource>, b: StoredDefinition<Resource>): number {
  if (a.pinned !== b.pinned) return a.pinned ? -1 : 1;
  const [first, second] = [versionOf(a), versionOf(b)];
  return second.localeCompare(first, 'en', { numeric: true }) || (a.lastUpdated < b.lastUpdated ? 1 : -1);
}

/**
 * What stands for the definitions of these names that are current and visible now: as long as it is the same, so are they.
 * Columns: type, id, version, pinned.
 */
export function currentStatement(
  scope: Pick<Scope, 'access' | 'types' | 'hasher'>,
  names: readonly DefinitionName[],
): Statement {
  return definitionsStatement(scope, names, 'mark');
}

/** One row of `currentStatement`, or the definition that it is about, as one text. */
export function markOf(type: string, id: string, version: number | string, pinned = false): string {
  return `${type}/${id}/_history/${version}${pinned ? ' pinned' : ''}`;
}

/** The marks of all rows of `currentStatement`, sorted. */
export function marksOf(rows: readonly Row[]): string[] {
  return rows.map(([type, id, version, pinned]) => markOf(type!, id!, version!, pinned === 't')).sort();
}

function definitionsStatement(
  scope: Pick<Scope, 'access' | 'types' | 'hasher'>,
  names: readonly DefinitionName[],
  what: 'content' | 'mark',
): Statement {
  const types = [...new Set(names.map(({ type }) => type))].sort();
  const selects = types.map((type) => {
    const own = names.filter((one) => one.type === type);
    const urls = own.flatMap((one) => ('url' in one ? [addressHash(scope, type, one)] : []));
    const rids = own.flatMap((one) => ('id' in one ? [scope.hasher.rid(type, one.id)] : []));
    const { from, where, typed } = currentRows(scope, [type], 'o', 'row');
    const is = sql`(o.h && ${urls}::int8[] OR o.rid = any(${rids}::int8[]))`;
    const { n, partition } = scope.types.place(type);
    const number = literal(n);
    const pinned = sql`EXISTS (SELECT FROM guide_pin p WHERE p.type = ${number} AND p.id = o.id)`;
    const selected = sql`SELECT ${type}::text, o.id, o.ver::text, ${pinned}`;
    if (what === 'mark') return sql`${selected} FROM ${from} WHERE ${typed} AND ${where} AND ${is}`;
    return sql`${selected}, v.last_updated::text, v.resource::text, ${meantVersions(number)}
      FROM ${from} JOIN ${name(`ver_${partition}`)} v ON v.type = ${number} AND v.id = o.id AND v.ver = o.ver
      WHERE ${typed} AND ${where} AND ${is}`;
  });
  return toStatement(join(selects, sql` UNION ALL `));
}

function profilesStatement(scope: Pick<Scope, 'access' | 'types'>): Statement {
  const { from, where } = currentRows(scope, ['StructureDefinition'], 'o', 'row');
  return toStatement(sql`SELECT p.type, jsonb_agg(DISTINCT p.url ORDER BY p.url)::text
    FROM ${from} JOIN ver_rest v ON v.type = o.type AND v.id = o.id AND v.ver = o.ver
    CROSS JOIN jsonb_to_record(v.resource) p(type text, url text, kind text, derivation text, status text)
    WHERE ${where} AND p.kind = 'resource' AND p.derivation = 'constraint' AND p.status <> 'retired' GROUP BY 1`);
}

/** What the guide of the row `o` means by canonicals without a version, where that is not what is pinned: url → version. */
function meantVersions(type: Sql): Sql {
  return sql`(SELECT jsonb_object_agg(m.url, m.version)::text FROM guide_member s
    JOIN guide_reach r ON r.guide = s.guide JOIN guide_member m ON m.guide = r.reaches
    JOIN guide_pin p ON p.type = m.type AND p.url = m.url AND p.id <> m.id
    WHERE s.type = ${type} AND s.id = o.id AND m.version IS NOT NULL)`;
}

function addressHash(
  { hasher }: Pick<Scope, 'hasher'>,
  type: string,
  { url, version }: { readonly url: string; readonly version?: string },
): bigint {
  const [slot] = searchParameters(type).get('url')!.slots;
  return hasher.hash(addressText(slot!, version === undefined ? url : `${url}|${version}`));
}

function toDefinition<T extends Resource>([
  type,
  id,
  version,
  pinned,
  lastUpdated,
  text,
  meant,
]: Row): StoredDefinition<T> {
  const resource = { ...JSON.parse(text!), resourceType: type, id } as T;
  const means = meant ? (JSON.parse(meant) as Record<string, string>) : undefined;
  return {
    type: type as DefinitionType,
    id: id!,
    version: Number(version),
    lastUpdated: toInstant(lastUpdated!),
    ...(pinned === 't' && { pinned: true }),
    ...(means && { means }),
    resource: means ? meaning(resource, means) : resource,
  };
}

function versionOf({ resource }: StoredDefinition<Resource>): string {
  return (resource as { version?: string }).version ?? '';
}
