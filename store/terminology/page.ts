/** A page of the concepts of one system that are in a value set, perhaps found by words. */
import type { Context } from '../../resources/index.ts';
import type { Database } from '../database.ts';
import { all, literal, type Sql, sql, toStatement } from '../sql.ts';
import { bandSearch } from './band-search.ts';
import { conceptCondition, type NumberOf } from './condition.ts';
import { frequenciesOf, NOTHING_KNOWN } from './frequencies.ts';
import { conceptColumns, type LoadedConcept, toConcept } from './loaded.ts';
import { both, type Term } from './term.ts';

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
/** A branch so small is worth a condition for the index; of a larger one enough is met soon, in the order of the system above all. */
const BRANCH_MAX = { withWords: 100_000, inOrder: 20_000 };

/** One trip, and one more for the first words in each system. Found by words: those with the shortest displays first; else in the order of the system. */
export async function conceptPage(
  database: Pick<Database, 'searches'>,
  request: PageRequest,
  context: Context,
): Promise<ConceptPage> {
  const { system, words, term, activeOnly, selectableOnly, size } = request;
  const isKnown = size.isExact && !activeOnly && !selectableOnly;
  const isByWords = words !== undefined && words.length > 0;
  const parts = (term.kind === 'and' ? term.of : [term]).filter(({ kind }) => kind !== 'known');
  const isInBranch = isByWords
    ? size.most <= BRANCH_MAX.withWords && parts.some(isBranch)
    : size.most <= BRANCH_MAX.inOrder && parts.length > 0 && parts.every(isBranch);
  const page =
    isByWords || isInBranch
      ? bandSearch(
          { ...request, isByWords, isInBranch },
          isInBranch ? chosenByIndex(request, parts) : checked(chosen(request)),
          columns(system),
          isByWords ? await frequenciesOf(database, system, context) : NOTHING_KNOWN,
        )
      : inOrder(request);
  const isCounted = isByWords || isKnown;
  const [rows, counts] = await database.searches.run(
    (isCounted ? [page] : [page, counting(request)]).map(toStatement),
    context,
  );
  // In bands there is a row without a concept where the page is empty; the number found stands behind the columns.
  const concepts = rows!.filter(([key]) => key !== null).map(toConcept);
  if (isKnown && !isByWords) return { concepts, total: size.most };
  const total = isByWords ? rows![0]!.at(-1)! : counts![0]![0]!;
  const isTold = total !== null && (isByWords || Number(total) <= COUNTED_MAX);
  return { concepts, total: isTold ? Number(total) : undefined };
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

/** Branches are for the index, everything else is checked on what was found there. */
function chosenByIndex(request: PageRequest, parts: readonly Term[]): Sql {
  const branches = parts.filter(isBranch).map((term) => chosen({ ...request, term }));
  return sql`${all(branches)} AND ${checked(chosen({ ...request, term: both(parts.filter((one) => !isBranch(one))) }))}`;
}

/** A condition within IS TRUE is none for the index: it would collect everything that is common first. */
function checked(condition: Sql): Sql {
  return sql`(${condition}) IS TRUE`;
}

function isBranch(term: Term): boolean {
  if (term.kind !== 'filter') return false;
  const { property, op } = term.filter;
  return (property === 'concept' || property === 'code') && (op === 'is-a' || op === 'descendent-of');
}

/** Text of the program's own. */
function columns(system: number): Sql {
  const text = conceptColumns(system);
  return sql(Object.assign([text], { raw: [text] }));
}
