/** Definitions that can be worked with. They come from clients and packages, and a judgement must not fail by one of them. */
import type { StructureDefinition } from 'fhir/r4.js';
import { checkerOf } from '../compile.ts';
import { Report } from '../report.ts';
import type { Way } from '../way.ts';

const known = new WeakMap<StructureDefinition, boolean>();

/** Whether what a profile is made of is built as R4 wants; found out once for each definition. */
export function isSound(structure: StructureDefinition): boolean {
  let sound = known.get(structure);
  if (sound === undefined) {
    const inspection = new Inspection(structure);
    checkerOf(name)(structure, inspection, undefined, name);
    sound = !inspection.failed && [structure.url, structure.type].every((it) => typeof it === 'string');
    known.set(structure, sound);
  }
  return sound;
}

const name = 'StructureDefinition';

/** Looser than R4: a profile without a name or a status is of use, and so is one with elements that only R5 has. */
class Inspection extends Report {
  constructor(structure: StructureDefinition) {
    const checker = (type: string) => checkerOf(type);
    const locator = { pathOf: () => '' };
    super(false, { resource: structure, type: name, digits: undefined, checker, locator, library: undefined });
  }

  override unknown(): void {}

  override missing(at: Way | undefined, seen: number, type: string): void {
    if (type !== name) super.missing(at, seen, type);
  }
}
