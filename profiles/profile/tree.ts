/**
 * ElementDefinitions as the tree that they describe: R4 lists them flat, with slices between the elements that they slice.
 * https://hl7.org/fhir/R4/elementdefinition.html#id
 */
import type { ElementDefinition } from 'fhir/r4.js';
import { type ElementDef, hasType, jsonKeys, typeDef } from '../../resources/index.ts';

/** An element of a profile, or one slice of it. Trees share what they have in common: never change one that is made. */
export interface ProfileNode {
  /** As in FHIRPath, without `[x]`; of the root, the type. */
  readonly name: string;
  /** Name of the slice, whole (`a/b` for a slice of a slice); undefined for the element itself. */
  readonly slice: string | undefined;
  /** What R4 says of the element; undefined for the root, and where the type that holds it is not known. */
  readonly element: ElementDef | undefined;
  readonly def: Partial<ElementDefinition>;
  readonly children: readonly ProfileNode[];
  readonly slices: readonly ProfileNode[];
}

interface Step {
  readonly name: string;
  readonly slice: string | undefined;
}

/** A node while its tree is being made. */
interface Growing {
  name: string;
  slice: string | undefined;
  element: ElementDef | undefined;
  def: Partial<ElementDefinition>;
  children: Growing[];
  slices: Growing[];
}

/**
 * The tree of a snapshot or of a differential; elements that a differential skips are there with an empty definition.
 * @param type the type that the profile constrains
 */
export function toTree(type: string, elements: readonly ElementDefinition[]): ProfileNode {
  const root: Growing = { name: type, slice: undefined, element: undefined, def: {}, children: [], slices: [] };
  let before: readonly Step[] = [];
  for (const definition of elements) {
    const steps = stepsOf(definition, before);
    before = steps;
    place(root, type, steps, definition);
  }
  return root;
}

/** The flat list of a tree, in the order of snapshots, each element with its id and path. */
export function toElements(root: ProfileNode): ElementDefinition[] {
  const list: ElementDefinition[] = [];
  const add = (node: ProfileNode, path: string, id: string) => {
    list.push({ ...node.def, id, path, ...(node.slice === undefined ? {} : { sliceName: node.slice }) });
    for (const child of node.children) {
      const name = child.element?.choice ? `${child.name}[x]` : child.name;
      add(child, `${path}.${name}`, `${id}.${name}`);
    }
    for (const slice of node.slices) add(slice, path, `${id.replace(/:[^.:]*$/, '')}:${slice.slice}`);
  };
  add(root, root.name, root.name);
  return list;
}

/** The type or backbone element that tells what stands inside a node; undefined for open choices. */
export function insideOf(node: Pick<ProfileNode, 'name' | 'slice' | 'element' | 'def'>): string | undefined {
  if (node.element === undefined) return hasType(node.name) ? node.name : undefined;
  const named = node.def.type ?? [];
  if (node.element.choice || node.element.types[0]?.code === 'Resource') {
    if (named.length === 1) return insideType(named[0]!.code);
    const short = shorthandType(node);
    if (named.length === 0 && short !== undefined) return insideType(short);
    return node.element.types.length === 1 ? insideType(node.element.types[0]!.code) : undefined;
  }
  return node.element.children ?? primitive;
}

/** The type that a slice of a choice is named after: `valueQuantity`. */
export function shorthandType({ element, slice }: Pick<ProfileNode, 'element' | 'slice'>): string | undefined {
  if (!element?.choice || slice === undefined) return undefined;
  return jsonKeys(element).find(({ key }) => key === slice)?.type.code;
}

/** The element of a type that a path names: `value[x]`, `value`, or one type of it, `valueQuantity`. */
export function elementOf(
  type: string | undefined,
  written: string,
): { element: ElementDef; shorthand: string | undefined } | undefined {
  if (type === undefined || !hasType(type)) return undefined;
  const name = written.replace(/\[x\]$/, '');
  const { elements } = typeDef(type);
  const element = elements.find((it) => it.name === name);
  if (element) return { element, shorthand: undefined };
  const choice = elements.find((it) => it.choice && jsonKeys(it).some(({ key }) => key === name));
  return choice && { element: choice, shorthand: name };
}

/** Inside of a primitive stands what any element may have: an id and extensions. */
const primitive = 'Element';

function insideType(code: string): string | undefined {
  if (!/^[A-Z]/.test(code)) return primitive;
  return code !== 'Resource' && hasType(code) ? code : undefined;
}

/** Ids tell in which slice an element stands; where they are missing or odd, what came before tells. */
function stepsOf({ id, path, sliceName }: ElementDefinition, before: readonly Step[]): Step[] {
  const names = path.split('.').slice(1);
  const parts = id?.split('.').slice(1) ?? [];
  const isTold = parts.length === names.length && parts.every((part, i) => part.split(':')[0] === names[i]!);
  let isBelow = true;
  return names.map((written, i) => {
    const name = written.replace(/\[x\]$/, '');
    const isLast = i === names.length - 1;
    isBelow &&= before[i]?.name === name;
    if (isLast && sliceName !== undefined) return { name, slice: sliceName };
    if (isTold)
      return { name, slice: parts[i]!.includes(':') ? parts[i]!.slice(parts[i]!.indexOf(':') + 1) : undefined };
    return { name, slice: !isLast && isBelow ? before[i]!.slice : undefined };
  });
}

function place(root: Growing, type: string, steps: readonly Step[], definition: ElementDefinition): void {
  let at = root;
  let inside: string | undefined = type;
  for (const step of steps) {
    const found = elementOf(inside, step.name);
    const name = found?.element.name ?? step.name;
    let child = at.children.find((it) => it.name === name);
    if (!child) {
      child = { name, slice: undefined, element: found?.element, def: {}, children: [], slices: [] };
      at.children.push(child);
    }
    at = child;
    const slice = step.slice ?? found?.shorthand;
    if (slice !== undefined) at = sliceOf(at, slice);
    inside = insideOf(at);
  }
  const { id: _, path: __, sliceName: ___, ...def } = definition;
  at.def = { ...at.def, ...def };
}

/** A slice of a slice stands below the one that it slices, when that is there. */
function sliceOf(node: Growing, name: string): Growing {
  const parts = name.split('/');
  let holder = node;
  for (let i = 1; i < parts.length; i++) {
    const upper = holder.slices.find((it) => it.slice === parts.slice(0, i).join('/'));
    if (upper) holder = upper;
  }
  let slice = holder.slices.find((it) => it.slice === name);
  if (!slice) {
    slice = { name: node.name, slice: name, element: node.element, def: {}, children: [], slices: [] };
    holder.slices.push(slice);
  }
  return slice;
}
