/** What the terminology needs of the database: definitions by their url, and sets of codes that searches join. */
import { createHash } from 'node:crypto';
import type { Access, Context } from '../resources/index.ts';
import type { Database } from './database.ts';
import type { Definitions, StoredDefinition } from './definitions.ts';
import type { DefinitionName, DefinitionType } from './search/code-sets.ts';
import type { Statement } from './session.ts';
import { type ConceptRow, dropConcepts, loadConcepts, type SystemToLoad } from './terminology/load.ts';
import {
  type ConceptAnswer,
  type ConceptQuestion,
  findConcepts,
  type LoadedSystem,
  loadedSystems,
} from './terminology/loaded.ts';
import { type ConceptPage, conceptPage, type PageRequest } from './terminology/page.ts';

/** One code as it is compared. */
export interface SetCode {
  readonly system: string;
  /** In small letters where case says nothing in the system. */
  readonly code: string;
  readonly caseless: boolean;
}

/** The room of the terminology. */
export interface Concepts {
  /** `find` of the definitions. One trip. */
  definitions(access: Access, names: readonly DefinitionName[], context: Context): Promise<readonly StoredDefinition[]>;
  /** `generation` of the definitions. */
  generation(...types: readonly DefinitionType[]): number;
  /** The code systems whose concepts stand in tables and are ready. One trip. */
  loaded(context: Context): Promise<readonly LoadedSystem[]>;
  /** Concepts by their codes, of several systems. One trip. */
  find(questions: readonly ConceptQuestion[], context: Context): Promise<readonly ConceptAnswer[]>;
  /** A page of the concepts of which a term holds. One trip. */
  page(request: PageRequest, context: Context): Promise<ConceptPage>;
  /** `loadConcepts`. */
  load(
    system: SystemToLoad,
    rows: AsyncIterable<readonly ConceptRow[]> | Iterable<readonly ConceptRow[]>,
    context: Context,
  ): Promise<number>;
  /** `dropConcepts`. */
  drop(n: number, context: Context): Promise<void>;
  /** Makes sure that a set of these codes is there, for a day at least. One trip. @returns its number */
  keep(codes: readonly SetCode[], context: Context): Promise<bigint>;
}

/** Days for which a set stays that nobody asks for. */
const UNUSED_DAYS = 30;
/** Codes of a set of which the planner must know at once: it would look each of them up among a handful of distinct ones. */
const ANALYZED_MIN = 500;

export function openConcepts({
  database,
  definitions,
}: {
  readonly database: Pick<Database, 'house' | 'searches'>;
  readonly definitions: Definitions;
}): Concepts {
  return {
    definitions: (access, names, context) => definitions.find(access, names, context),
    generation: (...types) => definitions.generation(...types),
    loaded: (context) => loadedSystems(database, context),
    find: (questions, context) => findConcepts(database, questions, context),
    page: (request, context) => conceptPage(database, request, context),
    load: (system, rows, context) => loadConcepts(database, system, rows, context),
    drop: (n, context) => dropConcepts(database, n, context),
    async keep(codes, context) {
      const [, rows] = await database.house.run(keepStatements(codes), context);
      return BigInt(rows![0]![0]!);
    },
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
