/**
 * Browser apps of other origins: any origin may ask, none with credentials of the browser (cookies), so that an app
 * acts by what it was given and never by what the browser keeps. https://fetch.spec.whatwg.org/#http-cors-protocol
 *
 * Access-Control-Allow-Private-Network is not answered on purpose: browsers that ask for it keep public web sites away
 * from a server that listens on loopback.
 */
import type { IncomingHttpHeaders } from 'node:http';

const EXPOSED = [
  'Content-Location',
  'ETag',
  'Last-Modified',
  'Location',
  'Preference-Applied',
  'Retry-After',
  'Server-Timing',
  'X-Request-Id',
  'X-Security-Context',
].join(', ');

const ALLOWED_HEADERS = [
  'Accept',
  'Authorization',
  'Content-Type',
  'If-Match',
  'If-Modified-Since',
  'If-None-Exist',
  'If-None-Match',
  'Prefer',
  'X-Provenance',
  'X-Request-Id',
  'X-Security-Context',
].join(', ');

/** Headers of every answer to a page of another origin, as a flat list of names and values. */
export const CORS_HEADERS: readonly string[] = [
  'Access-Control-Allow-Origin',
  '*',
  'Access-Control-Expose-Headers',
  EXPOSED,
  'Timing-Allow-Origin',
  '*',
];

/** Whether an OPTIONS request is a browser's question before the real request. */
export function isPreflight(method: string | undefined, headers: IncomingHttpHeaders): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

/** What else a preflight is told; browsers may keep it for a day (most cap it lower themselves). */
export const PREFLIGHT_HEADERS: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers': ALLOWED_HEADERS,
  'Access-Control-Max-Age': '86400',
};
