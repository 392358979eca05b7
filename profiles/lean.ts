/** What judging needs of a StructureDefinition: a tenth of one is rules, the rest is prose. Pure. */
import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js';
import { hasType } from '../resources/index.ts';

const R4_BASE = 'http://hl7.org/fhir/StructureDefinition/';

/** Members that no judgement reads. */
const PROSE: ReadonlySet<string> = new Set([
  'text',
  'contained',
  'contact',
  'useContext',
  'jurisdiction',
  'purpose',
  'copyright',
  'description',
  'keyword',
  'mapping',
]);
const ELEMENT_PROSE: ReadonlySet<string> = new Set([
  'definition',
  'comment',
  'requirements',
  'alias',
  'mapping',
  'example',
  'meaningWhenMissing',
  'orderMeaning',
  'isSummary',
  'code',
]);

/** The same definition with its rules only. */
export function leanStructure(structure: StructureDefinition): StructureDefinition {
  const lean = without(structure, PROSE) as StructureDefinition;
  if (lean.snapshot) lean.snapshot = { element: lean.snapshot.element.map(leanElement) };
  if (lean.differential) lean.differential = { element: lean.differential.element.map(leanElement) };
  return lean;
}

/** Canonicals of what a judgement by this definition asks for next: profiles on types and extensions, and its base. */
export function namedStructures({ baseDefinition, snapshot, differential }: StructureDefinition): string[] {
  const named = new Set<string>();
  // A snapshot says everything that the base says.
  if (!snapshot && baseDefinition) named.add(baseDefinition);
  for (const { type = [] } of (snapshot ?? differential)?.element ?? []) {
    for (const { profile = [] } of type) for (const one of profile) named.add(one);
  }
  return [...named].filter((canonical) => !isType(canonical));
}

function leanElement(element: ElementDefinition): ElementDefinition {
  return without(element, ELEMENT_PROSE) as ElementDefinition;
}

function without(object: object, members: ReadonlySet<string>): object {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !members.has(name)));
}

function isType(canonical: string): boolean {
  if (!canonical.startsWith(R4_BASE)) return false;
  const [name] = canonical.slice(R4_BASE.length).split('|');
  return hasType(name!);
}
