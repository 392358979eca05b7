/**
 * The library that judging stands before: profiles and value sets that are stored, fetched when a judgement lacks them,
 * dropped when anybody changes one. What it holds is plain data, so that worker threads can have the same.
 */
import type { StructureDefinition } from 'fhir/r4.js';
import { type Context, parseCanonical, systemAccess } from '../resources/index.ts';
import { type DefinitionName, type Definitions, markOf, meantFirst, type StoredDefinition } from '../store/index.ts';
import type { BoundCodes, HeldCodes } from '../terminology/index.ts';
import { leanStructure, namedStructures } from './lean.ts';
import type { Library, Needs } from './library.ts';
import { type ShelfContents, Structures, ValueSetAnswers } from './shelved.ts';

/** What the terminology does for bindings. */
export interface ValueSets {
  /** R4's own and stored ones; null for one that there is none of. Canonicals may carry `|version`. */
  bound(canonicals: readonly string[], context: Context): Promise<ReadonlyMap<string, HeldCodes | null>>;
  /** Whether codes are in large sets, all in one trip; undefined where that cannot be worked out. */
  contains(questions: Needs['codes'], context: Context): Promise<readonly (boolean | undefined)[]>;
}

export interface Shelf extends Library {
  /**
   * Fetches what a judgement lacked, with the profiles and extensions that it will ask for next. A trip for the
   * structures and one for each step between profiles, and what the terminology needs; none where all is at hand.
   * @throws Fault `database-unavailable`
   */
  fill(needs: Needs, context: Context): Promise<void>;
  /**
   * What of these needs is on the shelf, as plain data for the `take` of a shelf on another thread.
   * @param stamp what `stamp` was when the other thread was given something last: all of it is dropped there if it moved
   */
  contents(needs: Needs): ShelfContents;
  /** Moves whenever something that is on the shelf may have changed. */
  readonly stamp: string;
}

/** Steps from a profile to what it is derived from and on: further ones are fetched when a judgement asks for them. */
const STEPS_MAX = 4;
/** Definitions fetched at once. */
const NAMES_MAX = 500;

/** What a profile says of a resource holds for whoever writes it, whether or not he may read profiles. */
const access = systemAccess('validation');

/** A shelf that is filled from the store. */
export function openShelf(parts: ShelfParts): Shelf {
  return new StoredShelf(parts);
}

interface ShelfParts {
  readonly definitions: Definitions;
  readonly valueSets: ValueSets;
}

class StoredShelf implements Shelf {
  readonly #definitions: Definitions;
  readonly #valueSets: ValueSets;
  readonly #structures = new Structures();
  readonly #sets = new ValueSetAnswers();
  #structuresAt = -1;
  #setsAt = -1;

  constructor({ definitions, valueSets }: ShelfParts) {
    this.#definitions = definitions;
    this.#valueSets = valueSets;
  }

  get stamp(): string {
    return `${this.#structureGeneration()} ${this.#setGeneration()}`;
  }

  structure(canonical: string): StructureDefinition | null | undefined {
    this.#refreshStructures();
    return this.#structures.get(canonical);
  }

  valueSet(canonical: string): BoundCodes | null | undefined {
    this.#refreshSets();
    return this.#sets.get(canonical);
  }

  async fill({ structures, valueSets, codes }: Needs, context: Context): Promise<void> {
    this.#refresh();
    await Promise.all([this.#fillStructures(structures, context), this.#fillSets(valueSets, context)]);
    await this.#fillAnswers(codes, context);
  }

  contents({ structures, valueSets, codes }: Needs): ShelfContents {
    this.#refresh();
    const entries = structures.map((canonical) => this.#structures.entry(canonical));
    return {
      stamp: this.stamp,
      structures: entries.filter((entry) => entry !== undefined),
      valueSets: valueSets.flatMap((canonical) => {
        const data = this.#sets.data(canonical);
        return data === undefined ? [] : [[canonical, data] as const];
      }),
      codes: codes.flatMap((question) => {
        const isIn = this.#sets.answered(question);
        return isIn === undefined && !this.#sets.isUnsaid(question) ? [] : [[question, isIn] as const];
      }),
    };
  }

  #structureGeneration(): number {
    return this.#definitions.generation('StructureDefinition');
  }

  #setGeneration(): number {
    return this.#definitions.generation('ValueSet', 'CodeSystem');
  }

  /** Forgets what may not hold any more. */
  #refresh(): void {
    this.#refreshStructures();
    this.#refreshSets();
  }

  #refreshStructures(): void {
    const now = this.#structureGeneration();
    if (now === this.#structuresAt) return;
    this.#structures.drop();
    this.#structuresAt = now;
  }

  #refreshSets(): void {
    const now = this.#setGeneration();
    if (now === this.#setsAt) return;
    this.#sets.clear();
    this.#setsAt = now;
  }

  async #fillStructures(canonicals: readonly string[], context: Context): Promise<void> {
    let wanted = this.#lacking(canonicals);
    for (let step = 0; wanted.length > 0 && step < STEPS_MAX; step++) {
      const at = this.#structureGeneration();
      const found = await this.#definitions.find<StructureDefinition>(access, wanted.map(nameOf), context);
      // What was read may be older than what the shelf stands for now.
      if (at !== this.#structureGeneration()) {
        this.#refresh();
        continue;
      }
      const sorted = found.toSorted(meantFirst);
      wanted = this.#lacking(wanted.flatMap((canonical) => this.#shelve(canonical, sorted)));
    }
  }

  /** @returns what it names @param found sorted: what a canonical without a version means comes first */
  #shelve(canonical: string, found: readonly StoredDefinition<StructureDefinition>[]): string[] {
    const { url, version } = parseCanonical(canonical);
    const one = found.find(
      ({ resource }) => resource.url === url && (version === undefined || resource.version === version),
    );
    const mark = one ? `${markOf(one.type, one.id, one.version)} ${JSON.stringify(one.means ?? {})}` : '';
    const structure = this.#structures.put(canonical, mark, one ? leanStructure(one.resource) : null);
    return structure ? namedStructures(structure) : [];
  }

  #lacking(canonicals: readonly string[]): string[] {
    const lacking = [...new Set(canonicals)].filter((canonical) => this.#structures.get(canonical) === undefined);
    return lacking.slice(0, NAMES_MAX);
  }

  async #fillSets(canonicals: readonly string[], context: Context): Promise<void> {
    const wanted = canonicals.filter((canonical) => this.#sets.get(canonical) === undefined);
    if (wanted.length === 0) return;
    const at = this.#setGeneration();
    const found = await this.#valueSets.bound(wanted, context);
    if (at !== this.#setGeneration()) return;
    for (const canonical of wanted) this.#sets.put(canonical, found.get(canonical) ?? null);
  }

  async #fillAnswers(questions: Needs['codes'], context: Context): Promise<void> {
    const wanted = questions.filter(
      (question) => this.#sets.answered(question) === undefined && !this.#sets.isUnsaid(question),
    );
    if (wanted.length === 0) return;
    const at = this.#setGeneration();
    const found = await this.#valueSets.contains(wanted, context);
    if (at !== this.#setGeneration()) return;
    for (const [i, question] of wanted.entries()) this.#sets.answer(question, found[i]);
  }
}

function nameOf(canonical: string): DefinitionName {
  const { url, version } = parseCanonical(canonical);
  return { type: 'StructureDefinition', url, ...(version !== undefined && { version }) };
}
