/** A code system in one version, whatever its concepts are kept in. https://hl7.org/fhir/R4/codesystem.html */
import type { CodeSystem, CodeSystemConcept } from 'fhir/r4.js';
import type { ConceptFilter, TermSystem } from '../store/index.ts';
import { filtered, isOffered } from './filter.ts';
import type { Grammar } from './grammars/index.ts';
import { type Hierarchy, hierarchyOf } from './hierarchy.ts';

export interface System extends TermSystem {
  readonly version: string | undefined;
  /** The definition without its concepts. */
  readonly about: CodeSystem;
  /** Whether case says nothing in its codes. */
  readonly isCaseless: boolean;
  /** Whether what it does not have is no code of it; a fragment or an example says nothing of that. */
  readonly isComplete: boolean;
  /** How many concepts there are; undefined where there is no end to them, or where that is not at hand. */
  readonly size: number | undefined;
  /** The concept, without those nested in it; undefined where there is none. Finds codes in any case where case says nothing. */
  find(code: string): CodeSystemConcept | undefined;
  /** Whether codes can be picked by such a filter. */
  offers(filter: ConceptFilter): boolean;
  /** Whether a code of it is among those that a filter picks; undefined for a filter that is not offered. */
  passes(code: string, filter: ConceptFilter): boolean | undefined;
  /** Codes directly above and below a code. */
  parents(code: string): ReadonlySet<string>;
  children(code: string): ReadonlySet<string>;
  /** Whether the first is the second, or is above it. */
  subsumes(above: string, code: string): boolean;
  /** Every concept in the order of the definition; undefined where they stand in tables or have no end. */
  list(): Iterable<CodeSystemConcept> | undefined;
}

/** The system of a definition with its concepts in it: worked out once for each object. */
export function systemOf(definition: CodeSystem): System {
  let system = systems.get(definition);
  if (!system) {
    system = new ListedSystem(definition);
    systems.set(definition, system);
  }
  return system;
}

/** The system of codes that follow rules. */
export function ruledSystem(grammar: Grammar): System {
  let system = ruled.get(grammar);
  if (!system) {
    system = new RuledSystem(grammar);
    ruled.set(grammar, system);
  }
  return system;
}

const systems = new WeakMap<CodeSystem, System>();
const ruled = new WeakMap<Grammar, System>();
const NO_CODES: ReadonlySet<string> = new Set();

class ListedSystem implements System {
  readonly url: string;
  readonly version: string | undefined;
  readonly about: CodeSystem;
  readonly isCaseless: boolean;
  readonly isComplete: boolean;
  readonly table = undefined;
  readonly #hierarchy: Hierarchy;
  readonly #picked = new Map<string, ReadonlySet<string> | undefined>();
  #folded: ReadonlyMap<string, string> | undefined;

  constructor(definition: CodeSystem) {
    const { concept: _, ...about } = definition;
    this.about = about;
    this.url = definition.url ?? '';
    this.version = definition.version;
    this.isCaseless = definition.caseSensitive === false;
    this.#hierarchy = hierarchyOf(definition);
    // Some are stored for their description only, whatever they say of their content.
    this.isComplete = definition.content === 'complete' && this.#hierarchy.concepts.size > 0;
  }

  get size(): number {
    return this.#hierarchy.concepts.size;
  }

  find(code: string): CodeSystemConcept | undefined {
    const { concepts } = this.#hierarchy;
    const found = concepts.get(code);
    if (found || !this.isCaseless) return found;
    this.#folded ??= new Map([...concepts.keys()].map((one) => [one.toLowerCase(), one]));
    const written = this.#folded.get(code.toLowerCase());
    return written === undefined ? undefined : concepts.get(written);
  }

  offers(filter: ConceptFilter): boolean {
    return this.#pick(filter) !== undefined;
  }

  passes(code: string, filter: ConceptFilter): boolean | undefined {
    return this.#pick(filter)?.has(this.find(code)?.code ?? code);
  }

  #pick(filter: ConceptFilter): ReadonlySet<string> | undefined {
    const key = `${filter.op} ${filter.property} ${filter.value}`;
    if (!this.#picked.has(key)) {
      if (this.#picked.size >= PICKED_MAX) this.#picked.clear();
      this.#picked.set(key, filtered(this.#hierarchy, filter));
    }
    return this.#picked.get(key);
  }

  parents(code: string): ReadonlySet<string> {
    return this.#hierarchy.parents(code);
  }

  children(code: string): ReadonlySet<string> {
    return this.#hierarchy.children(code);
  }

  subsumes(above: string, code: string): boolean {
    return this.#hierarchy.above(code).has(above);
  }

  list(): Iterable<CodeSystemConcept> {
    return this.#hierarchy.concepts.values();
  }
}

/** Filters whose codes are remembered for one system. */
const PICKED_MAX = 200;

class RuledSystem implements System {
  readonly url: string;
  readonly version = undefined;
  readonly about: CodeSystem;
  readonly isCaseless: boolean;
  readonly isComplete = true;
  readonly table = undefined;
  readonly #grammar: Grammar;

  constructor(grammar: Grammar) {
    const { url, name, title, caseSensitive } = grammar;
    this.url = url;
    this.isCaseless = !caseSensitive;
    this.about = {
      resourceType: 'CodeSystem',
      url,
      name,
      title,
      status: 'active',
      content: 'not-present',
      caseSensitive,
    };
    this.#grammar = grammar;
  }

  get size(): number | undefined {
    return this.#grammar.list?.().length;
  }

  find(code: string): CodeSystemConcept | undefined {
    return this.#grammar.find(code);
  }

  offers(filter: ConceptFilter): boolean {
    return isRegion(filter) || isOffered(filter);
  }

  /** Such systems have no hierarchy and no properties but what the code itself says. */
  passes(code: string, filter: ConceptFilter): boolean | undefined {
    const concept = this.find(code);
    if (!concept) return false;
    if (isRegion(filter)) return true;
    const hierarchy = hierarchyOf({ ...this.about, concept: [concept] });
    return filtered(hierarchy, filter)?.has(concept.code);
  }

  parents(): ReadonlySet<string> {
    return NO_CODES;
  }

  children(): ReadonlySet<string> {
    return NO_CODES;
  }

  subsumes(above: string, code: string): boolean {
    return this.find(above)?.code === this.find(code)?.code;
  }

  list(): CodeSystemConcept[] | undefined {
    return this.#grammar.list?.().map((code) => this.#grammar.find(code)!);
  }
}

/** The regions are all that is known here of M49, and this is how R4's own value set names them. */
function isRegion({ property, op, value }: ConceptFilter): boolean {
  return property === 'class' && op === '=' && value === 'region';
}
