/** Which slots of a resource have a value, as one token: what answers `:missing`. */
import type { Hasher } from '../hash.ts';

export interface Signature {
  readonly sig: bigint;
  /** Numbers of the slots, sorted. */
  readonly slots: number[];
}

/** Sets remembered for a type; when they are more, all are forgotten. */
const REMEMBERED_MAX = 5000;

/** The sets of slots that occur in resources of one type: few, however many resources there are. */
export class Signatures {
  readonly #hasher: Hasher;
  readonly #type: string;
  readonly #slots: readonly number[];
  readonly #words: number;
  #known: Branch = new Map();
  #count = 0;

  /** @param slots of the type, in the order of their bits */
  constructor(hasher: Hasher, type: string, slots: readonly number[]) {
    this.#hasher = hasher;
    this.#type = type;
    this.#slots = slots;
    this.#words = Math.max(1, (slots.length + 31) >> 5);
  }

  find(bits: Int32Array): Signature {
    let branch = this.#known;
    for (let word = 0; word < this.#words - 1; word++) {
      let next = branch.get(bits[word]!) as Branch | undefined;
      if (next === undefined) {
        next = new Map();
        branch.set(bits[word]!, next);
      }
      branch = next;
    }
    const last = bits[this.#words - 1]!;
    const known = branch.get(last) as Signature | undefined;
    if (known !== undefined) return known;
    const signature = this.#toSignature(bits);
    if (++this.#count > REMEMBERED_MAX) {
      this.#known = new Map();
      this.#count = 0;
    } else branch.set(last, signature);
    return signature;
  }

  #toSignature(bits: Int32Array): Signature {
    const slots = this.#slots.filter((_, index) => (bits[index >> 5]! >>> (index & 31)) & 1);
    slots.sort((a, b) => a - b);
    return { sig: this.#hasher.hash(`sig|${this.#type}|${slots.join(',')}`), slots };
  }
}

type Branch = Map<number, Branch | Signature>;
