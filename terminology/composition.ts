/**
 * The composition of a value set, with everything that it refers to looked up: what must hold of a code (a term for each code
 * system), and which codes come into question. Pure: every definition that it needs stands on a shelf.
 * https://hl7.org/fhir/R4/valueset.html#compositions
 */
import type {
  CodeSystem,
  ValueSet,
  ValueSetComposeInclude,
  ValueSetComposeIncludeConcept,
  ValueSetExpansionContains,
} from 'fhir/r4.js';
import { ALL, both, either, NONE, not, type Term } from '../store/index.ts';
import type { NoTerm } from './ecl.ts';
import { filterTerm } from './filter-term.ts';
import type { Shelf } from './shelf.ts';
import type { System } from './system.ts';

/** Why codes of a value set cannot be listed or decided, as the end of a sentence. */
export interface Problem {
  readonly because: string;
  readonly hint?: string;
  /** What kind of reason, for those who answer in codes. */
  readonly kind: 'unknown-system' | 'unknown-value-set' | 'circular' | 'invalid' | 'filter' | 'incomplete-system';
  /** The canonical of the system or value set that is lacking. */
  readonly canonical?: string;
}

/** One include or exclude. */
export interface Part {
  readonly written: ValueSetComposeInclude;
  readonly url: string | undefined;
  readonly system: System | undefined;
  /** Whether case says nothing in codes of the system. */
  readonly isCaseless: boolean;
  /** Code, in small letters where case says nothing → as the value set lists it. */
  readonly listed: ReadonlyMap<string, ValueSetComposeIncludeConcept> | undefined;
  readonly imports: readonly Composition[];
  /** Why the codes of its system cannot be worked out; undefined where they can. */
  readonly problem: Problem | undefined;
}

export interface Composition {
  readonly valueSet: ValueSet;
  readonly includes: readonly Part[];
  readonly excludes: readonly Part[];
  /** Codes that its stored expansion lists, where these stand in for a composition that cannot be worked out. */
  readonly stored: ReadonlyMap<string, StoredCodes> | undefined;
  /** `incomplete-system` leaves what is at hand of the system; every other leaves nothing. */
  readonly problem: Problem | undefined;
}

/** Codes of one system in a stored expansion, by the code as it is compared. */
export interface StoredCodes {
  readonly isCaseless: boolean;
  readonly codes: ReadonlyMap<string, ValueSetExpansionContains>;
}

/** Reads a value set's composition. Problems are told in it, never thrown. */
export function compose(valueSet: ValueSet, shelf: Shelf): Composition {
  return new Reader(shelf).read(valueSet, []);
}

/** What must hold of a code of this system to be in the value set. */
export function termOf(composition: Composition, url: string): Term {
  const { valueSet, includes, excludes, stored, problem } = composition;
  if (stored) {
    const listed = stored.get(url);
    return listed ? { ...listed, kind: 'codes', codes: new Set(listed.codes.keys()) } : NONE;
  }
  if (problem && includes.length === 0) return { kind: 'unknown', because: problem.because };
  const taken = either(includes.map((part) => partTerm(part, url)));
  if (taken.kind === 'none') return NONE;
  const active = valueSet.compose?.inactive === false ? activeTerms(composition, url) : ALL;
  return both([taken, not(either(excludes.map((part) => partTerm(part, url)))), active]);
}

/** Urls of the systems whose codes may be in the value set, in the order in which they are named. */
export function systemsIn(composition: Composition): ReadonlySet<string> {
  if (composition.stored) return new Set(composition.stored.keys());
  return new Set(
    composition.includes.flatMap((part) =>
      part.url === undefined ? part.imports.flatMap((one) => [...systemsIn(one)]) : [part.url],
    ),
  );
}

/** The systems, at hand, that parts name under this url: of one url there may be several versions. */
export function versionsOf(composition: Composition, url: string): System[] {
  const parts = [...composition.includes, ...composition.excludes];
  const found = parts.flatMap((part) => [
    ...(part.url === url && part.system ? [part.system] : []),
    ...part.imports.flatMap((one) => versionsOf(one, url)),
  ]);
  return [...new Set(found)];
}

/** A code as it is compared. */
export function folded(code: string, isCaseless: boolean): string {
  return isCaseless ? code.toLowerCase() : code;
}

/** What of a code system is at hand, for a sentence that begins with it: `not at hand`. */
export function availability(system: Pick<CodeSystem, 'content'> | undefined): string {
  if (!system || system.content === 'not-present') return 'not at hand';
  return system.content === 'complete' ? 'at hand' : `at hand only in part (its content is ${system.content})`;
}

/** A value set in a sentence. */
export function nameOf({ url, id }: Pick<ValueSet, 'url' | 'id'>): string {
  return url === undefined && id === undefined
    ? 'the value set that was sent'
    : `the value set ${url ?? `ValueSet/${id}`}`;
}

function partTerm(part: Part, url: string): Term {
  if (part.url !== undefined && part.url !== url) return NONE;
  return both([ownTerm(part), ...part.imports.map((one) => termOf(one, url))]);
}

function ownTerm({ url, system, listed, written, problem, isCaseless }: Part): Term {
  if (problem && problem.kind !== 'incomplete-system') return { kind: 'unknown', because: problem.because };
  if (url === undefined) return ALL;
  if (listed) {
    const codes: Term = { kind: 'codes', codes: new Set(listed.keys()), isCaseless };
    return system?.isComplete ? both([codes, { kind: 'known', system }]) : codes;
  }
  const filters = (written.filter ?? []).map((filter) => filterTerm(filter, system!) as Term);
  return both([{ kind: 'known', system: system! }, ...filters]);
}

