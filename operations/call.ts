/**
 * The URL grammar of the RESTful API: method and path → what is asked. Pure.
 * https://hl7.org/fhir/R4/http.html#summary
 */
import { compartmentDefinitions, Fault, isResourceType, resourceTypes } from '../resources/index.ts';

/** Names of interactions, as CapabilityStatement has them where it has one. */
export type InteractionName =
  | 'capabilities'
  | 'read'
  | 'vread'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'history-instance'
  | 'history-type'
  | 'history-system'
  | 'search-type'
  | 'search-system'
  | 'search-compartment'
  | 'transaction'
  | 'batch'
  | 'operation';

/** Headers that decide what an interaction does; in a Bundle entry, the members of `request` with the same names. */
export interface CallHeaders {
  /** X-Provenance, a Provenance in JSON; entries of Bundles have none. */
  readonly provenance?: string;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly ifModifiedSince?: string;
  readonly ifNoneExist?: string;
  readonly acceptLanguage?: string;
}

/** https://hl7.org/fhir/R4/http.html#ops, https://hl7.org/fhir/R4/search.html#errors */
export interface Prefer {
  readonly return?: 'minimal' | 'representation' | 'OperationOutcome';
  readonly handling?: 'strict' | 'lenient';
  /** `dry-run`: everything is done, and nothing kept. A preference of Vesta's own. */
  readonly isRehearsal?: boolean;
}

export type Query = readonly (readonly [name: string, value: string])[];

/** What is asked of the interaction `operation`; whether there is such a one is for the catalogue to say. */
export interface AskedOperation {
  /** Without the dollar sign. */
  readonly code: string;
  readonly method: string;
}

/** One thing asked, from HTTP or from a Bundle entry. */
export interface Call {
  readonly interaction: InteractionName;
  readonly type?: string;
  readonly id?: string;
  readonly version?: string;
  readonly compartment?: { readonly type: string; readonly id: string };
  readonly operation?: AskedOperation;
  readonly query: Query;
  readonly headers: CallHeaders;
  readonly prefer: Prefer;
  /** Text of the body, undecoded JSON or form fields. */
  readonly body?: string;
  /** Media type of the body, lower case, without parameters. */
  readonly mediaType?: string;
}

/** What the path says: a call without its headers and body. */
export type Target = Pick<Call, 'interaction' | 'type' | 'id' | 'version' | 'compartment' | 'operation'>;

type Methods = Readonly<Partial<Record<string, InteractionName>>>;

const methods = {
  system: { GET: 'search-system', POST: 'transaction' },
  metadata: { GET: 'capabilities' },
  systemSearch: { POST: 'search-system' },
  systemHistory: { GET: 'history-system' },
  type: { GET: 'search-type', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' },
  typeSearch: { POST: 'search-type' },
  typeHistory: { GET: 'history-type' },
  instance: { GET: 'read', PUT: 'update', PATCH: 'patch', DELETE: 'delete' },
  instanceHistory: { GET: 'history-instance' },
  version: { GET: 'vread' },
  compartment: { GET: 'search-compartment' },
  compartmentSearch: { POST: 'search-compartment' },
} as const satisfies Record<string, Methods>;

/** The R4 rule for logical ids. https://hl7.org/fhir/R4/datatypes.html#id */
const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/**
 * What `method` on `path` asks; `path` is what follows the FHIR base and has no query.
 * HEAD asks what GET asks.
 * @throws Fault `unknown-type`, `unknown-route`, `method-not-allowed` (with Allow), `invalid-value` for an impossible id.
 */
export function parseTarget(method: string, path: string): Target {
  const segments = path.split('/').filter((segment, index) => segment !== '' || index > 1);
  if (segments.length > 1 && segments.at(-1) === '') segments.pop();
  const verb = method === 'HEAD' ? 'GET' : method;
  const [first, second, third, fourth] = segments;
  if (segments.length > 4) throw unknownRoute(path);
  if (first === undefined || first === '') return { interaction: pick(methods.system, verb, path) };
  if (first === 'metadata' && second === undefined) return { interaction: pick(methods.metadata, verb, path) };
  if (first === '_history' && second === undefined) return { interaction: pick(methods.systemHistory, verb, path) };
  if (first === '_search' && second === undefined) return { interaction: pick(methods.systemSearch, verb, path) };
  if (first.startsWith('$') && second === undefined) return operationTarget(first, verb);
  const type = knownType(first);
  if (second?.startsWith('$') && third === undefined) return { ...operationTarget(second, verb), type };
  if (second === undefined) return { interaction: pick(methods.type, verb, path), type };
  if (third === undefined) {
    if (second === '_search') return { interaction: pick(methods.typeSearch, verb, path), type };
    if (second === '_history') return { interaction: pick(methods.typeHistory, verb, path), type };
    return { interaction: pick(methods.instance, verb, path), type, id: logicalId(second, verb) };
  }
  const id = logicalId(second, verb);
  if (third.startsWith('$') && fourth === undefined) return { ...operationTarget(third, verb), type, id };
  if (third === '_history') {
    if (fourth === undefined) return { interaction: pick(methods.instanceHistory, verb, path), type, id };
    return { interaction: pick(methods.version, verb, path), type, id, version: fourth };
  }
  return compartmentTarget(type, id, third, fourth, verb, path);
}

/** Query string (without `?`) → names and values in order, percent-decoding done. @throws Fault `invalid-request` */
export function parseQuery(text: string): Query {
  if (text === '') return [];
  const pairs: [string, string][] = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    pairs.push(at < 0 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))]);
  }
  return pairs;
}

