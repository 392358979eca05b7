/** The definitions that one judgement works with, and what it lacked of them. */
import type { StructureDefinition } from 'fhir/r4.js';
import type { Library } from '../library.ts';
import { ownTree, ownType } from './own.ts';
import { ownStructure } from './own-profiles.ts';
import { type Bases, snapshotTree } from './snapshot.ts';
import { isSound } from './sound.ts';
import { type ProfileNode, toTree } from './tree.ts';

/** A tree, and the definitions that it was made of: another library may hold others under the same names. */
interface Made {
  readonly tree: ProfileNode;
  readonly from: ReadonlyMap<string, StructureDefinition>;
}

const made = new WeakMap<StructureDefinition, Made>();

/** How many profiles may stand on each other: more is a circle. */
const basesMax = 30;

export class Definitions implements Bases {
  readonly library: Library | undefined;
  /** Canonicals that the library was never asked for. */
  readonly lacking = new Set<string>();
  /** What is being made, innermost last. */
  readonly #making: { readonly canonical: string; readonly from: Map<string, StructureDefinition> }[] = [];

  constructor(library: Library | undefined) {
    this.library = library;
  }

  /** @returns null: there is none; undefined: it must be fetched first, which is noted */
  structure(canonical: string): StructureDefinition | null | undefined {
    const found = ownStructure(canonical) ?? this.library?.structure(canonical);
    if (found === undefined) {
      if (this.library === undefined) return null;
      this.lacking.add(canonical);
    } else if (found) for (const { from } of this.#making) from.set(canonical, found);
    return found;
  }

  /** The tree of a type of R4, or of a profile; undefined when it, or what it is derived from, is not at hand. */
  tree(canonical: string): ProfileNode | undefined {
    const type = ownType(canonical);
    if (type !== undefined) return ownTree(type);
    const structure = this.structure(canonical);
    return structure ? this.treeOf(structure) : undefined;
  }

  /** The tree of a profile that is at hand. */
  treeOf(structure: StructureDefinition): ProfileNode | undefined {
    const known = made.get(structure);
    if (known && this.#isStill(known)) {
      for (const { from } of this.#making) for (const [canonical, base] of known.from) from.set(canonical, base);
      return known.tree;
    }
    if (this.#making.length > basesMax || this.#making.some(({ canonical }) => canonical === structure.url))
      return undefined;
    if (!isSound(structure)) return undefined;
    const making = { canonical: structure.url, from: new Map<string, StructureDefinition>() };
    this.#making.push(making);
    const lacked = this.lacking.size;
    const tree = structure.snapshot?.element.length
      ? toTree(structure.type, structure.snapshot.element)
      : snapshotTree(structure, this);
    this.#making.pop();
    if (tree && this.lacking.size === lacked) made.set(structure, { tree, from: making.from });
    return tree;
  }

  #isStill({ from }: Made): boolean {
    for (const [canonical, structure] of from) if (this.structure(canonical) !== structure) return false;
    return true;
  }
}
