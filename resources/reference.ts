/** Literal references, taken apart. https://hl7.org/fhir/R4/references.html#literal, http.html#versions */
import { isResourceType } from './definitions.ts';

/** What an id of R4 may be: also what a client may choose. https://hl7.org/fhir/R4/datatypes.html#id */
export const idPattern = /^[A-Za-z0-9\-.]{1,64}$/;

/** A literal reference by what it is. */
export type ParsedReference =
  /** On this server: `Patient/7`, `Patient/7/_history/2`, or the same below the server's own base. */
  | { readonly kind: 'local'; readonly type: string; readonly id: string; readonly version?: string }
  /** Elsewhere; type and id are there when the address is that of a resource on a FHIR server. */
  | {
      readonly kind: 'absolute';
      readonly url: string;
      readonly type?: string;
      readonly id?: string;
      readonly version?: string;
    }
  /** `urn:uuid:…` or `urn:oid:…`: an entry of the same Bundle, or a name. */
  | { readonly kind: 'urn'; readonly url: string }
  /** `#id`: a contained resource; the id is empty for the container itself. */
  | { readonly kind: 'fragment'; readonly id: string }
  /** `Patient?identifier=…`: to be resolved inside a transaction. */
  | { readonly kind: 'conditional'; readonly type: string; readonly query: string }
  /** Nothing that R4 gives a meaning. */
  | { readonly kind: 'other'; readonly text: string };

/**
 * Takes a literal reference apart.
 * @param base the server's own base without a trailing slash; references below it are local
 * @returns never throws: what is no reference comes back as `other`
 */
export function parseReference(text: string, base?: string): ParsedReference {
  if (base !== undefined && text.startsWith(`${base}/`))
    return parseRelative(text.slice(base.length + 1)) ?? parseElsewhere(text);
  return parseRelative(text) ?? parseElsewhere(text);
}

/** A canonical url, its business version and its fragment: `http://…/ValueSet/a|1.0#b`. https://hl7.org/fhir/R4/references.html#canonical */
export function parseCanonical(text: string): { url: string; version?: string; fragment?: string } {
  // In expressions of SNOMED CT bars are part of the url. https://hl7.org/fhir/R4/snomedct.html#implicit
  if (text.includes('?fhir_vs=ecl/')) return { url: text };
  const [, url, version, fragment] = /^([^|#]*)(?:\|([^#]*))?(?:#(.*))?$/s.exec(text)!;
  return { url: url!, ...(version ? { version } : {}), ...(fragment ? { fragment } : {}) };
}

function parseRelative(text: string): ParsedReference | undefined {
  const slash = text.indexOf('/');
  if (slash > 0 && isResourceType(text.slice(0, slash))) {
    const [type, id, history, version, ...more] = text.split('/');
    if (!idPattern.test(id!) || more.length > 0) return undefined;
    if (history === undefined) return { kind: 'local', type: type!, id: id! };
    if (history !== '_history' || version === undefined || !idPattern.test(version)) return undefined;
    return { kind: 'local', type: type!, id: id!, version };
  }
  const mark = text.indexOf('?');
  if (mark > 0 && isResourceType(text.slice(0, mark))) {
    return { kind: 'conditional', type: text.slice(0, mark), query: text.slice(mark + 1) };
  }
  return undefined;
}

function parseElsewhere(text: string): ParsedReference {
  if (text.startsWith('#')) return { kind: 'fragment', id: text.slice(1) };
  if (/^urn:/i.test(text)) return { kind: 'urn', url: text };
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) return { kind: 'other', text };
  const rest = /\/([A-Za-z]+\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?)$/.exec(text)?.[1];
  const there = rest === undefined ? undefined : parseRelative(rest);
  if (there?.kind !== 'local') return { kind: 'absolute', url: text };
  return { ...there, kind: 'absolute', url: text };
}
