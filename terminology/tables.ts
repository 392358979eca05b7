/**
 * Code systems whose concepts stand in tables, as systems like all others: their concepts are remembered, and what is lacking
 * is noted, fetched in one trip, and the question is asked again. So no question has to know where concepts are kept.
 */
import type { CodeSystem, CodeSystemConcept } from 'fhir/r4.js';
import type { Context } from '../resources/index.ts';
import type { ConceptFilter, ConceptQuestion, Concepts, LoadedConcept, LoadedSystem, Term } from '../store/index.ts';
import { isOffered, picks } from './filter.ts';
import type { System } from './system.ts';

export interface Tables {
  /** The system of a loaded one: always the same object for the same number. */
  system(loaded: LoadedSystem): TableSystem;
  /**
   * Does work that needs no waiting, again and again, until it lacks nothing: what it lacks is fetched in between, in one trip
   * each time. What it throws while something is lacking counts for nothing.
   */
  settle<T>(work: () => T, context: Context): Promise<T>;
}

/** Times that work is done: what a code means, what it stands below, what that is called. */
const ROUNDS_MAX = 8;
/** Concepts remembered of all systems; all are forgotten when there are more. */
const CONCEPTS_MAX = 50_000;

export function openTables({ find }: Pick<Concepts, 'find'>): Tables {
  const systems = new Map<number, TableSystem>();

  async function fetch(context: Context): Promise<void> {
    const lacking = [...systems.values()].filter(({ isLacking }) => isLacking);
    const questions = lacking.map((system) => system.question());
    const answers = await find(questions, context);
    const size = [...systems.values()].reduce((sum, one) => sum + one.remembered, 0);
    if (size > CONCEPTS_MAX) for (const one of systems.values()) one.forget();
    for (const [index, system] of lacking.entries()) {
      const { concepts, children } = answers[index]!;
      for (const key of questions[index]!.keys) system.remember(key, concepts.get(key) ?? null);
      for (const [key, some] of children) system.rememberChildren(key, some);
    }
  }

  return {
    system(loaded) {
      let system = systems.get(loaded.n);
      if (!system) {
        system = new TableSystem(loaded);
        systems.set(loaded.n, system);
      }
      system.isCurrent = loaded.isCurrent;
      return system;
    },
    async settle(work, context) {
      for (let round = 1; ; round++) {
        for (const one of systems.values()) one.begin();
        let failure: { error: unknown } | undefined;
        let result: ReturnType<typeof work> | undefined;
        try {
          result = work();
        } catch (error) {
          failure = { error };
        }
        const isLacking = [...systems.values()].some((one) => one.isLacking);
        if (isLacking && round < ROUNDS_MAX) {
          await fetch(context);
          continue;
        }
        if (failure) throw failure.error;
        return result as ReturnType<typeof work>;
      }
    },
  };
}

/** A system in the tables. */
export class TableSystem implements System {
  readonly url: string;
  readonly version: string | undefined;
  readonly table: number;
  readonly identity: string;
  readonly about: CodeSystem;
  readonly isCaseless: boolean;
  readonly isComplete: boolean;
  readonly size: number;
  /** Of several releases of a system: the one that is meant where no version is named. */
  isCurrent = true;
  readonly #concepts = new Map<string, LoadedConcept | null>();
  readonly #children = new Map<string, ReadonlySet<string>>();
  readonly #keys = new Set<string>();
  readonly #childrenOf = new Set<string>();

  constructor({ n, url, version, identity, about, concepts }: LoadedSystem) {
    this.table = n;
    this.url = url;
    this.version = version;
    this.identity = identity;
    this.about = about;
    this.isCaseless = about.caseSensitive === false;
    this.isComplete = about.content !== 'fragment' && about.content !== 'example';
    this.size = concepts;
  }

  get isLacking(): boolean {
    return this.#keys.size + this.#childrenOf.size > 0;
  }

  get remembered(): number {
    return this.#concepts.size;
  }

  /** Forgets what was lacking. */
  begin(): void {
    this.#keys.clear();
    this.#childrenOf.clear();
  }

  question(): ConceptQuestion {
    return { system: this.table, keys: [...this.#keys], childrenOf: [...this.#childrenOf] };
  }

  remember(key: string, concept: LoadedConcept | null): void {
    this.#concepts.set(key, concept);
  }

  /** Remembers concepts that were found in another way. */
  rememberAll(concepts: readonly LoadedConcept[]): void {
    for (const one of concepts) this.remember(this.#key(one.code), one);
  }

  rememberChildren(key: string, children: readonly LoadedConcept[]): void {
    this.rememberAll(children);
    this.#children.set(key, new Set(children.map((one) => one.code)));
  }

  forget(): void {
    this.#concepts.clear();
    this.#children.clear();
  }

  find(code: string): LoadedConcept | undefined {
    const key = this.#key(code);
    const known = this.#concepts.get(key);
    if (known === undefined) this.#keys.add(key);
    return known ?? undefined;
  }

  /** The term, whose filters' codes were looked for, so that their numbers are known when it becomes SQL. */
  numbered(term: Term): Term {
    this.numbersIn(term);
    return term;
  }

  /** The numbers of the codes that the filters of a term name. */
  numbersIn(term: Term): ReadonlyMap<string, number> {
    const numbers = new Map<string, number>();
    for (const code of codesIn(term)) {
      const number = this.find(code)?.n;
      if (number !== undefined) numbers.set(code, number);
    }
    return numbers;
  }

  offers(filter: ConceptFilter): boolean {
    return isOffered(filter);
  }

  passes(code: string, filter: ConceptFilter): boolean | undefined {
    if (!isOffered(filter)) return undefined;
    const concept: CodeSystemConcept | undefined = this.find(code);
    return concept !== undefined && picks(filter, concept, this);
  }

  parents(code: string): ReadonlySet<string> {
    return new Set(this.find(code)?.parents);
  }

  children(code: string): ReadonlySet<string> {
    const key = this.#key(code);
    const known = this.#children.get(key);
    if (!known) this.#childrenOf.add(key);
    return known ?? new Set();
  }

  subsumes(above: string, code: string): boolean {
    const number = this.find(above)?.n;
    const concept = this.find(code);
    return number !== undefined && concept?.above.has(number) === true;
  }

  isLeaf(code: string): boolean {
    return this.find(code)?.below === 0;
  }

  list(): undefined {
    return undefined;
  }

  #key(code: string): string {
    return this.isCaseless ? code.toLowerCase() : code;
  }
}

/** Properties whose values are codes of the system itself. */
const OF_CONCEPTS: ReadonlySet<string> = new Set(['concept', 'code', 'parent', 'child']);

function codesIn(term: Term): string[] {
  if (term.kind === 'and' || term.kind === 'or') return term.of.flatMap(codesIn);
  if (term.kind === 'not') return codesIn(term.of);
  if (term.kind === 'attributes') {
    return term.of.flatMap(({ name, value }) => [...codesIn(name), ...('kind' in value ? codesIn(value) : [])]);
  }
  if (term.kind !== 'filter' || !OF_CONCEPTS.has(term.filter.property)) return [];
  const { value } = term.filter;
  return [value, ...value.split(',').map((one) => one.trim())];
}
