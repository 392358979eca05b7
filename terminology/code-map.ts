/** Codes by their systems, and what sets of them make together. Pure. */

/** System → codes. Codes of systems in which case says nothing are in small letters. */
export type CodeMap = ReadonlyMap<string, ReadonlySet<string>>;

/** How many codes there are. */
export function sizeOf(codes: CodeMap): number {
  let size = 0;
  for (const one of codes.values()) size += one.size;
  return size;
}
