/**
 * What a walk through a resource keeps: its findings, what it lacked, and what stands around the element that it is at.
 * A walk goes twice at most: the first, silent, asks only whether anything is wrong, so that a good resource costs no
 * path and no sentence; the second keeps the way and tells.
 */
import { type Around, Element, type Finding } from '../resources/index.ts';
import { BundleIndex } from './bundle-index.ts';
import type { Library, Needs } from './library.ts';
import { type Way, wayText } from './way.ts';

/** After this many errors, and as many findings that are less, nobody reads on. */
export const findingsMax = 100;

/** A finding as the checks give it. */
export interface Saying {
  /** An error, when left out. */
  readonly severity?: 'error' | 'warning' | 'information';
  readonly kind: Finding['kind'];
  readonly issue?: NonNullable<Finding['issue']>;
  readonly rule?: string;
  readonly text: string;
  readonly at: Way | undefined;
  readonly hint: string;
}

interface BundleAround {
  readonly value: any;
  /** Of the entry that the walk is in. */
  readonly fullUrl: unknown;
  index: BundleIndex | undefined;
}

interface Lacking {
  readonly structures: Set<string>;
  readonly valueSets: Set<string>;
  readonly codes: Map<string, Needs['codes'][number]>;
}

/** See the file. Checks take it as `report`, because that is what they write. */
export class Account implements Around {
  readonly findings: Finding[] = [];
  /** Whether this walk keeps ways and words. */
  readonly telling: boolean;
  /** Definitions beside R4's own; undefined where only R4's count. */
  readonly library: Library | undefined;
  /** Whether there is an error. */
  failed = false;
  /** Whether there is a finding that is no error. */
  remarked = false;
  insideContained = false;
  resource: Element;
  rootResource: Element;
  context: Element;
  #bundle: BundleAround | undefined;
  #contained: { readonly of: any; readonly byId: ReadonlyMap<unknown, any> } | undefined;
  #needs: Lacking | undefined;
  #errors = 0;

  /** @param resource what the walk goes through @param type which type it is taken for */
  constructor(telling: boolean, resource: any, type: string, library: Library | undefined) {
    this.telling = telling;
    this.library = library;
    this.resource = new Element(resource, undefined, type);
    this.rootResource = this.resource;
    this.context = this.resource;
  }

  /** What was not at hand. */
  get needs(): Needs {
    if (this.#needs === undefined) return nothing;
    const { structures, valueSets, codes } = this.#needs;
    return { structures: [...structures], valueSets: [...valueSets], codes: [...codes.values()] };
  }

  lacks(what: 'structures' | 'valueSets', canonical: string): void {
    this.#lacking()[what].add(canonical);
  }

  lacksCode(valueSet: string, system: string | undefined, code: string): void {
    this.#lacking().codes.set(`${valueSet}\n${system}\n${code}`, { valueSet, system, code });
  }

  way(up: Way | undefined, name: string, index: number): Way {
    return { up, name, index };
  }

  /** Notes that something was found. @returns whether it should be put into words */
  wants(severity: NonNullable<Saying['severity']> = 'error'): boolean {
    if (severity !== 'error') {
      this.remarked = true;
      return this.telling && this.findings.length - this.#errors < findingsMax;
    }
    this.failed = true;
    return this.telling && this.#errors < findingsMax;
  }

  say({ severity = 'error', kind, issue, rule, text, at, hint }: Saying): void {
    if (severity === 'error') {
      if (this.#errors >= findingsMax) return;
      this.#errors++;
    }
    this.findings.push({
      kind,
      text,
      expression: wayText(at),
      hint,
      ...(severity === 'error' ? {} : { severity }),
      ...(rule === undefined ? {} : { rule }),
      ...(issue === undefined ? {} : { issue }),
    });
  }

  /** Goes into a resource inside another, for which it is `%resource`; contained ones keep their `%rootResource`. */
  enter(value: any, type: string, isContained: boolean, holder: any, check: () => void): void {
    const { insideContained, resource, rootResource } = this;
    const bundle = this.#bundle;
    this.insideContained = isContained;
    this.resource = new Element(value, undefined, type);
    if (!isContained) {
      if (resource.type === 'Bundle')
        this.#bundle = { value: resource.data, fullUrl: holder?.fullUrl, index: undefined };
      this.rootResource = this.resource;
    }
    check();
    this.insideContained = insideContained;
    this.resource = resource;
    this.rootResource = rootResource;
    this.#bundle = bundle;
  }

  /** What a literal reference leads to: contained resources and entries of the same Bundle are at hand, no others. */
  resolve(reference: string): any {
    if (reference === '#') return this.rootResource.data;
    if (reference.startsWith('#')) return this.#containedBy().get(reference.slice(1));
    if (this.#bundle === undefined) return undefined;
    this.#bundle.index ??= new BundleIndex(this.#bundle.value);
    return this.#bundle.index.find(reference, this.#bundle.fullUrl);
  }

  /** Contained resources of the outermost one, by their ids: looked up once however many refer to them. */
  #containedBy(): ReadonlyMap<unknown, any> {
    const { data } = this.rootResource;
    if (this.#contained?.of !== data) {
      const list: any[] = Array.isArray(data?.contained) ? data.contained : [];
      this.#contained = { of: data, byId: new Map(list.map((one) => [one?.id, one])) };
    }
    return this.#contained!.byId;
  }

  #lacking(): Lacking {
    this.#needs ??= { structures: new Set(), valueSets: new Set(), codes: new Map() };
    return this.#needs;
  }
}

const nothing: Needs = Object.freeze({ structures: [], valueSets: [], codes: [] });