function compartmentTarget(
  type: string,
  id: string,
  third: string,
  fourth: string | undefined,
  verb: string,
  path: string,
): Target {
  if (!Object.hasOwn(compartmentDefinitions(), type)) throw unknownRoute(path);
  const compartment = { type, id };
  if (third === '_search' && fourth === undefined) {
    return { interaction: pick(methods.compartmentSearch, verb, path), compartment };
  }
  const inner = third === '*' ? undefined : knownType(third);
  if (fourth === undefined) return { interaction: pick(methods.compartment, verb, path), type: inner, compartment };
  if (fourth === '_search')
    return { interaction: pick(methods.compartmentSearch, verb, path), type: inner, compartment };
  throw unknownRoute(path);
}

function pick(allowed: Methods, verb: string, path: string): InteractionName {
  const interaction = Object.hasOwn(allowed, verb) ? allowed[verb] : undefined;
  if (interaction) return interaction;
  const names = Object.keys(allowed).flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
  const kept =
    verb === 'DELETE' && path.includes('_history') ? 'Versions are kept; R4 has nothing to remove them. ' : '';
  throw new Fault('method-not-allowed', `${verb} is not possible on ${path || '/'}.`, {
    hint: `${kept}Use ${names.join(', ')}.`,
    headers: { Allow: names.join(', ') },
  });
}

function knownType(name: string): string {
  if (isResourceType(name)) return name;
  const nearest = resourceTypes().find((type) => type.toLowerCase() === name.toLowerCase());
  throw new Fault('unknown-type', `${quote(name)} is not a resource type that can be stored.`, {
    hint: nearest
      ? `Did you mean ${nearest}? Names of types are case-sensitive.`
      : 'GET metadata lists the types of R4.',
  });
}

/** An id that can never exist is not found on reading and a bad value on writing. */
function logicalId(id: string, verb: string): string {
  if (ID.test(id)) return id;
  const hint = 'An id has 1 to 64 characters of A-Z, a-z, 0-9, - and . only.';
  throw new Fault(verb === 'GET' ? 'not-found' : 'invalid-value', `${quote(id)} cannot be the id of a resource.`, {
    hint,
  });
}

function unknownRoute(path: string): Fault {
  return new Fault('unknown-route', `There is nothing at ${quote(path)}.`, {
    hint: 'The RESTful API of R4 has [type]/[id], [type]/[id]/_history/[version], [type]/_search, [compartment]/[id]/[type] and the like.',
  });
}

function operationTarget(segment: string, method: string): Target {
  return { interaction: 'operation', operation: { code: segment.slice(1), method } };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw new Fault('invalid-request', `${quote(text)} in the query is not percent-encoded UTF-8.`, {
      hint: 'Write % itself as %25.',
      cause,
    });
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