function activeTerms(composition: Composition, url: string): Term {
  return both(versionsOf(composition, url).map((system): Term => ({ kind: 'active', system })));
}

class Reader {
  readonly #shelf: Shelf;
  readonly #done = new Map<ValueSet, Composition>();

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  /** @param within the value sets that import this one */
  read(valueSet: ValueSet, within: readonly ValueSet[]): Composition {
    const known = this.#done.get(valueSet);
    if (known) return known;
    const composition = this.#read(valueSet, within);
    this.#done.set(valueSet, composition);
    return composition;
  }

  #read(valueSet: ValueSet, within: readonly ValueSet[]): Composition {
    const none = { valueSet, includes: [], excludes: [], stored: undefined };
    if (within.includes(valueSet)) {
      return { ...none, problem: { kind: 'circular', because: 'it imports itself' } };
    }
    const path = [...within, valueSet];
    const parts = (list: readonly ValueSetComposeInclude[] = []) => list.map((one) => this.#part(one, path));
    const { compose: written } = valueSet;
    const includes = parts(written?.include);
    const excludes = parts(written?.exclude);
    const problem: Problem | undefined = written
      ? [...includes, ...excludes].map(problemOf).find((one) => one)
      : { kind: 'invalid', because: 'it has no composition' };
    const stored = problem && this.#stored(valueSet);
    if (stored) return { ...none, stored, problem: undefined };
    return { valueSet, includes, excludes, stored: undefined, problem };
  }

  #part(written: ValueSetComposeInclude, within: readonly ValueSet[]): Part {
    const { system: url, version, concept } = written;
    const system = url === undefined ? undefined : this.#shelf.system(url, version);
    const isCaseless = url !== undefined && (system?.isCaseless ?? this.#shelf.isCaseless(url));
    const imports = (written.valueSet ?? []).map((canonical) => this.#imported(canonical, within));
    return {
      written,
      url,
      system,
      isCaseless,
      listed: concept && new Map(concept.map((one) => [folded(one.code, isCaseless), one])),
      imports,
      problem: this.#problem(written, system),
    };
  }

  #problem({ system: url, version, concept, valueSet, filter }: ValueSetComposeInclude, system: System | undefined) {
    if (url === undefined) return valueSet?.length ? undefined : EMPTY_PART;
    if (concept) return undefined;
    const named = version === undefined ? url : `${url}|${version}`;
    if (!system) return lackingSystem('unknown-system', named, 'not at hand');
    const unknown = (filter ?? []).map((one) => filterTerm(one, system)).find((one) => !('kind' in one));
    if (!unknown) {
      return system.isComplete ? undefined : lackingSystem('incomplete-system', named, availability(system.about));
    }
    return { kind: 'filter' as const, because: (unknown as NoTerm).because, canonical: named };
  }

  #imported(canonical: string, within: readonly ValueSet[]): Composition {
    const imported = this.#shelf.valueSet(canonical);
    if (imported) return this.read(imported, within);
    const because = `the value set ${canonical} that it imports is not at hand`;
    const problem: Problem = { kind: 'unknown-value-set', because, hint: STORE_IT, canonical };
    const valueSet: ValueSet = { resourceType: 'ValueSet', status: 'unknown', url: canonical };
    return { valueSet, includes: [], excludes: [], stored: undefined, problem };
  }

  /** The codes of a stored expansion; undefined where there is none, or only a part of one. */
  #stored({ expansion }: ValueSet): Composition['stored'] {
    if (!expansion || expansion.extension?.some(({ url }) => PARTIAL.has(url))) return undefined;
    const codes = new Map<string, { isCaseless: boolean; codes: Map<string, ValueSetExpansionContains> }>();
    let count = 0;
    const visit = (list: readonly ValueSetExpansionContains[]) => {
      for (const one of list) {
        const { system, code, contains } = one;
        if (system !== undefined && code !== undefined) {
          count++;
          const isCaseless = this.#shelf.isCaseless(system);
          const known = codes.get(system) ?? { isCaseless, codes: new Map() };
          known.codes.set(folded(code, isCaseless), one);
          codes.set(system, known);
        }
        if (contains) visit(contains);
      }
    };
    visit(expansion.contains ?? []);
    return (expansion.total ?? 0) > count || (expansion.offset ?? 0) > 0 ? undefined : codes;
  }
}

const STORE_IT = 'Store it here, complete, and ask again; or list the codes themselves in the value set.';

const EMPTY_PART: Problem = { kind: 'invalid', because: 'a part of it names neither a system nor a value set' };

/** Extensions that say of an expansion that it does not list everything. */
const PARTIAL: ReadonlySet<string> = new Set([
  'http://hl7.org/fhir/StructureDefinition/valueset-unclosed',
  'http://hl7.org/fhir/StructureDefinition/valueset-toocostly',
]);

function lackingSystem(kind: Problem['kind'], canonical: string, available: string): Problem {
  return { kind, because: `the code system ${canonical} is ${available}`, hint: STORE_IT, canonical };
}

/** What is wrong with a part, or with a value set that it imports, named once. */
function problemOf(part: Part): Problem | undefined {
  if (part.problem) return part.problem;
  const imported = part.imports.find(({ problem }) => problem);
  const problem = imported?.problem;
  if (!problem || problem.kind === 'unknown-value-set' || problem.because.includes(' that it imports')) return problem;
  return { ...problem, because: `${problem.because} (in ${nameOf(imported.valueSet)} that it imports)` };
}
