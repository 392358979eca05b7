/** The few statistics of the tables. */

/** The middle of `values` (the mean of the two middle ones); NaN of none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const ordered = [...values].sort((a, b) => a - b);
  const middle = ordered.length >> 1;
  return ordered.length % 2 === 1 ? ordered[middle]! : (ordered[middle - 1]! + ordered[middle]!) / 2;
}

/** Lowest and highest of `values`. */
export function range(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** Median of the pairs' ratios b/a with their range. A pair ran back to back, so what disturbed one disturbed both. */
export function ratio(pairs: readonly (readonly [number, number])[]): { median: number; low: number; high: number } {
  const ratios = pairs.map(([a, b]) => b / a);
  const [low, high] = range(ratios);
  return { median: median(ratios), low, high };
}
