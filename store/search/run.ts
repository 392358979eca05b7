/** Searches carried out: the statement of a page sent, its rows made into versions and continuations. */
import { type Access, assembleContained, type Context, Fault, type Finding } from '../../resources/index.ts';
import { isNotActive } from '../parameters/renew.ts';
import { toVersion, VERSION_COLUMNS } from '../read.ts';
import type { Criteria, SearchPage, Version } from '../records.ts';
import type { Row, Statement } from '../session.ts';
import { Sql } from '../sql.ts';
import { isTimeout } from '../sqlstate.ts';
import type { TypeNumbers } from '../types.ts';
import { requireNotContained } from './contained-control.ts';
import { type Explanation, explain } from './explain.ts';
import { fromPage, toPage } from './page.ts';
import { pageRows, readsWords, type SearchParts } from './page-rows.ts';
import { parseSearch } from './parse.ts';
import {
  CHAINED_MAX,
  INCLUDED_MAX,
  type Position,
  planConditional,
  planSearch,
  ROW,
  type Scope,
  type Start,
} from './plan.ts';
import { mayHold } from './recheck.ts';
import { tooManyScored } from './text.ts';
import type { Search } from './tree.ts';

/** @param secret of the database, for continuations @param zone what dates without one mean */
export function openSearch(parts: SearchParts, secret: Buffer, zone: string) {
  const outdated = (error: unknown) => notWhole(parts.parameters, error);
  const statementOf = (access: Access, search: Search, context: Context) => {
    const start = search.page === undefined ? undefined : fromPage(secret, search.page, search, access);
    const counts = search.count === 0 || search.total === 'accurate' || search.total === 'estimate';
    const count = countOf(search, start);
    const scope = { ...scopeOf(parts, access, zone, context), codeSets: search.codeSets?.sets, shares: parts.shares };
    const statement = planSearch({ ...search, count }, start, counts, scope);
    return { start, statement };
  };
  return {
    explain(access: Access, search: Search, context: Context): Promise<Explanation> {
      const { statement } = statementOf(access, search, context);
      return explain(parts.database.searches, statement, context).catch(tooCostly);
    },
    async search(access: Access, search: Search, context: Context): Promise<SearchPage> {
      const { statement, start } = statementOf(access, search, context);
      const rows = await pageRows(parts, access, search, statement, context).catch(tooCostly).catch(outdated);
      if (rows.some(([kind]) => kind === ROW.tooMany)) throw tooManyToSort(search);
      const matches = rows.filter(([kind]) => kind === ROW.match).sort((a, b) => Number(a[1]) - Number(b[1]));
      const included = rows.filter(([kind]) => kind === ROW.included);
      const total = rows.find(([kind]) => kind === ROW.total || kind === ROW.estimate);
      const hasMore = rows.some(([kind]) => kind === ROW.more);
      const ends = { first: matches[0], last: matches.at(-1), hasMore };
      if (start?.backwards) matches.reverse();
      const given = givenAround(search, start, matches.length);
      const link = (row: Row, backwards: boolean) =>
        toPage(
          secret,
          { position: positionOf(row), backwards, given: given?.[backwards ? 'before' : 'after'] },
          search,
          access,
        );
      const { after, before } = neighbours(ends, start?.backwards);
      const isLast = given !== undefined && given.after >= search.maxResults!;
      return {
        matches: matches.map((row) => (search.among ? matchOf : versionOf)(row, parts.types)),
        ...scoresOf(rows, matches),
        included: included.slice(0, INCLUDED_MAX).map((row) => versionOf(row, parts.types)),
        ...totalOf(total?.[1], search, matches.length, hasMore, start !== undefined),
        ...(after && !isLast ? { next: link(after, false) } : {}),
        ...(before ? { previous: link(before, true) } : {}),
        notes: [
          ...search.notes,
          ...(included.length > INCLUDED_MAX ? [tooManyIncluded()] : []),
          ...(total?.[0] === ROW.estimate ? [estimated(total[1]!)] : []),
          ...(rows.some(([kind]) => kind === ROW.cut) ? [tooManyScored()] : []),
        ],
      };
    },
  };
}

/** How the criteria of conditional interactions are searched. */
export function openMatcher(parts: Pick<SearchParts, 'types' | 'extractor' | 'parameters'>, zone: string) {
  const { parameters } = parts;
  const parse = ({ type, query, where }: Criteria): Search => {
    requireNotContained(query, where);
    try {
      return parseSearch({ type, query, handling: 'strict', limits: { countDefault: 2, countMax: 1000 }, parameters });
    } catch (error) {
      throw error instanceof Fault ? placed(error, where) : error;
    }
  };
  return {
    statement(access: Access, criteria: Criteria, limit: number, context: Context): Statement {
      const statement = planConditional(parse(criteria), limit, VERSION, scopeOf(parts, access, zone, context));
      return readsWords(statement) ? refuseWords(criteria) : statement;
    },
    holds(criteria: Criteria, version: Version): boolean {
      return mayHold(parse(criteria).criteria, JSON.parse(version.text));
    },
  };
}

// What is locked and searched again inside a transaction must be exact there and then; words are written later.
function refuseWords({ where }: Criteria): never {
  throw new Fault('not-supported', `${where}: what is written cannot depend on _text or _content.`, {
    hint: 'Use criteria that are exact, such as identifier.',
  });
}

