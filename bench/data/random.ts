/** Chance that repeats: the same seed gives the same records on every machine. */

/** A source of numbers from one seed (SplitMix32 steps, so that neighbouring seeds give unrelated records). */
export interface Chance {
  /** A number in [0, 1). */
  fraction(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** One of `choices`. */
  pick<T>(choices: readonly T[]): T;
  /** True in `share` of the cases. */
  often(share: number): boolean;
  /** Digits, the first one not zero. */
  digits(count: number): string;
  /** A version 4 UUID. */
  uuid(): string;
}

/** Opens the source of numbers that belongs to `seed` (a whole number). */
export function openChance(seed: number): Chance {
  let state = Math.imul(seed + 1, 0x9e3779b9) | 0;
  const bits = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const fraction = (): number => bits() / 4294967296;
  const between = (low: number, high: number): number => low + Math.floor(fraction() * (high - low + 1));
  return {
    fraction,
    between,
    pick: (choices) => choices[between(0, choices.length - 1)]!,
    often: (share) => fraction() < share,
    digits: (count) => `${between(1, 9)}${Array.from({ length: count - 1 }, () => between(0, 9)).join('')}`,
    uuid: () => toUuid([bits(), bits(), bits(), bits()]),
  };
}

function toUuid(words: number[]): string {
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) & 3]!;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
