/**
 * Everything about a row that rules of access may name, as one small number: how confidential it is, which sensitivities
 * it touches, which codes of its class it has. The combinations are few; statements compare the number.
 */
import type { Hasher } from '../hash.ts';
import type { ClassToken } from './sink.ts';

export interface AccessClass {
  /** 32 bits of the hash of the rest. */
  readonly ac: number;
  /** Sorted. */
  readonly tokens: bigint[];
}

/** Combinations remembered; when they are more, all are forgotten. */
const REMEMBERED_MAX = 20_000;

export class AccessClasses {
  readonly #hasher: Hasher;
  readonly #known = new Map<string, AccessClass>();

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
  }

  find(level: number, sensitivity: number, classes: readonly ClassToken[]): AccessClass {
    let key = `${level} ${sensitivity}`;
    for (const { nth } of classes) key += ` ${nth}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const tokens = [...new Set(classes.flatMap((one) => one.tokens))].sort((a, b) => (a < b ? -1 : 1));
    const ac = Number(BigInt.asIntN(32, this.#hasher.hash(`ac|${level}|${sensitivity}|${tokens.join(',')}`)));
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear();
    const found = { ac, tokens };
    this.#known.set(key, found);
    return found;
  }
}
