/** A map that forgets what was not used lately when it grows too large. */

export class Bounded<V> {
  // Two generations in place of an order: to find what is used all the time takes one look and changes nothing.
  #young = new Map<string, Entry<V>>();
  #old = new Map<string, Entry<V>>();
  readonly #entriesMax: number;
  readonly #weightMax: number;
  #youngWeight = 0;

  /** @param limits what it holds at most; each of them is reached in two halves, the one of which is then forgotten */
  constructor({ entriesMax, weightMax = Number.POSITIVE_INFINITY }: { entriesMax: number; weightMax?: number }) {
    this.#entriesMax = entriesMax / 2;
    this.#weightMax = weightMax / 2;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: string): V | undefined {
    const entry = this.#young.get(key);
    if (entry !== undefined) return entry.value;
    const older = this.#old.get(key);
    if (older === undefined) return undefined;
    this.set(key, older.value, older.weight);
    return older.value;
  }

  /** @param weight what it counts for beside being one */
  set(key: string, value: V, weight = 0): void {
    const before = this.#young.get(key);
    if (before !== undefined) this.#youngWeight -= before.weight;
    this.#old.delete(key);
    this.#young.set(key, { value, weight });
    this.#youngWeight += weight;
    if (this.#young.size <= this.#entriesMax && this.#youngWeight <= this.#weightMax) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngWeight = 0;
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#youngWeight = 0;
  }
}

interface Entry<V> {
  readonly value: V;
  readonly weight: number;
}
