/**
 * One walk of profiles through a resource. As with the base pass it goes twice at most: the first, silent, asks only
 * whether there is anything to tell; the second keeps the way and puts it into words.
 */
import { type FaultKind, type Finding, isResourceType, parseReference } from '../../resources/index.ts';
import type { BoundCodes } from '../../terminology/index.ts';
import { findingsMax } from '../account.ts';
import type { Needs } from '../library.ts';
import { type Way, wayText } from '../way.ts';
import type { Definitions } from './definitions.ts';

/** Checks one value: `beside` holds the extensions of a primitive, `type` is what the value is one of. */
export type Check = (value: any, beside: any, walk: Walk, at: Way | undefined, type: string) => void;

/** Checks one element of an object. */
export type HolderCheck = (holder: any, walk: Walk, at: Way | undefined) => void;

/** A fault as a rule tells it. */
export interface Told {
  readonly rule: string;
  readonly issue: NonNullable<Finding['issue']>;
  readonly text: string;
  readonly hint: string;
  readonly severity?: 'error' | 'warning' | 'information';
}

/** How deep profiles may lead into each other: a profile on a type on a profile, or a reference's target. */
export const profileDepthMax = 24;

/** Broken profiles are 422: FHIR's own rules were kept. https://hl7.org/fhir/R4/http.html#create */
const kind: FaultKind = 'unprocessable';

export class Walk {
  readonly telling: boolean;
  readonly definitions: Definitions;
  readonly findings: Finding[] = [];
  readonly valueSets = new Set<string>();
  readonly codes: Needs['codes'][number][] = [];
  /** An error was met. */
  isBroken = false;
  /** Anything was met that there is something to say of. */
  hasMore = false;
  /** What was asked last hangs on a value set that is not at hand. */
  isUndecided = false;
  /** The whole that was sent: a Bundle, or the resource itself. */
  readonly whole: any;
  /** What `%resource` means: the innermost resource; and what `%rootResource` means: the one that contains it. */
  resource: any;
  rootResource: any;
  /** Address of the entry that the resource stands in. */
  fullUrl: string | undefined;
  depth = 0;
  /** Pairs of profile and target that are being checked: a circle of references holds as long as nothing else breaks it. */
  readonly open = new Map<string, Set<object>>();
  #errors = 0;
  #entries: ReadonlyMap<string, any> | undefined;

  constructor(telling: boolean, definitions: Definitions, whole: any) {
    this.telling = telling;
    this.definitions = definitions;
    this.whole = whole;
    this.resource = whole;
    this.rootResource = whole;
  }

  /** A walk on the side, that tells nothing: to find out whether something holds. */
  aside(): Walk {
    const walk = new Walk(false, this.definitions, this.whole);
    walk.resource = this.resource;
    walk.rootResource = this.rootResource;
    walk.fullUrl = this.fullUrl;
    walk.depth = this.depth + 1;
    for (const [profile, values] of this.open) walk.open.set(profile, new Set(values));
    return walk;
  }

  /** Takes over what a walk on the side lacked. */
  lacks(aside: Walk): void {
    for (const canonical of aside.valueSets) this.valueSets.add(canonical);
    this.codes.push(...aside.codes);
  }

  way(up: Way | undefined, name: string, index: number): Way | undefined {
    return this.telling ? { up, name, index } : undefined;
  }

  /** Whether an error should be put into words; it counts either way. */
  breaks(): boolean {
    this.isBroken = true;
    this.hasMore = true;
    return this.telling && this.#errors < findingsMax;
  }

  /** Whether something less than an error should be put into words. */
  warns(): boolean {
    this.hasMore = true;
    return this.telling && this.findings.length - this.#errors < findingsMax;
  }

  tell(at: Way | undefined, { rule, issue, text, hint, severity = 'error' }: Told): void {
    const expression = wayText(at);
    // A slice repeats what the sliced element says already, and two profiles may share a rule.
    if (this.findings.some((it) => it.expression === expression && it.text === text)) return;
    if (severity === 'error') this.#errors++;
    this.findings.push({ kind, text, hint, expression, rule, issue, severity });
  }

  /** The codes of a value set; undefined when they must be fetched first, which is noted. */
  codesOf(canonical: string): BoundCodes | null | undefined {
    const { library } = this.definitions;
    if (library === undefined) return null;
    const found = library.valueSet(canonical);
    if (found === undefined) this.valueSets.add(canonical);
    return found;
  }

  /** The target of a reference, when it is at hand: contained, or in the same Bundle. */
  target(reference: unknown): { readonly resource: any; readonly fullUrl: string | undefined } | undefined {
    if (typeof reference !== 'string') return undefined;
    if (reference.startsWith('#')) {
      if (reference === '#') return { resource: this.rootResource, fullUrl: this.fullUrl };
      const id = reference.slice(1);
      const contained = this.rootResource?.contained;
      const resource = Array.isArray(contained) ? contained.find((it) => it?.id === id) : undefined;
      return resource && { resource, fullUrl: this.fullUrl };
    }
    if (this.whole?.resourceType !== 'Bundle') return undefined;
    this.#entries ??= entriesOf(this.whole);
    const fullUrl = this.#addresses(reference).find((address) => this.#entries!.has(address));
    return fullUrl === undefined ? undefined : { resource: this.#entries.get(fullUrl), fullUrl };
  }

  #addresses(reference: string): string[] {
    const plain = reference.replace(/\/_history\/[^/]*$/, '');
    const base = this.fullUrl === undefined ? undefined : /^(.*\/)[A-Za-z]+\/[^/]+$/.exec(this.fullUrl)?.[1];
    return base === undefined ? [plain] : [`${base}${plain}`, plain];
  }
}

/** The type of the resource that a reference leads to, as far as the reference tells. */
export function referredType(reference: any): string | undefined {
  const literal: unknown = reference?.reference;
  if (typeof literal === 'string') {
    const slash = literal.indexOf('/');
    const first = slash > 0 ? literal.slice(0, slash) : '';
    if (isResourceType(first)) return first;
    const parsed = parseReference(literal);
    if ('type' in parsed && parsed.type !== undefined) return parsed.type;
  }
  const type: unknown = reference?.type;
  return typeof type === 'string' && isResourceType(type) ? type : undefined;
}

export function isObject(value: unknown): value is Record<string, any> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function entriesOf(bundle: any): ReadonlyMap<string, any> {
  const entries = new Map<string, any>();
  for (const entry of Array.isArray(bundle.entry) ? bundle.entry : []) {
    const resource = entry?.resource;
    if (!isObject(resource)) continue;
    if (typeof entry.fullUrl === 'string' && !entries.has(entry.fullUrl)) entries.set(entry.fullUrl, resource);
    // References of one collection are often relative although its entries are addressed as urn:uuid.
    const relative = `${resource.resourceType}/${resource.id}`;
    if (typeof resource.id === 'string' && !entries.has(relative)) entries.set(relative, resource);
  }
  return entries;
}
