/** The entries of a batch or transaction, read and checked. https://hl7.org/fhir/R4/http.html#transaction */
import { judge } from '../../profiles/index.ts';
import { Fault, type JsonLimits, parseJson, type TextPlace, withArticle } from '../../resources/index.ts';
import { type CallHeaders, parseQuery, parseTarget, type Query, type Target } from '../call.ts';
import { type Span, sliceBundle } from './slices.ts';

/** One entry: what is asked, and the text of its resource where it has one. */
export interface BundleEntry {
  readonly index: number;
  readonly fullUrl: string | undefined;
  readonly method: string;
  /** As it stands in request.url. */
  readonly url: string;
  /** request.url split: without leading slash or own base, and without the query. */
  readonly path: string;
  readonly queryText: string;
  readonly headers: CallHeaders;
  /** JSON text of entry.resource. */
  readonly resource: string | undefined;
  /** Where that begins in the text of the Bundle. */
  readonly resourceAt: number;
}

/** An entry of a transaction: understood before anything is done. */
export interface PlannedEntry extends BundleEntry {
  readonly target: Target;
  readonly query: Query;
}

export interface BundleText {
  readonly type: 'batch' | 'transaction';
  /** For the taker to empty: of a large Bundle nothing should be held twice. */
  readonly entries: BundleEntry[];
}

/** The same before its resources are cut out of its text: what another thread tells, so that no text travels back. */
export interface BundleSpans {
  readonly type: BundleText['type'];
  readonly entries: readonly (Omit<BundleEntry, 'resource'> & { readonly resource: Span | undefined })[];
}

