/** The known name that somebody most likely meant. */

/**
 * The name nearest to a mistyped one, for "Did you mean …?".
 * @returns undefined when none is near enough to be worth naming
 */
export function nearest(written: string, known: Iterable<string>): string | undefined {
  const wanted = written.toLowerCase();
  // A third of the letters may be wrong: `brithDate` finds `birthDate`, `x` finds nothing.
  let distance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  let best: string | undefined;
  if (written.length > 64) return undefined;
  for (const name of known) {
    if (Math.abs(name.length - wanted.length) >= distance) continue;
    const steps = name.toLowerCase() === wanted ? 0 : stepsBetween(wanted, name.toLowerCase());
    if (steps < distance) {
      distance = steps;
      best = name;
    }
  }
  return best;
}

/** Letters to insert, remove, replace, or swap with their neighbour (Damerau–Levenshtein, each stretch changed once). */
function stepsBetween(from: string, to: string): number {
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const cost = from[i - 1] === to[j - 1] ? 0 : 1;
      let least = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + cost);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    before = above;
    above = row;
  }
  return above[to.length]!;
}
