/**
 * The headers that make an interaction depend on what is stored.
 * https://hl7.org/fhir/R4/http.html#concurrency, https://hl7.org/fhir/R4/http.html#cread
 */
import { Fault } from '../resources/index.ts';

/** Version named by an ETag: a number, or undefined for one that no version here can have. */
const ETAG = /^(?:W\/)?"([^"]*)"$/;

/** ETag of a version: weak, since representations may differ in formatting. */
export function etagOf(version: number): string {
  return `W/"${version}"`;
}

/**
 * The version that If-Match asks for: undefined where the header is absent, '*' for any existing one, and -1 for an
 * ETag that no version here ever has (so that it conflicts).
 * @throws Fault `invalid-request` for anything that is not an ETag.
 */
export function parseIfMatch(header: string | undefined): number | '*' | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return '*';
  const tag = ETAG.exec(header.trim());
  if (!tag) throw badETag('If-Match', header);
  return versionNumber(tag[1]!);
}

/** Whether If-None-Match names the version that is current, so that a read answers 304. @throws Fault `invalid-request` */
export function noneMatchHolds(header: string, version: number): boolean {
  if (header.trim() === '*') return true;
  return header.split(',').some((part) => {
    const tag = ETAG.exec(part.trim());
    if (!tag) throw badETag('If-None-Match', header);
    return versionNumber(tag[1]!) === version;
  });
}

/**
 * Whether a resource is unchanged since the HTTP date of If-Modified-Since. An unreadable date is ignored, as HTTP
 * asks (RFC 9110, 13.1.3); HTTP dates have whole seconds, so the fraction of lastUpdated does not count.
 */
export function unmodifiedSince(header: string, lastUpdated: string): boolean {
  const since = Date.parse(header);
  return !Number.isNaN(since) && Math.floor(Date.parse(lastUpdated) / 1000) * 1000 <= since;
}

/** Version ids are the numbers 1, 2, 3 …; -1 stands for every other text. */
export function versionNumber(text: string): number {
  return /^[1-9][0-9]{0,8}$/.test(text) ? Number(text) : -1;
}

function badETag(name: string, header: string): Fault {
  return new Fault('invalid-request', `${name}: ${header.slice(0, 80)} is not an ETag.`, {
    hint: 'Send the ETag as the server gave it, for example W/"3", quotation marks included.',
  });
}
