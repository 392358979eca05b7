/** The types of which one statement replaces or deletes resources, and how its text names them. */
import type { TypePlace } from '../types.ts';

/** One type, or several of those that share a partition (`n` undefined). */
export interface Targets {
  readonly n: number | undefined;
  readonly partition: string;
}

/** Gathers the types of the rows of a statement, all of one partition. */
export class TargetTypes {
  readonly #numbers = new Set<number>();
  readonly #partition: string;

  constructor({ partition }: TypePlace) {
    this.#partition = partition;
  }

  add({ n }: TypePlace): void {
    this.#numbers.add(n);
  }

  get targets(): Targets {
    const [n] = this.#numbers;
    return { n: this.#numbers.size > 1 ? undefined : n, partition: this.#partition };
  }

  /** Each once, sorted. */
  get numbers(): number[] {
    return [...this.#numbers].sort((a, b) => a - b);
  }
}

/**
 * The condition that finds the row `o` of a resource of `from`. For several types by both keys: a plan made while the
 * table was empty takes either index, and either leads to the one row.
 */
export function isRowOf({ n }: Targets, from: 'r' | 'q'): string {
  if (n !== undefined) return `o.type = ${n} and o.id = ${from}.id`;
  return `o.type = ${from}.type and o.id = ${from}.id and o.rid = ${from}.rid`;
}

/** What tells texts for these from those for others. */
export function keyOfTargets({ n, partition }: Targets): string {
  return `${n ?? partition}`;
}
