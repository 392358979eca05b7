/** Which descriptions are preferred in which language reference sets: a million numbers in eight bytes each. */

/** A growing set of SNOMED CT identifiers, which have up to 18 digits. */
export class IdSet {
  #ids = new BigUint64Array(1024);
  #size = 0;
  #isSorted = true;

  add(id: string): void {
    if (this.#size === this.#ids.length) {
      const more = new BigUint64Array(this.#size * 2);
      more.set(this.#ids);
      this.#ids = more;
    }
    this.#ids[this.#size++] = BigInt(id);
    this.#isSorted = false;
  }

  has(id: string): boolean {
    if (!this.#isSorted) {
      this.#ids.subarray(0, this.#size).sort();
      this.#isSorted = true;
    }
    const wanted = BigInt(id);
    let low = 0;
    let high = this.#size - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const one = this.#ids[middle]!;
      if (one === wanted) return true;
      if (one < wanted) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }
}
