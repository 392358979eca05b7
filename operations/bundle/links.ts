/**
 * References of a transaction's resources that only the transaction can resolve: to other entries by fullUrl, and by
 * search criteria. https://hl7.org/fhir/R4/http.html#trules
 *
 * `Reference.reference` is replaced in the text itself: the other elements named `reference` that hold text in R4 are of
 * type uri (Expression, DetectedIssue, Immunization.education), links as well. Elsewhere a link may stand in elements of
 * type uri, url, oid and uuid and in narrative; only where the text still holds one after that is the resource walked by
 * its definitions.
 */
import { keepLinks, type Links } from './typed-links.ts';

// A key is never escaped, and a quotation mark within a string always is: so this stands before members only.
const REFERENCE = '"reference"';
const CONDITIONAL = /^([A-Z][A-Za-z]+)\?(.+)$/s;
/** How links begin that may stand elsewhere than in references, and what they look like. */
const ELSEWHERE = [
  { start: 'urn:', whole: /urn:(?:uuid|oid):[A-Za-z0-9.-]+/g },
  { start: 'http', whole: /https?:\/\/[^"\\\s<>]+/g },
] as const;

/** The conditional references (`Practitioner?identifier=…`) in a resource's text, in order. */
export function conditionalReferences(text: string): string[] {
  if (!text.includes('?')) return [];
  const found: string[] = [];
  let mark = -1;
  for (let at = valueOfReference(text, 0); at > 0; at = valueOfReference(text, at)) {
    if (mark < at) mark = text.indexOf('?', at);
    if (mark < 0) break;
    const end = endOfString(text, at);
    if (mark > end) continue;
    const reference = unescaped(text.slice(at, end));
    if (CONDITIONAL.test(reference)) found.push(reference);
  }
  return found;
}

/** `Practitioner?identifier=…` → type and query; undefined for any other reference. */
export function parseConditional(reference: string): { type: string; query: string } | undefined {
  const match = CONDITIONAL.exec(reference);
  return match ? { type: match[1]!, query: match[2]! } : undefined;
}

/** The resource's text with every link replaced that `links` knows. @param type its resource type */
export function replaceLinks(text: string, type: string, links: Links): string {
  if (links.size === 0) return text;
  let replaced = '';
  let from = 0;
  for (let at = valueOfReference(text, 0); at > 0; at = valueOfReference(text, at)) {
    const end = endOfString(text, at);
    if (end < 0) break;
    const written = unescaped(text.slice(at, end));
    const target = links.get(written) ?? fragmentTarget(written, links);
    if (target === undefined) continue;
    replaced += text.slice(from, at - 1) + JSON.stringify(target);
    from = end + 1;
  }
  if (from > 0) replaced += text.slice(from);
  else replaced = text;
  return holdsLink(replaced, links) ? keepLinks(replaced, type, links) : replaced;
}

/** `urn:uuid:…#part` keeps its fragment. */
function fragmentTarget(reference: string, links: Links): string | undefined {
  const at = reference.indexOf('#');
  const target = at > 0 ? links.get(reference.slice(0, at)) : undefined;
  return target && `${target}${reference.slice(at)}`;
}

function holdsLink(text: string, links: Links): boolean {
  for (const { start, whole } of kindsOf(links)) {
    if (!text.includes(start)) continue;
    for (const [link] of text.matchAll(whole)) if (links.has(link)) return true;
  }
  return false;
}

type Kinds = readonly (typeof ELSEWHERE)[number][];
const kinds = new WeakMap<Links, Kinds>();

/** The kinds that a transaction has at all: nearly always one of them, so that URLs need not be looked through. */
function kindsOf(links: Links): Kinds {
  let known = kinds.get(links);
  if (!known) {
    const keys = [...links.keys()];
    known = ELSEWHERE.filter(({ start }) => keys.some((key) => key.startsWith(start)));
    kinds.set(links, known);
  }
  return known;
}

/** Where the text of the next member `reference` begins, behind its quotation mark; 0 where there is none. */
function valueOfReference(text: string, from: number): number {
  for (let at = text.indexOf(REFERENCE, from); at >= 0; at = text.indexOf(REFERENCE, at + 1)) {
    const colon = skipSpace(text, at + REFERENCE.length);
    if (text[colon] !== ':') continue;
    const quote = skipSpace(text, colon + 1);
    if (text[quote] === '"') return quote + 1;
  }
  return 0;
}

/** Where the quotation mark stands that ends the string which begins at `from`; -1 where there is none. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = end - 1;
    while (slashes >= from && text[slashes] === '\\') slashes--;
    if ((end - slashes) % 2 === 1) return end;
  }
  return -1;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return at;
}

/** A broken escape is left for the parser, which tells its line and column. */
function unescaped(written: string): string {
  if (!written.includes('\\')) return written;
  try {
    return JSON.parse(`"${written}"`) as string;
  } catch {
    return written;
  }
}
