/**
 * Snapshots: what a profile says together with what it is derived from. One that is shipped is taken as it is; else it
 * is made of the differential. https://hl7.org/fhir/R4/profiling.html#snapshot
 */
import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js';
import { merge, sliceBase } from './merge.ts';
import { ownTree, ownType } from './own.ts';
import { insideOf, type ProfileNode, shorthandType, toElements, toTree } from './tree.ts';

/** Where the definitions come from that a differential builds on. */
export interface Bases {
  /** The tree of a type of R4 or of a profile; undefined when it is not at hand. */
  tree(canonical: string): ProfileNode | undefined;
}

/**
 * The tree of a profile made from its differential.
 * @returns undefined when what it is derived from is not at hand
 */
export function snapshotTree(structure: StructureDefinition, bases: Bases): ProfileNode | undefined {
  const base = structure.baseDefinition === undefined ? undefined : bases.tree(structure.baseDefinition);
  if (base === undefined) return undefined;
  const difference = toTree(structure.type, structure.differential?.element ?? []);
  return derive(base, difference, { bases, source: structure.url });
}

/** The StructureDefinition with a snapshot made from its differential; undefined when its base is not at hand. */
export function withSnapshot(structure: StructureDefinition, bases: Bases): StructureDefinition | undefined {
  const tree = snapshotTree(structure, bases);
  return tree && { ...structure, snapshot: { element: toElements(tree) as ElementDefinition[] } };
}

/**
 * What stands inside of a node: what its profile says of it, else what the one profile of its type says, else its type.
 * @param alone false: a profile on the type is left to the check of that profile
 */
export function childrenOf(node: ProfileNode, bases: Bases, withProfile = true): readonly ProfileNode[] {
  if (node.children.length > 0) return node.children;
  const profiles = node.def.type?.length === 1 ? (node.def.type[0]!.profile ?? []) : [];
  const profiled = withProfile && profiles.length === 1 ? bases.tree(profiles[0]!) : undefined;
  if (profiled) return profiled.children;
  const inside = insideOf(node);
  return inside === undefined ? [] : typeChildren(inside);
}

interface Deriving {
  readonly bases: Bases;
  readonly source: string;
  readonly isInSlice?: boolean;
}

/** The children of a type, or of a backbone element, whose tree is part of its type's. */
function typeChildren(inside: string): readonly ProfileNode[] {
  const [type, ...steps] = inside.split('.');
  let node: ProfileNode | undefined = ownTree(type!);
  for (const step of steps) node = node?.children.find(({ name }) => name === step);
  return node?.children ?? [];
}

function derive(base: ProfileNode, difference: ProfileNode, deriving: Deriving): ProfileNode {
  const def = merge(base.def, difference.def, deriving.source);
  const own: ProfileNode = { ...base, def };
  const children =
    difference.children.length === 0
      ? base.children
      : deriveChildren(childrenOf(own, deriving.bases), difference.children, deriving);
  return withSlices({ ...own, def: opened(def, own, children), children }, base, difference, deriving);
}

/** An element that repeats another is one of its own from where the profile says something of what stands inside. */
function opened(
  { contentReference, ...def }: ProfileNode['def'],
  { element, slice }: ProfileNode,
  children: readonly ProfileNode[],
): ProfileNode['def'] {
  if (contentReference === undefined || element === undefined)
    return { ...def, ...(contentReference ? { contentReference } : {}) };
  const isOwn = children.length > 0 || slice !== undefined;
  return isOwn ? { type: element.types.map(({ code }) => ({ code })), ...def } : { ...def, contentReference };
}

function deriveChildren(
  base: readonly ProfileNode[],
  difference: readonly ProfileNode[],
  deriving: Deriving,
): readonly ProfileNode[] {
  return base.map((child) => {
    const changed = difference.find(({ name }) => name === child.name);
    return changed ? derive(child, changed, deriving) : child;
  });
}

