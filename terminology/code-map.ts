/** Codes by their systems, and what sets of them make together. Pure. */

/** System → codes. Codes of systems in which case says nothing are in small letters. */
export type CodeMap = ReadonlyMap<string, ReadonlySet<string>>;

/** Codes that are in one of the two. */
export function union(a: CodeMap, b: CodeMap): CodeMap {
  const either = new Map(a);
  for (const [system, codes] of b) either.set(system, codes.union(either.get(system) ?? new Set()));
  return either;
}

/** Codes that are in both. */
export function intersection(a: CodeMap, b: CodeMap): CodeMap {
  const both = new Map<string, ReadonlySet<string>>();
  for (const [system, codes] of a) {
    const common = codes.intersection(b.get(system) ?? new Set());
    if (common.size > 0) both.set(system, common);
  }
  return both;
}

/** Codes of the first that are not in the second. */
export function difference(a: CodeMap, b: CodeMap): CodeMap {
  const left = new Map<string, ReadonlySet<string>>();
  for (const [system, codes] of a) {
    const others = codes.difference(b.get(system) ?? new Set());
    if (others.size > 0) left.set(system, others);
  }
  return left;
}

/** How many codes there are. */
export function sizeOf(codes: CodeMap): number {
  let size = 0;
  for (const one of codes.values()) size += one.size;
  return size;
}
