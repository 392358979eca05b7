/**
 * Resources taken apart and put together as text: re-serialising costs as much as parsing and loses digits.
 * What the server owns (type, id, version, time) is cut out of the text on the way in and put in front on the way out.
 */
import type { Parsed } from './json.ts';
import { scanJson } from './json-scan.ts';

/**
 * The text of the object without its top-level resourceType, id and meta.
 * @returns valid JSON, `{}` when nothing is left; everything else exactly as it was written
 */
export function stripTop(parsed: Parsed): string {
  const { resourceType, id, meta } = parsed.members;
  return without(parsed.text, [resourceType, id, meta]);
}

/**
 * What meta says beyond versionId and lastUpdated (profile, security, tag, source …), as the text of an object.
 * @returns undefined when there is nothing
 */
export function metaRest(parsed: Parsed): string | undefined {
  const span = parsed.members.meta;
  const meta = parsed.value.meta;
  if (span === undefined || typeof meta !== 'object' || meta === null || Array.isArray(meta)) return undefined;
  const text = parsed.text.slice(span[0], span[1]);
  const object = text.slice(text.indexOf('{'));
  if (!('versionId' in meta || 'lastUpdated' in meta)) return isEmpty(object) ? undefined : object;
  const { versionId, lastUpdated } = scanJson(object).members;
  const rest = without(object, [versionId, lastUpdated]);
  return isEmpty(rest) ? undefined : rest;
}

/**
 * The text of a stored resource.
 * @param rest as metaRest gave it
 * @param body as stripTop gave it
 */
export function assemble(
  type: string,
  id: string,
  version: number,
  lastUpdatedIso: string,
  rest: string | undefined,
  body: string,
): string {
  const meta = `{"versionId":"${version}","lastUpdated":"${lastUpdatedIso}"${rest === undefined ? '' : `,${inside(rest)}`}}`;
  const head = `{"resourceType":"${type}","id":"${id}","meta":${meta}`;
  return isEmpty(body) ? `${head}}` : `${head},${inside(body)}}`;
}

/**
 * The text of a resource that another one contains, which has no version of its own.
 * @param meta the text of its own meta; undefined where it has none
 * @param body the rest of it, without resourceType, id and meta
 */
export function assembleContained(type: string, id: string, meta: string | undefined, body: string): string {
  const head = `{"resourceType":"${type}","id":"${id}"${meta === undefined ? '' : `,"meta":${meta}`}`;
  return isEmpty(body) ? `${head}}` : `${head},${inside(body)}}`;
}

type Span = readonly [number, number] | undefined;

function without(text: string, spans: readonly Span[]): string {
  const cuts = spans.filter((span) => span !== undefined).sort((a, b) => a[0] - b[0]);
  if (cuts.length === 0) return text;
  let from = text.indexOf('{') + 1;
  let kept = '';
  for (let i = 0; i <= cuts.length; i++) {
    const to = cuts[i]?.[0] ?? text.lastIndexOf('}');
    const part = trim(text, from, to);
    if (part !== '') kept += kept === '' ? part : `,${part}`;
    from = cuts[i]?.[1] ?? to;
  }
  return `{${kept}}`;
}

/** The members between two cuts, without the commas and the space at either end. */
function trim(text: string, from: number, to: number): string {
  while (from < to && isGap(text.charCodeAt(from))) from++;
  while (to > from && isGap(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isGap(code: number): boolean {
  return code === 0x2c || code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isEmpty(object: string): boolean {
  return object === '{}' || /^\{\s*\}$/.test(object);
}

function inside(object: string): string {
  return object.slice(1, -1);
}