/** A parameter of a user went, or is built anew, and this process had not heard of it. */
async function notWhole(parameters: SearchParts['parameters'], error: unknown): Promise<never> {
  if (!isNotActive(error)) throw error;
  await parameters.refresh();
  throw new Fault('not-ready', 'A search parameter changed while it was searched by.', {
    hint: 'Search again; metadata lists the parameters that there are now.',
    headers: { 'Retry-After': '1' },
    cause: error,
  });
}

const VERSION = new Sql([VERSION_COLUMNS], []);

function scopeOf(
  { types, extractor }: Pick<SearchParts, 'types' | 'extractor'>,
  access: Access,
  zone: string,
  context: Context,
): Scope {
  return { access, hasher: extractor, types, zone, now: context.now(), base: context.base };
}

/** A match that may be contained: then its id names its container too. */
function matchOf(row: Row, types: TypeNumbers): Version {
  const [container, local] = row[3]!.split('#') as [string, string?];
  const version = versionOf(row, types);
  if (local === undefined) return version;
  const text = assembleContained(version.type, local, row[7] ?? undefined, row[8]!);
  return { ...version, id: local, container, text };
}

function versionOf(row: Row, types: TypeNumbers): Version {
  return toVersion(types.name(row[2]!), row.slice(3));
}

/** Matches on this page: what `_maxresults` leaves of those that a page may have. */
function countOf({ count, maxResults }: Search, start: Start | undefined): number {
  if (maxResults === undefined) return count;
  const given = start?.given ?? 0;
  return Math.min(count, start?.backwards ? Math.max(1, given) : Math.max(1, maxResults - given));
}

/** Matches on the pages before this one, and with those of this one; undefined where they need not be told. */
function givenAround(
  { maxResults }: Search,
  start: Start | undefined,
  found: number,
): { before: number; after: number } | undefined {
  if (maxResults === undefined) return undefined;
  const given = start?.given ?? 0;
  return start?.backwards
    ? { before: Math.max(0, given - found), after: given }
    : { before: given, after: given + found };
}

/** The rows beside which the neighbouring pages begin. */
function neighbours(
  { first, last, hasMore }: { first: Row | undefined; last: Row | undefined; hasMore: boolean },
  backwards: boolean | undefined,
): { after?: Row | undefined; before?: Row | undefined } {
  // The rows come in the order of reading: on a page that was read backwards the first one is the last of the page.
  if (backwards === undefined) return { after: hasMore ? last : undefined };
  if (backwards) return { after: first, before: hasMore ? last : undefined };
  return { after: hasMore ? last : undefined, before: first };
}

function positionOf(row: Row): Position {
  return { type: Number(row[2]), id: row[3]!, keys: JSON.parse(row[9]!) as (string | null)[] };
}

function scoresOf(rows: readonly Row[], matches: readonly Row[]): Pick<SearchPage, 'scores'> {
  const scores = new Map(rows.flatMap(([kind, n, score]) => (kind === ROW.score ? [[n, Number(score)] as const] : [])));
  return scores.size > 0 ? { scores: matches.map(([, n]) => scores.get(n!) ?? 0) } : {};
}

function totalOf(
  counted: string | null | undefined,
  search: Search,
  found: number,
  hasMore: boolean,
  isLater: boolean,
) {
  if (counted !== undefined) return { total: Number(counted) };
  return search.total === 'none' || hasMore || isLater ? {} : { total: found };
}

function tooManyIncluded(): Finding {
  return {
    kind: 'too-costly',
    severity: 'warning',
    text: `More than ${INCLUDED_MAX} resources belong to this page; only ${INCLUDED_MAX} of them are included.`,
    expression: '_include',
    hint: 'Ask for fewer matches on a page with _count, or search for the others themselves.',
  };
}

function estimated(total: string): Finding {
  return {
    kind: 'too-costly',
    severity: 'information',
    text: `The total of ${total} is an estimate, from a sample of what is stored.`,
    expression: '_total',
    hint: 'Ask for _total=accurate where the very number is needed.',
  };
}

function tooManyToSort({ sort }: Search): Fault {
  const chained = sort.filter(({ targets }) => targets).map(({ code }) => code);
  const text = `More than ${CHAINED_MAX} resources match, too many to sort them by what they refer to (${chained.join(', ')}).`;
  return new Fault('too-costly', text, {
    expression: '_sort',
    hint: 'Narrow the search, or sort by a parameter of the resources themselves.',
  });
}

/** A search that ran until its deadline asked for too much; the statement was cancelled in Postgres. */
function tooCostly(error: unknown): never {
  if (!(error instanceof Fault) || !isTimeout(error)) throw error;
  throw new Fault('too-costly', 'The search took longer than a search may take, and was cancelled.', {
    hint: 'Narrow it: name a patient or a code, a shorter range of dates, or one sort key; ask for no accurate total.',
    cause: error,
  });
}

function placed(fault: Fault, where: string): Fault {
  const [finding, ...more] = fault.findings;
  const text = `${where}: ${finding!.text}`;
  return new Fault(fault.kind, text, {
    findings: [{ ...finding!, text }, ...more],
    headers: fault.headers,
    cause: fault,
  });
}
