/** One at a time for each key, in the order of asking. */
export class Keyed {
  readonly #tails = new Map<string | bigint, Promise<unknown>>();

  /** Runs `work` when everything that was asked before for this key has ended, however it ended. */
  async run<T>(key: string | bigint, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const own = before ? before.then(work, work) : work();
    const tail = own.catch(() => {});
    this.#tails.set(key, tail);
    try {
      return await own;
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }

  /** The same for several keys together; they are taken in sorted order, so that no two callers wait for each other. */
  runAll<T>(keys: readonly bigint[], work: () => Promise<T>): Promise<T> {
    const sorted = [...new Set(keys)].sort((a, b) => (a < b ? -1 : 1));
    const step = (at: number): Promise<T> =>
      at === sorted.length ? work() : this.run(sorted[at]!, () => step(at + 1));
    return step(0);
  }
}
