/**
 * What is sent and what is wanted: media types, `_format`, `_pretty`, Prefer.
 * https://hl7.org/fhir/R4/http.html#mime-type, https://hl7.org/fhir/R4/http.html#general
 */
import type { InteractionName, Prefer, Query } from '../operations/index.ts';
import { Fault } from '../resources/index.ts';

/** A Content-Type or one entry of Accept: its type in lower case, and the parameters that mean something here. */
export interface MediaType {
  readonly type: string;
  /** Lower case; `utf-8` where none is told. */
  readonly charset: string;
  /** The `fhirVersion` parameter; undefined where none is told. https://hl7.org/fhir/R4/http.html#version-parameter */
  readonly version: string | undefined;
}

/** How the caller wants to be answered. */
export interface Format {
  /** The Content-Type of the answer. */
  readonly contentType: string;
  readonly pretty: boolean;
}

/** The version of FHIR as the `fhirVersion` parameter of media types names it. */
export const FHIR_VERSION = '4.0';

const JSON_TYPES: readonly string[] = ['application/fhir+json', 'application/json', 'text/json'];
const JSON_RANGES: ReadonlySet<string> = new Set([...JSON_TYPES, '*/*', 'application/*', 'text/*']);
const PATCH_TYPES: readonly string[] = ['application/json-patch+json', 'application/merge-patch+json', ...JSON_TYPES];
const FORM_TYPES: readonly string[] = ['application/x-www-form-urlencoded'];
/** `_format` names formats in short too: https://hl7.org/fhir/R4/http.html#parameters */
const FORMAT_NAMES: ReadonlySet<string> = new Set(['json', ...JSON_TYPES, 'application/fhir json', '*/*']);

const PLAIN: Format = Object.freeze({ contentType: 'application/fhir+json; charset=utf-8', pretty: false });
const VERSIONED: Format = Object.freeze({
  contentType: `application/fhir+json; fhirVersion=${FHIR_VERSION}; charset=utf-8`,
  pretty: false,
});

/** The format of answers that nobody could ask for otherwise, such as faults before negotiation. */
export const defaultFormat: Format = PLAIN;

/**
 * The format that Accept and the query ask for; `_format` overrides Accept.
 * @param query the parameters, or undefined where none of them can be `_format` or `_pretty`
 * @throws Fault `not-acceptable` for another format than JSON or another version of FHIR, `invalid-value` for `_pretty`,
 * `invalid-request` where one of them is given twice and says two things
 */
export function negotiate(accept: string | undefined, query: Query | undefined): Format {
  const asked = query && onlyValue(query, '_format');
  const format = asked === undefined ? acceptable(accept) : formatNamed(asked);
  return query !== undefined && wantsPretty(query) ? { ...format, pretty: true } : format;
}

/** Whether a query string can hold `_format` or `_pretty`: a cheap test that spares most requests the parsing. */
export function mayAskFormat(query: string): boolean {
  return query !== '' && (query.includes('_format') || query.includes('_pretty') || query.includes('%'));
}

/** The Prefer header; what it does not know it ignores, as RFC 7240 asks. */
export function parsePrefer(header: string | undefined): Prefer {
  if (header === undefined) return NO_PREFERENCE;
  const known = preferences.get(header);
  if (known) return known;
  const prefer: { -readonly [Name in keyof Prefer]: Prefer[Name] } = {};
  for (const part of splitList(header, /[,;]/)) {
    const [name = '', value = ''] = part.split('=', 2).map((text) => unquote(text.trim()));
    // RFC 7240, 2: where a preference is given twice, the first one counts.
    if (name.toLowerCase() === 'return' && isOneOf(value, RETURNS)) prefer.return ??= value;
    if (name.toLowerCase() === 'handling' && isOneOf(value, HANDLINGS)) prefer.handling ??= value;
    if (name.toLowerCase() === 'dry-run' && (value === '' || value === 'true')) prefer.isRehearsal = true;
  }
  return remember(preferences, header, Object.freeze(prefer));
}

