/**
 * Binary at the door: content comes and goes as it is, and is a resource only inside.
 * https://hl7.org/fhir/R4/binary.html#rest
 */
import type { Answer, Target } from '../operations/index.ts';
import { Fault } from '../resources/index.ts';
import { decodeBody } from './body.ts';
import { isFhirJsonType, parseMediaType, requireBodyType, weighted } from './format.ts';

/** Headers of a request that decide about content. */
export interface ContentHeaders {
  readonly 'content-type'?: string | undefined;
  /** X-Security-Context: a reference, which becomes Binary.securityContext. */
  readonly 'x-security-context'?: string | string[] | undefined;
}

/** An answer whose body is content, and what type it is of. */
export interface ContentAnswer extends Omit<Answer, 'body'> {
  readonly body: Buffer;
  readonly contentType: string;
}

/** Whether a request brings the content of a Binary, or a Binary. */
export function takesContent({ type, interaction }: Target): boolean {
  return type === 'Binary' && (interaction === 'create' || interaction === 'update');
}

/** Whether a path is that of a Binary or of one of its versions, which may be answered with their content. */
export function mayBeContent(path: string): boolean {
  return path.startsWith('/Binary/') && /^\/Binary\/[^/]+(?:\/_history\/[^/]+)?\/?$/.test(path);
}

/**
 * The most bytes that a body for a Binary may have: a resource has its own limits, content must fit one string.
 * @param limits bytes of a body, and of the content of a Binary
 * @throws Fault `unsupported-media-type` where the Content-Type is missing or is none
 */
export function contentBytesMax(
  headers: ContentHeaders,
  limits: { readonly bodyBytes: number; readonly binaryBytes: number },
): number {
  return isFhirJsonType(sentType(headers)) ? limits.bodyBytes : Math.min(limits.bodyBytes, limits.binaryBytes);
}

/**
 * The body of a create or update of a Binary as JSON of that Binary. Content is taken as it is, whatever its type, also
 * where it is JSON of FHIR, "except where the content is actually a Binary resource".
 * @param bytesMax of content
 * @throws Fault `unsupported-media-type`, `too-large`, `invalid-request`
 */
export function toBinary(
  bytes: Buffer,
  target: Target,
  method: string,
  headers: ContentHeaders,
  bytesMax: number,
): { readonly body: string; readonly mediaType: string } {
  const type = sentType(headers);
  const context = headers['x-security-context'];
  if (isFhirJsonType(type)) {
    const mediaType = requireBodyType(headers['content-type'], target.interaction, method);
    const text = decodeBody(bytes);
    if (isResource(text, mediaType, bytesMax)) {
      if (context !== undefined) throw contextBeside();
      return { body: text, mediaType };
    }
  } else if (isXmlBinary(bytes, type)) {
    throw new Fault('unsupported-media-type', 'A Binary resource cannot be read from XML.', {
      hint: 'Send the resource as application/fhir+json, or its content with the type of the content.',
    });
  }
  if (bytes.length > bytesMax) throw contentTooLarge(bytesMax);
  const binary = {
    resourceType: 'Binary',
    id: target.id,
    contentType: headers['content-type']!.trim().replace(/\s+/g, ' '),
    securityContext: context === undefined ? undefined : { reference: String(context) },
    data: bytes.toString('base64'),
  };
  return { body: JSON.stringify(binary), mediaType: 'application/fhir+json' };
}

/** What is told of content that no Binary can hold. */
export function contentTooLarge(bytesMax: number): Fault {
  return new Fault('too-large', `The content is longer than ${bytesMax} bytes, the most that a Binary can hold.`, {
    hint: 'Its base64 must fit one string. Send it in several parts, or raise VESTA_LIMIT_STRING_BYTES.',
  });
}

/**
 * The content of a Binary, or undefined where its resource is wanted: where Accept names a type of FHIR and likes
 * the content no better. `application/json` means the resource, unless the content is of that type.
 * @param answer a read or vread of a Binary, status 200
 * @throws Fault `not-acceptable` where neither is wanted
 */