function withSlices(own: ProfileNode, base: ProfileNode, difference: ProfileNode, deriving: Deriving): ProfileNode {
  if (difference.slices.length === 0) return own;
  const changes = regrouped(difference.slices, base.slices);
  const kept = base.slices.map((slice) => {
    const changed = changes.find((it) => it.slice === slice.slice);
    return changed ? derive(slice, changed, deriving) : slice;
  });
  const added = changes
    .filter((it) => !base.slices.some((slice) => slice.slice === it.slice))
    .map((it) => newSlice(base, own, it, deriving));
  const sliced = { ...own, slices: [...kept, ...added] };
  const isShort = own.element?.choice && own.def.slicing === undefined && base.slices.length === 0;
  const isExtensionValue = own.element?.path === 'Extension.value' && difference.slices.some(({ def }) => def.type);
  const isNeeded = deriving.isInSlice || isExtensionValue || difference.slices.some(({ def }) => (def.min ?? 0) > 0);
  return isShort && isNeeded ? narrowed(sliced) : { ...sliced, def: withSlicing(sliced) };
}

/** Puts `a/b` below `a`, when that is a slice of the base of which the differential says nothing itself. */
function regrouped(changes: readonly ProfileNode[], base: readonly ProfileNode[]): readonly ProfileNode[] {
  const holderOf = ({ slice = '' }: ProfileNode) => base.find((it) => slice.startsWith(`${it.slice}/`))?.slice;
  const [nested, plain] = [changes.filter(holderOf), changes.filter((it) => !holderOf(it))];
  const holders = [...new Set(nested.map(holderOf))].map((slice) => {
    const given = plain.find((it) => it.slice === slice) ?? { ...nested[0]!, slice, def: {}, children: [], slices: [] };
    return { ...given, slices: [...given.slices, ...nested.filter((it) => holderOf(it) === slice)] };
  });
  return [...plain.filter((it) => !holders.some(({ slice }) => slice === it.slice)), ...holders];
}

/**
 * `valueQuantity` alone, without a word on slicing, says that `value[x]` is a Quantity: where it is needed, in slices,
 * and in extensions.
 * The specification leaves it open; so the guides are published that ship their snapshots.
 */
function narrowed(node: ProfileNode): ProfileNode {
  const type = node.slices.flatMap(({ def }) => def.type ?? []);
  const least = Math.max(...node.slices.map(({ def }) => def.min ?? 0));
  const slicing = {
    discriminator: [{ type: 'type' as const, path: '$this' }],
    ordered: false,
    rules: 'closed' as const,
  };
  return { ...node, def: { ...node.def, type, slicing, min: Math.max(node.def.min ?? 0, least) } };
}

/** A slice begins as what the base says of every item, or as the root of the extension that it holds. */
function newSlice(base: ProfileNode, own: ProfileNode, difference: ProfileNode, deriving: Deriving): ProfileNode {
  const def = sliceBase(base.def);
  const profiles = difference.def.type?.[0]?.code === 'Extension' ? (difference.def.type[0].profile ?? []) : [];
  const root =
    profiles.length === 1 && ownType(profiles[0]!) === undefined ? deriving.bases.tree(profiles[0]!) : undefined;
  const cardinality = root ? { min: root.def.min ?? 0, max: root.def.max ?? '*' } : {};
  const start: ProfileNode = {
    ...base,
    slice: difference.slice,
    def: { ...def, ...cardinality },
    slices: [],
    // What is said of all items is said of those of the slice.
    children: profiles.length > 0 ? [] : own.children,
  };
  return derive(start, withType(difference), { ...deriving, isInSlice: true });
}

/** `value[x]:valueQuantity` is a Quantity, said or not. */
function withType(slice: ProfileNode): ProfileNode {
  const code = slice.def.type === undefined ? shorthandType(slice) : undefined;
  return code === undefined ? slice : { ...slice, def: { ...slice.def, type: [{ code }] } };
}

/** Extensions are sliced by url and choices by type, said or not. */
function withSlicing({ def, element, name }: ProfileNode): ProfileNode['def'] {
  if (def.slicing !== undefined) return def;
  if (element?.choice)
    return { ...def, slicing: { discriminator: [{ type: 'type', path: '$this' }], ordered: false, rules: 'open' } };
  if (name !== 'extension' && name !== 'modifierExtension') return def;
  return { ...def, slicing: { discriminator: [{ type: 'value', path: 'url' }], ordered: false, rules: 'open' } };
}