/** Whether a media type is one of JSON's for FHIR. */
export function isFhirJsonType(type: string): boolean {
  return JSON_TYPES.includes(type);
}

/** Media types in which the body of an interaction may be sent. */
export function bodyTypes(interaction: InteractionName): readonly string[] {
  if (interaction === 'patch') return PATCH_TYPES;
  return interaction.startsWith('search') ? FORM_TYPES : JSON_TYPES;
}

/**
 * The media type of a body, checked against what the interaction takes.
 * @throws Fault `unsupported-media-type`, with the header that lists what is taken: Accept-Patch, Accept-Post, Accept
 */
export function requireBodyType(header: string | undefined, interaction: InteractionName, method: string): string {
  const allowed = bodyTypes(interaction);
  if (header === undefined || header.trim() === '') throw notTaken('The body has no Content-Type.', allowed, method);
  const sent = parseMediaType(header);
  if (!sent) throw notTaken(`${JSON.stringify(header.slice(0, 80))} is not a media type.`, allowed, method);
  const { charset, version } = sent;
  if (!allowed.includes(sent.type)) {
    throw notTaken(`A body of type ${sent.type.slice(0, 80)} is not taken here.`, allowed, method);
  }
  if (charset !== 'utf-8' && charset !== 'utf8') {
    const text = `The body is said to be in ${JSON.stringify(charset.slice(0, 40))}.`;
    throw notTaken(text, allowed, method, 'Send it in UTF-8.');
  }
  if (!isOurVersion(version)) {
    const text = `The body is said to be of FHIR version ${version!.slice(0, 20)}.`;
    throw notTaken(text, allowed, method, `This server speaks FHIR ${FHIR_VERSION} (R4).`);
  }
  return sent.type;
}

/** `type/subtype; name=value`, or undefined where the text is nothing of the kind. */
export function parseMediaType(text: string): MediaType | undefined {
  const known = mediaTypes.get(text);
  if (known) return known;
  const [type = '', ...rest] = splitList(text, /;/);
  if (!/^[\w.+*-]+\/[\w.+*-]+$/.test(type)) return undefined;
  const parameter = (name: string) => {
    const part = rest.find((text) => text.slice(0, text.indexOf('=')).trim().toLowerCase() === name);
    return part === undefined ? undefined : unquote(part.slice(part.indexOf('=') + 1).trim());
  };
  const charset = parameter('charset')?.toLowerCase() ?? 'utf-8';
  return remember(mediaTypes, text, { type: type.toLowerCase(), charset, version: parameter('fhirversion') });
}

/** One text for a list of quality values: the members of Accept or Accept-Encoding with their weights, in order. */
export function weighted(header: string): { value: string; q: number }[] {
  return splitList(header, /,/).map((part) => {
    const q = /;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)/i.exec(part)?.[1];
    return { value: part, q: q === undefined ? 1 : Math.min(Number(q), 1) };
  });
}

/** Keeps what was parsed from a header that clients repeat; starts afresh before hostile ones could fill the memory. */
export function remember<T>(cache: Map<string, T>, key: string, value: T): T {
  if (key.length > 512) return value;
  if (cache.size >= REMEMBERED_MAX) cache.clear();
  cache.set(key, value);
  return value;
}

const REMEMBERED_MAX = 256;
const RETURNS = ['minimal', 'representation', 'OperationOutcome'] as const;
const HANDLINGS = ['strict', 'lenient'] as const;
const NO_PREFERENCE: Prefer = Object.freeze({});

const accepted = new Map<string, Format>();
const preferences = new Map<string, Prefer>();
const mediaTypes = new Map<string, MediaType>();