export function contentAnswer(answer: Answer, accept: string | undefined): ContentAnswer | undefined {
  const { contentType, data, securityContext } = JSON.parse(answer.body!);
  const type = parseMediaType(contentType)?.type ?? OCTETS;
  const { content, resource } = likings(accept, type);
  if (resource > 0 && resource >= content) return undefined;
  if (content === 0) throw neitherAccepted(accept!, type);
  const headers: Record<string, string> = { 'Content-Security-Policy': SANDBOX };
  const reference = securityContext?.reference;
  if (typeof reference === 'string' && HEADER_TEXT.test(reference)) headers['X-Security-Context'] = reference;
  return {
    ...answer,
    body: Buffer.from(data ?? '', 'base64'),
    // A code may hold letters that no header can.
    contentType: type !== OCTETS && HEADER_TEXT.test(contentType) ? contentType : OCTETS,
    headers: { ...answer.headers, ...headers },
  };
}

/** Stored pages must not act in the name of this server: no scripts, no forms, nothing fetched. */
const SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
const OCTETS = 'application/octet-stream';
const HEADER_TEXT = /^[ -~]+$/;

function sentType(headers: ContentHeaders): string {
  const header = headers['content-type'] ?? '';
  const type = parseMediaType(header)?.type;
  if (type !== undefined && !type.includes('*') && HEADER_TEXT.test(header)) return type;
  const text =
    header.trim() === ''
      ? 'The content has no Content-Type.'
      : `${JSON.stringify(header.slice(0, 80))} is no media type.`;
  throw new Fault('unsupported-media-type', text, {
    hint: 'Send the type of the content, such as application/pdf; a Binary resource is application/fhir+json.',
  });
}

/** Whether JSON is a Binary (or is meant to be one, and is to be judged as one) rather than content. */
function isResource(text: string, mediaType: string, contentBytesMax: number): boolean {
  if (/^\s*\{\s*"resourceType"\s*:\s*"Binary"/.test(text)) return true;
  // Too long to be parsed for a guess; what does not name the type is none.
  if (text.length > contentBytesMax) return text.includes('"Binary"');
  try {
    const type = JSON.parse(text)?.resourceType;
    return type === 'Binary' || (type === undefined && mediaType === 'application/fhir+json');
  } catch {
    // Told with line and column by those who read resources.
    return true;
  }
}

function isXmlBinary(bytes: Buffer, type: string): boolean {
  if (!/^(application|text)\/(fhir\+)?xml$/.test(type)) return false;
  const start = bytes.toString('latin1', 0, 2_000).replace(/<\?[^>]*>|<!--.*?-->/gs, '');
  return /^\s*<(\w+:)?Binary[\s>/]/.test(start.replace(/^\u00ef\u00bb\u00bf/, ''));
}

/** How much a caller likes the content, and how much the resource around it: 0 to 1. RFC 9110, 12.5.1 */
function likings(accept: string | undefined, type: string): { content: number; resource: number } {
  if (accept === undefined || accept.trim() === '') return { content: 1, resource: 0 };
  let content = { q: 0, specific: -1 };
  let resource = 0;
  for (const { value, q } of weighted(accept)) {
    const range = parseMediaType(value)?.type;
    if (range === undefined) continue;
    if (isFhirJsonType(range) && (range === 'application/fhir+json' || range !== type))
      resource = Math.max(resource, q);
    const specific = [`*/*`, `${type.split('/')[0]}/*`, type].indexOf(range);
    if (specific > content.specific) content = { q, specific };
  }
  return { content: content.q, resource };
}

function neitherAccepted(accept: string, type: string): Fault {
  return new Fault('not-acceptable', `${JSON.stringify(accept.slice(0, 200))} cannot be answered with.`, {
    hint: `Ask for ${type} to get the content, or for application/fhir+json to get the Binary.`,
  });
}

function contextBeside(): Fault {
  return new Fault('invalid-request', 'X-Security-Context goes with content; this is a Binary resource.', {
    expression: 'Binary.securityContext',
    hint: 'Put the reference into Binary.securityContext.',
  });
}
