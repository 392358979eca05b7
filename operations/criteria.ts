/** Criteria of conditional interactions: a query that must say something. https://hl7.org/fhir/R4/http.html#cond-update */
import { Fault } from '../resources/index.ts';
import type { Criteria } from '../store/index.ts';
import { parseQuery, type Query } from './call.ts';
import { withoutGeneral } from './interaction.ts';

/**
 * Criteria from the text of If-None-Exist or the query of a conditional URL.
 * Result parameters (`_count`, `_sort` …) select nothing and do not count as criteria.
 * @throws Fault `invalid-request` where nothing is asked (empty criteria would select everything), or of another type.
 */
export function parseCriteria(type: string, text: string, where: string): Criteria {
  const [, named, query] = URL_LIKE.exec(text)!;
  if (named && named !== type) {
    throw new Fault('invalid-request', `${where}: the criteria are for ${named}, but the request is for ${type}.`, {
      hint: `Leave out ${JSON.stringify(`${named}?`)}.`,
    });
  }
  return criteriaOf(type, parseQuery(query!.trim()), where);
}

/** `Patient?a=b`, `?a=b` or `a=b`; a question mark within a value is part of the value. */
const URL_LIKE = /^\s*(?:([A-Za-z]*)\?)?(.*)$/s;

/** The same from a query that is parsed already. @throws Fault `invalid-request` */
export function criteriaOf(type: string, query: Query, where: string): Criteria {
  const asked = withoutGeneral(query).filter(([, value]) => value.trim() !== '');
  const empty = withoutGeneral(query).length !== asked.length;
  if (asked.length === 0 || empty || asked.every(([name]) => RESULT_PARAMETERS.has(name))) {
    throw new Fault('invalid-request', `${where}: criteria are missing${empty ? ' or have an empty value' : ''}.`, {
      hint: 'Give at least one search parameter with a value, such as identifier=system|value.',
    });
  }
  return { type, query: asked, where };
}

const RESULT_PARAMETERS: ReadonlySet<string> = new Set([
  '_count',
  '_sort',
  '_total',
  '_summary',
  '_elements',
  '_include',
  '_revinclude',
  '_contained',
  '_containedType',
  '_maxresults',
]);
