/**
 * References of a transaction's resources that only the transaction can resolve: to other entries by fullUrl, and by
 * search criteria. https://hl7.org/fhir/R4/http.html#trules
 *
 * `Reference.reference` is replaced in the text itself: the other elements named `reference` that hold text in R4 are of
 * type uri (Expression, DetectedIssue, Immunization.education), links as well. Elsewhere a link may stand in elements of type uri, url, oid and uuid and in narrative; only where the text still
 * holds one after that is the resource walked by its definitions.
 */
import { keepLinks } from './typed-links.ts';

/** Link as it stands in the text → `Type/id`. */
export type Links = ReadonlyMap<string, string>;

// A key is never escaped, and a quotation mark within a string always is: so this matches members only.
const REFERENCE = /"reference"(\s*:\s*)"((?:[^"\\]|\\.)*)"/g;
const CONDITIONAL = /^([A-Z][A-Za-z]+)\?(.+)$/s;
const URN = /urn:(?:uuid|oid):[A-Za-z0-9.-]+/g;
const URL_TEXT = /https?:\/\/[^"\\\s<>]+/g;

/** The conditional references (`Practitioner?identifier=…`) in a resource's text, in order. */
export function conditionalReferences(text: string): string[] {
  if (!text.includes('?')) return [];
  const found: string[] = [];
  for (const match of text.matchAll(REFERENCE)) {
    const reference = unescaped(match[2]!);
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
  const replaced = text.replace(REFERENCE, (whole, colon: string, written: string) => {
    const target = links.get(unescaped(written)) ?? fragmentTarget(unescaped(written), links);
    return target === undefined ? whole : `"reference"${colon}${JSON.stringify(target)}`;
  });
  return holdsLink(replaced, links) ? keepLinks(replaced, type, links) : replaced;
}

/** `urn:uuid:…#part` keeps its fragment. */
function fragmentTarget(reference: string, links: Links): string | undefined {
  const at = reference.indexOf('#');
  const target = at > 0 ? links.get(reference.slice(0, at)) : undefined;
  return target && `${target}${reference.slice(at)}`;
}

function holdsLink(text: string, links: Links): boolean {
  if (text.includes('urn:')) {
    for (const [urn] of text.matchAll(URN)) if (links.has(urn)) return true;
  }
  if (text.includes('http')) {
    for (const [url] of text.matchAll(URL_TEXT)) if (links.has(url)) return true;
  }
  return false;
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
