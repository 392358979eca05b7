/** What stands at the end of a path, by the definitions. */
import { type ElementType, hasType, jsonKeys, typeDef } from '../definitions.ts';
import type { Step } from './expression.ts';

/** One type that an element at the end of a path may have. */
export interface Leaf {
  readonly type: ElementType;
  /** The definition that tells what stands inside; undefined for primitives and for any resource. */
  readonly inside: string | undefined;
  /** Name of the required set of codes of a `code`. */
  readonly codes: string | undefined;
}

/** Where a path leads. */
export interface Walk {
  readonly leaves: readonly Leaf[];
  /** Whether no element on the way may repeat. */
  readonly single: boolean;
}

/**
 * Follows a path through the definitions.
 * @throws Error when an element of it does not exist: R4's own paths all do
 */
export function walk(head: string, steps: readonly Step[]): Walk {
  let leaves: readonly Leaf[] = [{ type: { code: head }, inside: head, codes: undefined }];
  let single = true;
  for (const step of steps) {
    if (step.kind === 'types') leaves = leaves.filter((leaf) => step.types.includes(leaf.type.code));
    else if (step.kind === 'index') single = single && step.index === 0;
    else if (step.kind === 'child' || step.kind === 'extension') {
      const name = step.kind === 'child' ? step.name : 'extension';
      const next = leaves.map((leaf) => elementsOf(leaf, name)).filter((found) => found !== undefined);
      if (next.length === 0) throw new Error(`${head} has no element at ${JSON.stringify(steps)}.`);
      single = single && next.every((found) => found.single);
      leaves = next.flatMap((found) => found.leaves);
    }
  }
  return { leaves, single };
}

function elementsOf(leaf: Leaf, name: string): Walk | undefined {
  if (leaf.inside === undefined || !hasType(leaf.inside)) return undefined;
  const element = typeDef(leaf.inside).elements.find((one) => one.name === name);
  return (
    element && {
      leaves: jsonKeys(element).map(({ type, inside }) => ({ type, inside, codes: element.codes })),
      single: element.max === 1,
    }
  );
}
