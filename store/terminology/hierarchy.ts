/** The hierarchy of a system while it is loaded: numbers of concepts, and which subsume which. Codes above may come later. */

export interface Placed {
  readonly s: number;
  readonly parents: readonly number[];
  /** Itself and all that subsume it, sorted. */
  readonly above: readonly number[];
  /** How many it subsumes, itself not counted. */
  readonly below: number;
}

export class Hierarchy {
  readonly #numbers = new Map<string, number>();
  readonly #parents: (readonly string[])[] = [];

  /** Numbers a concept from 1. @returns undefined where there is one of this code */
  add(key: string, parents: readonly string[]): number | undefined {
    if (this.#numbers.has(key)) return undefined;
    this.#parents.push(parents);
    this.#numbers.set(key, this.#parents.length);
    return this.#parents.length;
  }

  get size(): number {
    return this.#parents.length;
  }

  /** The place of every concept, some at a time. A circle ends where it began. */
  *placed(atOnce: number): Generator<readonly Placed[]> {
    const { size } = this;
    const parents = this.#parents.map((codes, index) => {
      const numbers = codes.flatMap((code) => this.#numbers.get(code) ?? []);
      return [...new Set(numbers)].filter((one) => one !== index + 1);
    });
    const above = allAbove(parents);
    const below = new Int32Array(size + 1);
    for (let s = 1; s <= size; s++) for (const one of above[s - 1]!) if (one !== s) below[one]!++;
    for (let from = 0; from < size; from += atOnce) {
      const batch: Placed[] = [];
      for (let s = from + 1; s <= Math.min(size, from + atOnce); s++) {
        batch.push({ s, parents: parents[s - 1]!, above: Array.from(above[s - 1]!), below: below[s]! });
      }
      yield batch;
    }
  }
}

/** For each concept itself and all above it: worked out from the top, each by what its parents have. */
function allAbove(parents: readonly (readonly number[])[]): Int32Array[] {
  const above: (Int32Array | undefined)[] = new Array(parents.length);
  const isOpen = new Uint8Array(parents.length);
  for (let start = 0; start < parents.length; start++) {
    const stack = [start];
    while (stack.length > 0) {
      const at = stack.at(-1)!;
      if (above[at]) {
        stack.pop();
        continue;
      }
      isOpen[at] = 1;
      // One that is open below itself closes a circle: it is left to be decided by the walk around it.
      const waiting = parents[at]!.filter((one) => !above[one - 1] && !isOpen[one - 1]);
      if (waiting.length > 0) {
        stack.push(...waiting.map((one) => one - 1));
        continue;
      }
      const all = new Set([at + 1]);
      for (const one of parents[at]!) {
        all.add(one);
        for (const further of above[one - 1] ?? reached(one, parents)) all.add(further);
      }
      above[at] = Int32Array.from(all).sort();
      isOpen[at] = 0;
      stack.pop();
    }
  }
  return above as Int32Array[];
}

function reached(start: number, parents: readonly (readonly number[])[]): Set<number> {
  const found = new Set([start]);
  for (const one of found) for (const next of parents[one - 1]!) found.add(next);
  return found;
}
