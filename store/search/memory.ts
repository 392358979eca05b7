/** What extraction remembers of codes and urls that come again and again, so that they are hashed once. */

/** Remembered values over all slots; when they are more, all are forgotten and learnt again as they come. */
const REMEMBERED_MAX = 50_000;

export class Memory {
  readonly #maps: Map<string, unknown>[] = [];
  #count = 0;

  /** A map of this memory. Whatever is put in must be told by `grow`. */
  map<T>(): Map<string, T> {
    const map = new Map<string, T>();
    this.#maps.push(map);
    return map;
  }

  /** Before a value is put into one of the maps. */
  grow(): void {
    if (++this.#count <= REMEMBERED_MAX) return;
    for (const map of this.#maps) map.clear();
    this.#count = 1;
  }
}
