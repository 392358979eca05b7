/** What stands on a shelf, in bounds, and how it travels to the shelf of another thread. */
import type { StructureDefinition } from 'fhir/r4.js';
import type { BoundCodes } from '../terminology/index.ts';
import { Bounded } from './bounded.ts';
import type { Library } from './library.ts';

/** A part of a shelf as it travels to another thread. */
export interface ShelfContents {
  /** What the shelf had seen of changes: where it moved, all that was given before is dropped. */
  readonly stamp: string;
  /** Canonical, what tells the definition from any other, the definition. */
  readonly structures: readonly (readonly [canonical: string, mark: string, StructureDefinition | null])[];
}

/** Canonicals remembered, those that lead to nothing among them, and characters of the structures behind them. */
const CANONICALS_MAX = 4_000;
const CHARACTERS_MAX = 24 * 2 ** 20;
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

/** The shelf of a worker thread: it holds what it is given. */
export interface ThreadShelf extends Library {
  take(contents: ShelfContents): void;
}

export function openThreadShelf(): ThreadShelf {
  const structures = new Structures();
  const sets = new Bounded<BoundCodes | null>({ entriesMax: 1_000 });
  let stamp = '';
  return {
    structure: (canonical) => structures.get(canonical),
    valueSet: (canonical) => sets.get(canonical),
    take(contents) {
      if (contents.stamp !== stamp) {
        structures.drop();
        sets.clear();
        stamp = contents.stamp;
      }
      for (const [canonical, mark, structure] of contents.structures) structures.put(canonical, mark, structure);
    },
  };
}
