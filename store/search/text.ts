/**
 * `_text` and `_content`: words in the narrative, words anywhere in a resource; and `_score`, how well they fit.
 * https://hl7.org/fhir/R4/search.html#text, #content
 */
import { Fault, type Finding, type SearchParameter } from '../../resources/index.ts';
import { literal, name, type Sql, sql } from '../sql.ts';
import { type Condition, type PlanContext, RANK } from './condition.ts';
import { unescaped } from './escape.ts';
import { findsByWords, parseText, type TextQuery, toTsquery } from './text-query.ts';
import type { ByType, Criterion, SortKey } from './tree.ts';

/** The sort key that is no parameter. */
export const SCORE = '_score';

/** Whether a parameter is answered by words. */
export function isText(code: string): boolean {
  return code === '_text' || code === '_content';
}

/** Reading side; values are OR-ed. @throws Fault `invalid-value`, `too-costly` */
export function whereText(code: string, values: readonly string[], { alias, typeNumber }: PlanContext): Condition {
  const query = queryOf(code, values);
  const matches = sql`x.t @@ ${toTsquery(query, weightOf(code))}::tsquery`;
  const isRow = sql`x.type = ${name(`${alias}.type`)} AND x.rid = ${name(`${alias}.rid`)}`;
  const filter = sql`((SELECT true FROM x_text x WHERE ${isRow} AND ${matches} LIMIT 1) IS TRUE)`;
  // Nearly everything lacks a word: no index finds that.
  if (!findsByWords(query)) return { filter };
  const rids = sql`SELECT x.rid FROM x_text x WHERE x.type = ${literal(typeNumber)}::smallint AND ${matches}`;
  return {
    filter,
    driver: { rank: RANK.words, rids, across: sql`SELECT x.type, x.rid FROM x_text x WHERE ${matches}` },
  };
}

/**
 * How well the row of `alias` fits the words that the criteria ask for, from 0 to 1, as an expression.
 * Words in the narrative and words that stand close together count more.
 * @returns undefined where no words are asked of the matches themselves
 */
export function scoreOf(criteria: readonly Criterion[], alias: string): Sql | undefined {
  const asked = criteria.flatMap((one) => (one.kind === 'values' && isText(one.code) ? [one] : []));
  if (asked.length === 0) return undefined;
  const texts = asked.map(({ code, values }) => toTsquery(queryOf(code, values), weightOf(code)));
  // 32: rank / (rank + 1), which stays below 1.
  return sql`coalesce((SELECT round(ts_rank(x.t, ${texts.join(' & ')}::tsquery, 32)::numeric, 6)
    FROM x_text x WHERE x.type = ${name(`${alias}.type`)} AND x.rid = ${name(`${alias}.rid`)}), 0)`;
}

/** `_score` as a key of `_sort`: ascending like any other, so that the best come first in `-_score`. */
export function scoreKey(types: readonly string[], descending: boolean): SortKey {
  const parameter = (base: string): SearchParameter => ({
    code: SCORE,
    url: '',
    type: 'number',
    base,
    slots: [],
    targets: [],
    multipleOr: false,
    multipleAnd: false,
  });
  const by: ByType = new Map(types.map((type) => [type, parameter(type)]));
  return { code: SCORE, by, descending };
}

/** @throws Fault `invalid-request` where results are to be sorted by a score that they have not */
export function requireScored(sort: readonly SortKey[], criteria: readonly Criterion[]): void {
  if (!sort.some(({ code }) => code === SCORE) || scoreOf(criteria, 'o')) return;
  throw new Fault('invalid-request', 'Results have a score only where _text or _content is searched.', {
    expression: '_sort',
    hint: 'Add _text or _content, or sort by something else.',
  });
}

/** Why results cannot be sorted by words. */
export function unordered(code: string): Fault {
  return new Fault('not-supported', `Results cannot be sorted by ${code}: words have no order.`, {
    expression: '_sort',
    hint: 'Sort by -_score: the best first.',
  });
}

/** What is told where some matches were left out of an order by score. */
export function tooManyScored(): Finding {
  return {
    kind: 'too-costly',
    severity: 'warning',
    text: 'More resources hold these words than can be ordered by their score; some of them were left out.',
    expression: '_sort',
    hint: 'Ask for rarer words or more of them, or for another order.',
  };
}

function weightOf(code: string): 'A' | '' {
  return code === '_text' ? 'A' : '';
}

function queryOf(code: string, values: readonly string[]): TextQuery {
  const parts = values.map((value) => parseText(unescaped(value), code));
  return parts.length > 1 ? { kind: 'or', parts } : parts[0]!;
}
