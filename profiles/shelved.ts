/** What stands on a shelf, in bounds, and how it travels to the shelf of another thread. */
import type { StructureDefinition } from 'fhir/r4.js';
import { type BoundCodes, type BoundData, boundCodes, type HeldCodes } from '../terminology/index.ts';
import { Bounded } from './bounded.ts';
import type { Library, Needs } from './library.ts';

/** A part of a shelf as it travels to another thread. */
export interface ShelfContents {
  /** What the shelf had seen of changes: where it moved, all that was given before is dropped. */
  readonly stamp: string;
  /** Canonical, what tells the definition from any other, the definition. */
  readonly structures: readonly (readonly [canonical: string, mark: string, StructureDefinition | null])[];
  readonly valueSets: readonly (readonly [canonical: string, BoundData | null])[];
  /** Answers for codes of large sets. */
  /** undefined: it was asked, and nobody could say. */
  readonly codes: readonly (readonly [Needs['codes'][number], boolean | undefined])[];
}

/** Canonicals remembered, those that lead to nothing among them, and characters of the structures behind them. */
const CANONICALS_MAX = 4_000;
const CHARACTERS_MAX = 24 * 2 ** 20;
const VALUE_SETS_MAX = 2_000;
const ANSWERS_MAX = 50_000;
/** After so long it is asked again what nobody could say. */
const UNSAID_MS = 15_000;
/** Nothing that is stored has a longer address. */
const CANONICAL_LENGTH_MAX = 2_000;
/** Mark of what there is none of. */
const NONE = '';

/** Structures by canonical. What was dropped and comes back as it was is the same object again: it was compiled already. */
export class Structures {
  readonly #marks = new Bounded<string>({ entriesMax: CANONICALS_MAX });
  readonly #structures = new Bounded<StructureDefinition>({ entriesMax: CANONICALS_MAX, weightMax: CHARACTERS_MAX });

  /** @returns null: there is none; undefined: it has to be fetched */
  get(canonical: string): StructureDefinition | null | undefined {
    if (canonical.length > CANONICAL_LENGTH_MAX) return null;
    const mark = this.#marks.get(canonical);
    if (mark === undefined) return undefined;
    return mark === NONE ? null : this.#structures.get(mark);
  }

  /** @returns the one that is shelved, which may be an earlier one of the same mark */
  put(canonical: string, mark: string, structure: StructureDefinition | null): StructureDefinition | null {
    this.#marks.set(canonical, structure ? mark : NONE);
    if (!structure) return null;
    const same = this.#structures.get(mark);
    if (same) return same;
    this.#structures.set(mark, structure, JSON.stringify(structure).length);
    return structure;
  }

  /** As it travels; undefined where it is not here. */
  entry(canonical: string): ShelfContents['structures'][number] | undefined {
    const structure = this.get(canonical);
    return structure === undefined ? undefined : [canonical, this.#marks.get(canonical) ?? NONE, structure];
  }

  drop(): void {
    this.#marks.clear();
  }
}

/** Value sets by canonical, and what was found out of those too large to be held. */
export class ValueSetAnswers {
  readonly #sets = new Bounded<{ readonly set: BoundCodes; readonly data: BoundData } | null>({
    entriesMax: VALUE_SETS_MAX,
  });
  readonly #answers = new Bounded<boolean>({ entriesMax: ANSWERS_MAX });
  readonly #unsaid = new Bounded<true>({ entriesMax: ANSWERS_MAX });
  #forgetting: NodeJS.Timeout | undefined;

  get(canonical: string): BoundCodes | null | undefined {
    const known = this.#sets.get(canonical);
    return known ? known.set : known;
  }

  put(canonical: string, held: HeldCodes | null): void {
    const set = held?.isLarge ? answering(held, canonical, this.#answers, this.#unsaid) : held;
    this.#sets.set(canonical, set && { set, data: held!.data });
  }

  /** As it travels; undefined where it is not here. */
  data(canonical: string): BoundData | null | undefined {
    const known = this.#sets.get(canonical);
    return known ? known.data : known;
  }

  /** Whether a code is in a large set; undefined where that was not asked. */
  answered(question: Needs['codes'][number]): boolean | undefined {
    return this.#answers.get(answerKey(question));
  }

  /** Whether nobody could say a moment ago. */
  isUnsaid(question: Needs['codes'][number]): boolean {
    return this.#unsaid.get(answerKey(question)) !== undefined;
  }

  /** @param isIn undefined: nobody can say now; it is asked again after a while */
  answer(question: Needs['codes'][number], isIn: boolean | undefined): void {
    if (isIn !== undefined) {
      this.#answers.set(answerKey(question), isIn);
      return;
    }
    this.#unsaid.set(answerKey(question), true);
    this.#forgetting ??= setTimeout(() => {
      this.#unsaid.clear();
      this.#forgetting = undefined;
    }, UNSAID_MS).unref();
  }

  clear(): void {
    this.#sets.clear();
    this.#answers.clear();
    this.#unsaid.clear();
  }
}

/** The shelf of a worker thread: it holds what it is given. */
export interface ThreadShelf extends Library {
  /** Drops everything where the shelf that it comes from has another stamp by now. To be called before each task. */
  renew(stamp: string): void;
  take(contents: ShelfContents): void;
}

export function openThreadShelf(): ThreadShelf {
  const structures = new Structures();
  const sets = new ValueSetAnswers();
  let held = '';
  const renew = (stamp: string) => {
    if (stamp === held) return;
    structures.drop();
    sets.clear();
    held = stamp;
  };
  return {
    structure: (canonical) => structures.get(canonical),
    valueSet: (canonical) => sets.get(canonical),
    renew,
    take(contents) {
      renew(contents.stamp);
      for (const [canonical, mark, structure] of contents.structures) structures.put(canonical, mark, structure);
      for (const [canonical, set] of contents.valueSets) sets.put(canonical, set && boundCodes(set));
      for (const [question, isIn] of contents.codes) sets.answer(question, isIn);
    },
  };
}

/** A large set that knows those of its codes that were asked for. */
function answering(set: BoundCodes, valueSet: string, answers: Bounded<boolean>, unsaid: Bounded<true>): BoundCodes {
  return {
    canonical: set.canonical,
    isLarge: true,
    contains: (system, code) => set.contains(system, code) ?? answers.get(answerKey({ valueSet, system, code })),
    isUnsaid: (system, code) => unsaid.get(answerKey({ valueSet, system, code })) !== undefined,
    some: (max) => set.some(max),
    ...(set.unknownBecause !== undefined && { unknownBecause: set.unknownBecause }),
  };
}

function answerKey({ valueSet, system = '', code }: Needs['codes'][number]): string {
  return `${valueSet}\u001e${system}\u001e${code}`;
}
