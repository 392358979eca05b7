/**
 * Which types refer to which (table `refers`), as far as this process knows: a deletion looks for referrers only in the
 * partitions of types that refer to its own. Another process may meet a new pair at any time, so the statement compares
 * what it was made for with the table and says which types were missing; they are learnt and the deletion is done again.
 */
import type { Row } from './session.ts';
import type { TypePlace } from './types.ts';

/** Where one deletion looks, and for which types that is right. */
export interface Sources {
  /** Numbers of the types that refer to it, sorted. */
  readonly numbers: readonly number[];
  /** What follows `res_`, sorted, each once. */
  readonly partitions: readonly string[];
  /** The partitions as one text. */
  readonly key: string;
}

/** The target of pairs that stand for every target: what a database held before pairs were kept. */
const ANY_TARGET = 0;
const NONE: Sources = Object.freeze({ numbers: [], partitions: [], key: '' });

export class Referrers {
  readonly #placeOf: (n: number) => TypePlace;
  readonly #pairs = new Map<number, Set<number>>();
  readonly #sources = new Map<number, Sources>();

  /** @param rows (target, source) of the table @param placeOf the place of a type's number */
  constructor(rows: readonly Row[], placeOf: (n: number) => TypePlace) {
    this.#placeOf = placeOf;
    for (const [target, source] of rows) this.learn(Number(target), [Number(source)]);
  }

  /** Takes note of types that refer to `target`. */
  learn(target: number, sources: readonly number[]): void {
    let known = this.#pairs.get(target);
    if (!known) {
      known = new Set();
      this.#pairs.set(target, known);
    }
    for (const source of sources) known.add(source);
    this.#sources.clear();
  }

  /** The types that are known to refer to this one. */
  of(target: number): Sources {
    let sources = this.#sources.get(target);
    if (!sources) {
      sources = this.#find(target);
      this.#sources.set(target, sources);
    }
    return sources;
  }

  /** The types that are known to refer to any of these. */
  ofAll(targets: readonly number[]): Sources {
    if (targets.length === 1) return this.of(targets[0]!);
    const numbers = new Set(targets.flatMap((target) => this.of(target).numbers));
    return this.#sourcesOf([...numbers]);
  }

  #find(target: number): Sources {
    return this.#sourcesOf([...(this.#pairs.get(target) ?? []), ...(this.#pairs.get(ANY_TARGET) ?? [])]);
  }

  #sourcesOf(known: readonly number[]): Sources {
    if (known.length === 0) return NONE;
    const numbers = [...new Set(known)].sort((a, b) => a - b);
    const partitions = [...new Set(numbers.map((n) => this.#placeOf(n).partition))].sort();
    return { numbers, partitions, key: partitions.join(' ') };
  }
}
