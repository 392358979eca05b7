/**
 * How much of large Bundles is worked on at once. Each takes several times its length in memory while it is under way,
 * and more of them at once are not done sooner: beyond a few they only wait for each other and grow old in the heap.
 */

/** Bundles up to this length never wait: a small one must not stand behind a huge one. */
const SMALL = 64 * 1024;

interface Waiter {
  readonly size: number;
  readonly enter: () => void;
}

export class Room {
  readonly #size: number;
  #held = 0;
  /** In the order in which they came. */
  readonly #waiting = new Set<Waiter>();

  /** @param size characters that are worked on at once; a longer Bundle is worked on alone */
  constructor(size: number) {
    this.#size = size;
  }

  /**
   * Does the work as soon as there is room for it.
   * @param length characters of the Bundle
   * @throws what the work throws, or the reason of the signal where its caller gave up while it waited
   */
  async use<T>(length: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (length <= SMALL) return work();
    const size = Math.min(length, this.#size);
    await this.#enter(size, signal);
    try {
      return await work();
    } finally {
      this.#held -= size;
      this.#admit();
    }
  }

  async #enter(size: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { size, enter: resolve };
    const giveUp = () => {
      this.#waiting.delete(waiter);
      reject(signal.reason);
      // It may have been what the others waited behind.
      this.#admit();
    };
    this.#waiting.add(waiter);
    signal.addEventListener('abort', giveUp);
    this.#admit();
    await promise.finally(() => signal.removeEventListener('abort', giveUp));
  }

  #admit(): void {
    for (const waiter of this.#waiting) {
      if (this.#held > 0 && this.#held + waiter.size > this.#size) return;
      this.#waiting.delete(waiter);
      this.#held += waiter.size;
      waiter.enter();
    }
  }
}
