/** Numbers and names as JSON writes them. */

/** How many digits the number has without an exponent: `1e3` has four, `1e-3` four as well. */
export function plainDigits(source: string): number {
  const [, whole, fraction, exponent] = /^-?(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?/.exec(source)!;
  const shift = Number(exponent ?? 0);
  return Math.max(1, whole!.length + shift) + Math.max(0, fraction!.length - shift);
}

/** The name that a key stands for, its escapes taken out. */
export function decodeKey(written: string): string {
  if (!written.includes('\\')) return written;
  try {
    return JSON.parse(`"${written}"`) as string;
  } catch {
    return written; // a broken escape: JSON.parse of the whole text tells where
  }
}