function acceptable(accept: string | undefined): Format {
  if (accept === undefined || accept === '*/*' || accept.trim() === '') return PLAIN;
  const known = accepted.get(accept);
  if (known) return known;
  let otherVersion: string | undefined;
  let best: { q: number; specific: number; format: Format } | undefined;
  for (const { value, q } of weighted(accept)) {
    const range = parseMediaType(value);
    if (!range || !JSON_RANGES.has(range.type)) continue;
    const { version } = range;
    if (!isOurVersion(version)) {
      otherVersion = version;
      continue;
    }
    // RFC 9110, 12.5.1: the more specific range decides about JSON, also where it refuses by q=0.
    const specific = range.type === '*/*' ? 0 : range.type.endsWith('/*') ? 1 : 2;
    const format = version === undefined ? PLAIN : VERSIONED;
    if (!best || specific > best.specific || (specific === best.specific && q > best.q)) best = { q, specific, format };
  }
  if (best && best.q > 0) return remember(accepted, accept, best.format);
  throw notAcceptable(otherVersion ? `FHIR version ${otherVersion.slice(0, 20)}` : accept.slice(0, 200));
}

function formatNamed(text: string): Format {
  const name = text.trim().toLowerCase();
  if (FORMAT_NAMES.has(name)) return PLAIN;
  const media = parseMediaType(name);
  if (media && FORMAT_NAMES.has(media.type) && isOurVersion(media.version)) {
    return media.version === undefined ? PLAIN : VERSIONED;
  }
  throw notAcceptable(`_format=${text.slice(0, 80)}`);
}

function notTaken(text: string, allowed: readonly string[], method: string, hint?: string): Fault {
  const list = allowed.join(', ');
  return new Fault('unsupported-media-type', text, {
    hint: hint ?? `Send ${list}.`,
    headers: { [acceptHeader(method)]: list },
  });
}

function notAcceptable(asked: string): Fault {
  return new Fault('not-acceptable', `${JSON.stringify(asked)} cannot be answered with.`, {
    hint: `Ask for application/fhir+json (_format=json); the version of FHIR is ${FHIR_VERSION}.`,
  });
}

/** The value of a parameter that can have only one. */
function onlyValue(query: Query, name: string): string | undefined {
  const [value, other] = new Set(query.flatMap(([key, text]) => (key === name ? [text] : [])));
  if (other === undefined) return value;
  const both = `${name}=${value!.slice(0, 40)} and ${name}=${other.slice(0, 40)}`;
  throw new Fault('invalid-request', `${both} contradict each other.`, { expression: name, hint: 'Send one of them.' });
}

function wantsPretty(query: Query): boolean {
  const value = onlyValue(query, '_pretty');
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw new Fault('invalid-value', `_pretty=${value.slice(0, 20)} is neither true nor false.`, {
    expression: '_pretty',
  });
}

/** RFC 5789 and the W3C's Linked Data Platform name the first two; RFC 9110, 15.5.16 allows Accept for the rest. */
function acceptHeader(method: string): string {
  return method === 'PATCH' ? 'Accept-Patch' : method === 'POST' ? 'Accept-Post' : 'Accept';
}

function isOurVersion(version: string | undefined): boolean {
  return version === undefined || version === FHIR_VERSION || version === '4.0.1';
}

/** Splits at a separator that stands outside quotation marks, trims, and leaves out what is empty. */
function splitList(text: string, separator: RegExp): string[] {
  const parts = text.includes('"') ? text.match(QUOTED_PARTS[separator.source]!)! : text.split(separator);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

const QUOTED_PARTS: Readonly<Record<string, RegExp>> = {
  ',': /(?:"(?:[^"\\]|\\.)*"?|[^,"])+/g,
  ';': /(?:"(?:[^"\\]|\\.)*"?|[^;"])+/g,
  '[,;]': /(?:"(?:[^"\\]|\\.)*"?|[^,;"])+/g,
};

function unquote(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"')
    ? text.slice(1, -1).replace(/\\(.)/g, '$1')
    : text;
}

function isOneOf<T extends string>(text: string, values: readonly T[]): text is T {
  return (values as readonly string[]).includes(text);
}
