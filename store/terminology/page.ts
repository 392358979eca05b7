/** A page of the concepts of one system that are in a value set, perhaps found by words. */
import type { Context } from '../../resources/index.ts';
import type { Database } from '../database.ts';
import { literal, type Sql, sql, toStatement } from '../sql.ts';
import { conceptCondition, type NumberOf } from './condition.ts';
import { conceptColumns, type LoadedConcept, toConcept } from './loaded.ts';
import type { Term } from './term.ts';
import { wordSearch } from './word-search.ts';

export interface PageRequest {
  readonly system: number;
  readonly isCaseless: boolean;
  readonly term: Term;
  readonly numberOf: NumberOf;
  /** In small letters and without accents: each must begin a word of the concept. */
  readonly words: readonly string[] | undefined;
  readonly activeOnly: boolean;
  readonly selectableOnly: boolean;
  readonly offset: number;
  readonly count: number;
  /** How many concepts the term holds of at most; exactly so many where nothing else is asked. */
  readonly size: { readonly most: number; readonly isExact: boolean };
}

export interface ConceptPage {
  readonly concepts: readonly LoadedConcept[];
  /** How many there are in all; undefined where counting them would take longer than finding the page. */
  readonly total: number | undefined;
}

/** Concepts that are counted; what has more is told without a total. */
const COUNTED_MAX = 10_000;

/** One trip. Found by words: those with the shortest displays first; else in the order of the system. */
export async function conceptPage(
  database: Pick<Database, 'searches'>,
  request: PageRequest,
  context: Context,
): Promise<ConceptPage> {
  if (request.words?.length) return foundPage(database, request, context);
  const { activeOnly, selectableOnly, size } = request;
  const isKnown = size.isExact && !activeOnly && !selectableOnly;
  const statements = isKnown ? [inOrder(request)] : [inOrder(request), counting(request)];
  const [rows, counts] = await database.searches.run(statements.map(toStatement), context);
  const total = isKnown ? size.most : Number(counts![0]![0]);
  return { concepts: rows!.map(toConcept), total: isKnown || total <= COUNTED_MAX ? total : undefined };
}

async function foundPage(
  database: Pick<Database, 'searches'>,
  request: PageRequest,
  context: Context,
): Promise<ConceptPage> {
  const search = wordSearch(request, chosen(request), columns(request.system));
  const [rows] = await database.searches.run([toStatement(search)], context);
  // What is counted stands behind the columns of the concept; without one there is a row all the same.
  const total = rows![0]!.at(-1);
  const concepts = rows!.filter(([key]) => key !== null).map(toConcept);
  return { concepts, total: total === null || total === undefined ? undefined : Number(total) };
}

/** How many concepts there are in a value set, up to a limit. */
function counting(request: PageRequest): Sql {
  const { system } = request;
  return sql`SELECT count(*) FROM (SELECT FROM concept c WHERE c.system = ${literal(system)} AND ${chosen(request)}
    LIMIT ${COUNTED_MAX + 1}) x`;
}

/** Numbers of concepts have no gaps, so that a page of a whole system is found by them; else only its own rows are worked out. */
function inOrder(request: PageRequest): Sql {
  const { system, term, activeOnly, selectableOnly, offset, count } = request;
  const isWhole = (term.kind === 'all' || term.kind === 'known') && !activeOnly && !selectableOnly;
  const page = isWhole
    ? sql`SELECT ${offset}::int + i AS n FROM generate_series(1, ${count}::int) i`
    : sql`SELECT c.n FROM concept c WHERE c.system = ${literal(system)} AND ${chosen(request)}
        ORDER BY c.n OFFSET ${offset} LIMIT ${count}`;
  return sql`SELECT ${columns(system)} FROM (${page}) page
    JOIN concept c ON c.system = ${literal(system)} AND c.n = page.n ORDER BY c.n`;
}

function chosen({ term, system, isCaseless, numberOf, activeOnly, selectableOnly }: PageRequest): Sql {
  const condition = conceptCondition(term, system, isCaseless, numberOf);
  return sql`${condition}${activeOnly ? sql` AND NOT c.inactive` : sql``}${selectableOnly ? sql` AND NOT c.abstract` : sql``}`;
}

/** Text of the program's own. */
function columns(system: number): Sql {
  const text = conceptColumns(system);
  return sql(Object.assign([text], { raw: [text] }));
}