export interface BundleLimits extends JsonLimits {
  readonly entries: number;
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
/** Searches and operations may have all that they need in the URL. */
const MAY_LACK_BODY = /(?:^|\/)(?:_search|\$[^/]*)$/;

/**
 * Reads a batch or transaction Bundle.
 * @param base the FHIR base, which request.url may repeat
 * @throws Fault `invalid-json`, `invalid-structure`, `invalid-request`, `too-large`; expressions start at `Bundle`
 */
export function readBundle(text: string, base: string, limits: BundleLimits): BundleText {
  return cutOut(readSpans(text, base, limits), text);
}

/** @param text that the spans are of */
export function cutOut({ type, entries }: BundleSpans, text: string): BundleText {
  const cut = ({ start, end }: Span): string => text.slice(start, end);
  return { type, entries: entries.map((entry) => ({ ...entry, resource: entry.resource && cut(entry.resource) })) };
}

/** As readBundle, without cutting. @throws Fault as readBundle does */
export function readSpans(text: string, base: string, limits: BundleLimits): BundleSpans {
  const slices = sliceBundle(text) ?? parseWhole(text, limits);
  const { value, parsed } = parseSkeleton(slices.skeleton, text, limits);
  if (value.resourceType !== 'Bundle') {
    const what = typeof value.resourceType === 'string' ? withArticle(value.resourceType.slice(0, 64)) : 'no resource';
    throw new Fault('invalid-request', `A Bundle is expected at the base of the API, but the body is ${what}.`, {
      expression: 'resourceType',
      hint: 'Send a single resource to [base]/[type].',
    });
  }
  if (value.type !== 'batch' && value.type !== 'transaction') {
    throw new Fault(
      'invalid-request',
      `A Bundle of type ${JSON.stringify(value.type)?.slice(0, 64)} cannot be processed here.`,
      {
        expression: 'Bundle.type',
        hint: 'Send type batch or transaction; to store another Bundle as it is, send it to [base]/Bundle.',
      },
    );
  }
  const faults = judge('Bundle', parsed).findings.filter(({ severity }) => severity !== 'warning');
  if (faults[0]) throw new Fault(faults[0].kind, faults[0].text, { findings: faults });
  const entries: unknown[] = value.entry ?? [];
  if (entries.length > limits.entries) {
    throw new Fault('too-large', `The Bundle has ${entries.length} entries; at most ${limits.entries} are taken.`, {
      expression: 'Bundle.entry',
      hint: 'Send it in several parts.',
    });
  }
  return { type: value.type, entries: entries.map((entry, index) => readEntry(entry, index)) };

  function readEntry(entry: any, index: number): BundleSpans['entries'][number] {
    const { method, url } = entry.request ?? {};
    return {
      index,
      fullUrl: entry.fullUrl,
      method: method ?? '',
      url: url ?? '',
      ...splitUrl(url ?? '', base),
      headers: headersOf(entry.request),
      resource: slices.resources[index],
      resourceAt: slices.resources[index]?.start ?? 0,
    };
  }
}

/** Plans all entries; the Bundle is left without them. @throws Fault of the first that cannot be carried out */
export function planAll({ entries }: BundleText): PlannedEntry[] {
  const targets = new Map<string, Target>();
  return entries.splice(0).map((entry) => planEntry(entry, targets));
}

/**
 * Checks that an entry can be carried out at all.
 * @param targets those that were read before, by method and path: a few hundred are enough for ten thousands of entries
 * @throws Fault with the expression of the entry
 */
export function planEntry(entry: BundleEntry, targets = new Map<string, Target>()): PlannedEntry {
  const where = `Bundle.entry[${entry.index}]`;
  if (entry.method === '') {
    throw new Fault('invalid-request', 'The entry has no request, so there is nothing to do with it.', {
      expression: where,
      hint: 'Each entry of a batch or transaction needs request.method and request.url.',
    });
  }
  if (!METHODS.has(entry.method)) {
    throw new Fault('invalid-value', `${entry.method.slice(0, 20)} is not a method.`, {
      expression: `${where}.request.method`,
    });
  }
  if (WITH_BODY.has(entry.method) && entry.resource === undefined && !MAY_LACK_BODY.test(entry.path)) {
    throw new Fault('invalid-request', `${entry.method} ${entry.url} needs a resource.`, {
      expression: `${where}.resource`,
    });
  }
  try {
    const query = entry.queryText === '' ? NO_QUERY : parseQuery(entry.queryText);
    return { ...entry, target: targetOf(entry, targets), query };
  } catch (error) {
    throw placed(error, where, `${where}.request.url`);
  }
}

/**
 * Runs `work`; a Fault out of it gets expressions that start at this entry.
 * @param otherwise the expression of findings that have none
 */
export function within<T>(where: string, work: () => T, otherwise = `${where}.request.url`): T {
  try {
    return work();
  } catch (error) {
    throw placed(error, where, otherwise);
  }
}

/**
 * The same fault told from the Bundle: `Patient.name[0]` becomes `Bundle.entry[3].resource.name[0]`.
 * @param otherwise the expression of findings that have none
 * @param begin where the resource begins in the text of the Bundle; without it lines are not told
 */
export function placed(error: unknown, where: string, otherwise: string, begin?: () => TextPlace): unknown {
  if (!(error instanceof Fault)) return error;
  const findings = error.findings.map(({ line, column, ...finding }) => ({
    ...finding,
    expression: placeOf(finding.expression, where, otherwise),
    ...(begin && line !== undefined && column !== undefined ? shifted({ line, column }, begin()) : {}),
  }));
  const { about, cause } = error;
  return new Fault(error.kind, error.message, { findings, headers: { ...error.headers }, about, cause });
}

/**
 * Where an element of an entry's resource stands in the Bundle.
 * @param expression from the resource, `Patient.name[0]`; the name of a parameter, which stands elsewhere, gives `otherwise`
 */
export function placeOf(expression: string | undefined, where: string, otherwise: string): string {
  if (expression === undefined) return otherwise;
  if (expression.startsWith('Bundle.entry[')) return expression;
  if (expression === 'resourceType') return `${where}.resource.resourceType`;
  const inner = /^[A-Z][A-Za-z]*(?=[.[]|$)/.exec(expression);
  // The name of a search parameter, which stands in request.url or request.ifNoneExist.
  if (!inner) return otherwise;
  return `${where}.resource${expression.slice(inner[0].length)}`;
}

/**
 * A patch in a Bundle: Parameters for FHIRPath Patch, or a Binary that holds another kind. https://hl7.org/fhir/R4/http.html#patch
 * @throws Fault `invalid-json`
 */
export function patchBody(entry: { readonly resource: string | undefined }): { body: string; mediaType: string } {
  const resource = parseJson(entry.resource!).value;
  if (resource.resourceType !== 'Binary') return { body: entry.resource!, mediaType: 'application/fhir+json' };
  return {
    body: Buffer.from(String(resource.data ?? ''), 'base64').toString('utf8'),
    mediaType: String(resource.contentType ?? ''),
  };
}

/** Nearly every entry has none: they share this one. */
const NO_HEADERS: CallHeaders = Object.freeze({});
const NO_QUERY: Query = Object.freeze([]);

function headersOf(request: any): CallHeaders {
  const { ifMatch, ifNoneMatch, ifNoneExist, ifModifiedSince } = request ?? NO_HEADERS;
  if ((ifMatch ?? ifNoneMatch ?? ifNoneExist ?? ifModifiedSince) === undefined) return NO_HEADERS;
  return { ifMatch, ifNoneMatch, ifNoneExist, ifModifiedSince };
}

function targetOf({ method, path }: BundleEntry, known: Map<string, Target>): Target {
  // An id is hardly ever named twice.
  if (path.includes('/')) return parseTarget(method, path);
  const name = `${method} ${path}`;
  let target = known.get(name);
  if (!target) {
    target = parseTarget(method, path);
    known.set(name, target);
  }
  return target;
}

/** A place in the text of a resource, told in the text in which that begins. */
function shifted({ line, column }: TextPlace, begin: TextPlace): TextPlace {
  return { line: begin.line + line - 1, column: line === 1 ? begin.column + column - 1 : column };
}

function splitUrl(url: string, base: string): { path: string; queryText: string } {
  const relative = url.startsWith(`${base}/`) ? url.slice(base.length + 1) : url.replace(/^\//, '');
  const at = relative.indexOf('?');
  return at < 0
    ? { path: relative, queryText: '' }
    : { path: relative.slice(0, at), queryText: relative.slice(at + 1) };
}

/** Parses the skeleton; faults are told by the whole text, whose lines and columns the client knows. */
function parseSkeleton(skeleton: string, text: string, limits: BundleLimits) {
  try {
    const parsed = parseJson(skeleton, limits);
    return { parsed, value: parsed.value };
  } catch (error) {
    parseJson(text, limits);
    throw error;
  }
}

function parseWhole(text: string, limits: BundleLimits): never {
  parseJson(text, limits);
  throw new Fault('invalid-json', 'The body is not a JSON object.');
}
