/** Code systems whose concepts stand in tables: which there are, and what their rows say. */
import type { CodeSystem, CodeSystemConcept } from 'fhir/r4.js';
import type { Context } from '../../resources/index.ts';
import type { Database } from '../database.ts';
import type { Row, Statement } from '../session.ts';

/** One version of a code system in the tables. */
export interface LoadedSystem {
  readonly n: number;
  readonly url: string;
  readonly version: string | undefined;
  /** What its rows were made of: `CodeSystem/7/_history/2`, or the name of a release. */
  readonly identity: string;
  /** The CodeSystem without its concepts. */
  readonly about: CodeSystem;
  readonly concepts: number;
  /** Of several releases of a system: the one that is meant where no version is named. */
  readonly isCurrent: boolean;
}

/** A concept with its place in the hierarchy. */
export interface LoadedConcept extends CodeSystemConcept {
  /** Its number in the system. */
  readonly n: number;
  /** Numbers of itself and of all that subsume it. */
  readonly above: ReadonlySet<number>;
  /** Codes directly above it. */
  readonly parents: readonly string[];
  /** How many it subsumes, itself not counted. */
  readonly below: number;
  readonly inactive: boolean;
  readonly abstract: boolean;
}

/** What is lacking of one system. */
export interface ConceptQuestion {
  readonly system: number;
  /** Codes as they are compared. */
  readonly keys: readonly string[];
  /** Codes, as they are compared, whose children are to be told. */
  readonly childrenOf: readonly string[];
}

export interface ConceptAnswer {
  /** By the code as it is compared. */
  readonly concepts: ReadonlyMap<string, LoadedConcept>;
  /** By the code that was asked for. */
  readonly children: ReadonlyMap<string, readonly LoadedConcept[]>;
}

/** Children that are told of one concept. */
export const CHILDREN_MAX = 1_000;

/** All systems that are ready. One trip. */
export async function loadedSystems(database: Pick<Database, 'searches'>, context: Context): Promise<LoadedSystem[]> {
  const text = `select n, url, version, identity, about::text, concepts, state from concept_system where state <> 'loading' order by n`;
  const [rows] = await database.searches.run([{ text }], context);
  return rows!.map(([n, url, version, identity, about, concepts, state]) => ({
    n: Number(n),
    url: url!,
    version: version ?? undefined,
    identity: identity!,
    about: JSON.parse(about!),
    concepts: Number(concepts),
    isCurrent: state === 'ready',
  }));
}

/** The concepts of these codes, of several systems, in one trip. */
export async function findConcepts(
  database: Pick<Database, 'searches'>,
  questions: readonly ConceptQuestion[],
  context: Context,
): Promise<ConceptAnswer[]> {
  const asked = questions.flatMap(({ system, keys, childrenOf }, index) => [
    ...(keys.length > 0 ? [{ index, statement: byKey(system, keys) }] : []),
    ...(childrenOf.length > 0 ? [{ index, statement: byParent(system, childrenOf), isOfChildren: true }] : []),
  ]);
  const answers = questions.map(({ childrenOf }) => ({
    concepts: new Map<string, LoadedConcept>(),
    children: new Map<string, LoadedConcept[]>(childrenOf.map((key) => [key, []])),
  }));
  if (asked.length === 0) return answers;
  const results = await database.searches.run(
    asked.map(({ statement }) => statement),
    context,
  );
  for (const [at, { index, isOfChildren }] of asked.entries()) {
    const { concepts, children } = answers[index]!;
    for (const row of results[at]!) {
      if (isOfChildren) children.get(row.at(-1)!)!.push(toConcept(row));
      else concepts.set(row[0]!, toConcept(row));
    }
  }
  return answers;
}

/**
 * Columns of `toConcept`, of the concept `c` of a system. The number stands in the text, here and in conditions: with it the
 * planner knows the one table, and without it walks through all of them.
 */
export function conceptColumns(system: number): string {
  return `c.key, c.n, c.code, c.display, c.definition, c.inactive, c.abstract, c.above::text,
    c.property::text, c.designation::text, c.below,
    (select json_agg(p.code) from concept p where p.system = ${Math.trunc(system)} and p.n = any(c.parents))::text`;
}

export function toConcept(row: Row): LoadedConcept {
  const [, n, code, display, definition, inactive, abstract, above, property, designation, below, parents] = row;
  return {
    n: Number(n),
    code: code!,
    ...(display === null ? {} : { display: display! }),
    ...(definition === null ? {} : { definition: definition! }),
    ...(property === null ? {} : { property: JSON.parse(property!) }),
    ...(designation === null ? {} : { designation: JSON.parse(designation!) }),
    below: Number(below),
    inactive: inactive === 't',
    abstract: abstract === 't',
    above: new Set(above!.slice(1, -1).split(',').map(Number)),
    parents: parents ? JSON.parse(parents) : [],
  };
}

function byKey(system: number, keys: readonly string[]): Statement {
  return {
    text: `select ${conceptColumns(system)} from concept c where c.system = ${Math.trunc(system)} and c.key = any($1::text[])`,
    values: [keys],
  };
}

function byParent(system: number, keys: readonly string[]): Statement {
  const n = Math.trunc(system);
  return {
    text: `select ${conceptColumns(n)}, a.key from concept a
      cross join lateral (select * from concept d where d.system = ${n} and d.above @> array[a.n]
        and d.parents @> array[a.n] order by d.rank limit ${CHILDREN_MAX}) c
      where a.system = ${n} and a.key = any($1::text[])`,
    values: [keys],
  };
}
