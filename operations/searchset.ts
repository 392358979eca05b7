/** Bundles of type searchset, made of the texts of resources. https://hl7.org/fhir/R4/http.html#search */
import {
  type Context,
  type Finding,
  parseJson,
  type Subset,
  subset,
  toOutcome,
  writeJson,
} from '../resources/index.ts';
import type { SearchPage, Version } from '../store/index.ts';
import type { Query } from './call.ts';

export interface Searchset {
  /** What follows the base: `Patient`, `Patient/1/Observation`; empty for the whole server. */
  readonly path: string;
  readonly page: SearchPage;
  /** What was honoured, without the continuation. */
  readonly honoured: Query;
  /** The continuation that this page was asked by. */
  readonly continuation: string | undefined;
  /** What of each resource is wanted; undefined for the whole. */
  readonly wanted: Subset | undefined;
}

/** The text of the Bundle. Resources are put in as they are stored; only where a part of them is wanted are they parsed. */
export function searchsetText({ path, page, honoured, continuation, wanted }: Searchset, context: Context): string {
  const { matches, scores, included, total, notes } = page;
  const links = linksOf(path, honoured, page, continuation, context);
  const head = JSON.stringify({ resourceType: 'Bundle', type: 'searchset', total, link: links });
  // What a caller names with _elements are elements of what was searched for, not of what comes with it.
  const ofIncluded = wanted && 'elements' in wanted ? undefined : wanted;
  const entries = [
    ...matches.map((version, index) => entryText(version, { mode: 'match', score: scores?.[index] }, wanted, context)),
    ...included.map((version) => entryText(version, { mode: 'include' }, ofIncluded, context)),
    ...(notes.length > 0 ? [outcomeText(notes)] : []),
  ];
  return entries.length === 0 ? head : `${head.slice(0, -1)},"entry":[${entries.join(',')}]}`;
}

function linksOf(path: string, honoured: Query, page: SearchPage, continuation: string | undefined, context: Context) {
  const url = (token?: string) =>
    urlOf(path, token === undefined ? honoured : [...honoured, ['_page', token]], context);
  const links = [{ relation: 'self', url: url(continuation) }];
  if (continuation !== undefined || page.next !== undefined) links.push({ relation: 'first', url: url() });
  if (page.previous !== undefined) links.push({ relation: 'previous', url: url(page.previous) });
  if (page.next !== undefined) links.push({ relation: 'next', url: url(page.next) });
  return links;
}

function urlOf(path: string, query: Query, { base }: Context): string {
  const place = path === '' ? base : `${base}/${path}`;
  if (query.length === 0) return place;
  return `${place}?${query.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&')}`;
}

/** Characters that may stand in a query as they are stay readable. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/%(?:3A|2C|2F|24)/g, (code) => decodeURIComponent(code));
}

function entryText(version: Version, search: object, wanted: Subset | undefined, { base }: Context): string {
  const { type, id, container, text } = version;
  const place = container === undefined ? `${type}/${id}` : `${container}#${id}`;
  return `{"fullUrl":${JSON.stringify(`${base}/${place}`)},"resource":${wanted ? partText(text, wanted) : text},"search":${JSON.stringify(search)}}`;
}

function partText(text: string, wanted: Subset): string {
  const { value, digits } = parseJson(text);
  return writeJson(subset(value, wanted, digits), digits);
}

function outcomeText(notes: readonly Finding[]): string {
  return `{"resource":${JSON.stringify(toOutcome(notes))},"search":{"mode":"outcome"}}`;
}
