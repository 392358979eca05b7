/** What FHIRPath walks over: an element with what stands beside it and its type, or a value that was calculated. */
import { type ElementDef, hasType, jsonKeys, typeDef } from '../definitions.ts';

/** An element of a resource. A primitive may have no value but an extension: then `data` is undefined and `beside` is there. */
export class Element {
  readonly data: any;
  /** The member with the underscore: id and extensions of a primitive. */
  readonly beside: any;
  /** Resource, datatype or backbone element (`Patient.contact`). */
  readonly type: string;
  /** What was worked out once for the evaluation that began with it, by what works it out: see oncePer. */
  made: Map<unknown, unknown> | undefined;

  constructor(data: any, beside: any, type: string) {
    this.data = data;
    this.beside = beside;
    this.type = type;
    this.made = undefined;
  }
}

/** An element, or a value that FHIRPath calculated. */
export type Item = Element | string | number | boolean;
export type Items = readonly Item[];

/**
 * Thrown where something is met that is not decided here but by the engine: dates of different precision, quantities of
 * different units and the like. No Error, because the stack of one costs more than the evaluation.
 */
export const elsewhere = Object.freeze({ reason: 'this needs the FHIRPath engine' });

/** The element for a value of a type; resources inside others say their type themselves. */
export function toElement(data: any, beside: any, type: string): Element {
  if (type !== 'Resource') return new Element(data, beside, type);
  const own = data?.resourceType;
  if (typeof own !== 'string' || !hasType(own)) throw elsewhere;
  return new Element(data, beside, own);
}

export function dataOf(item: Item): any {
  return item instanceof Element ? item.data : item;
}

export function isPrimitive(type: string): boolean {
  const first = type.charCodeAt(0);
  return first >= 0x61;
}

/** Whether a type is the other or derived from it; names of FHIR only. */
export function isKind(type: string, wanted: string): boolean {
  for (let name: string | undefined = type; name !== undefined; name = typeDef(name).base) {
    if (name === wanted) return true;
  }
  return false;
}

/** Adds the children of a name to `found`. @throws elsewhere for a member that R4 does not have */
export function addChildren(item: Item, name: string, found: Item[]): void {
  if (!(item instanceof Element)) return;
  const { data, beside } = item;
  if (isPrimitive(item.type)) {
    const value = beside?.[name];
    if (name === 'extension') addEach(value, undefined, 'Extension', found);
    else if (name === 'id' && value !== undefined) found.push(new Element(value, undefined, 'string'));
    return;
  }
  if (typeof data !== 'object' || data === null) return;
  const keys = membersOf(item.type).get(name);
  if (keys === undefined) {
    if (Object.hasOwn(data, name) || Object.hasOwn(data, `_${name}`)) throw elsewhere;
    return;
  }
  for (const { key, beside: underscored, type } of keys) {
    const value = data[key];
    const extra = data[underscored];
    if (value === undefined && extra === undefined) continue;
    addEach(value, extra, type, found);
    return;
  }
}

/** Whether there is anything at a way of names, without putting elements together. */
export function hasAny(data: any, beside: any, type: string, names: readonly string[], from: number): boolean {
  const name = names[from]!;
  if (isPrimitive(type)) {
    const found: Item[] = [];
    addChildren(new Element(data, beside, type), name, found);
    return found.some((it) => isThere(it, names, from + 1));
  }
  if (typeof data !== 'object' || data === null) return false;
  const keys = membersOf(type).get(name);
  if (keys === undefined) {
    if (Object.hasOwn(data, name) || Object.hasOwn(data, `_${name}`)) throw elsewhere;
    return false;
  }
  const isLast = from + 1 === names.length;
  for (const { key, beside: underscored, type: inner } of keys) {
    const value = data[key];
    const extra = data[underscored];
    if (value === undefined && extra === undefined) continue;
    if (isLast) return isSome(value) || isSome(extra);
    const found: Item[] = [];
    addEach(value, extra, inner, found);
    return found.some((it) => isThere(it, names, from + 1));
  }
  return false;
}

/** All children of an element, in the order of the resource. */
export function addAllChildren(item: Item, found: Item[]): void {
  if (!(item instanceof Element)) return;
  const isObject = typeof item.data === 'object' && item.data !== null;
  if (!isObject) {
    for (const name in item.beside) addChildren(item, name, found);
    return;
  }
  const names = namesOf(item.type);
  for (const key in item.data) {
    const own = key.charCodeAt(0) === 0x5f ? key.slice(1) : key;
    if (key === 'resourceType' || (own !== key && Object.hasOwn(item.data, own))) continue;
    const name = names.get(own);
    if (name === undefined) throw elsewhere;
    addChildren(item, name, found);
  }
}

function isThere(item: Item, names: readonly string[], from: number): boolean {
  return item instanceof Element && hasAny(item.data, item.beside, item.type, names, from);
}

function isSome(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

function addEach(value: any, beside: any, type: string, found: Item[]): void {
  if (!isSome(value) && !isSome(beside)) return;
  if (!Array.isArray(value) && !Array.isArray(beside)) {
    found.push(toElement(value ?? undefined, beside, type));
    return;
  }
  const length = Math.max(value?.length ?? 0, beside?.length ?? 0);
  for (let i = 0; i < length; i++) found.push(toElement(value?.[i] ?? undefined, beside?.[i] ?? undefined, type));
}

interface Place {
  readonly key: string;
  readonly beside: string;
  readonly type: string;
}

const members = new Map<string, ReadonlyMap<string, readonly Place[]>>();
const jsonNames = new Map<string, ReadonlyMap<string, string>>();

function membersOf(type: string): ReadonlyMap<string, readonly Place[]> {
  let known = members.get(type);
  if (!known) {
    known = new Map(typeDef(type).elements.map((element) => [element.name, placesOf(element)]));
    members.set(type, known);
  }
  return known;
}

function placesOf(element: ElementDef): Place[] {
  return jsonKeys(element).map(({ key, type, inside }) => ({ key, beside: `_${key}`, type: inside ?? type.code }));
}

/** JSON member → name in FHIRPath. */
function namesOf(type: string): ReadonlyMap<string, string> {
  let known = jsonNames.get(type);
  if (!known) {
    known = new Map(
      typeDef(type).elements.flatMap((element) => jsonKeys(element).map(({ key }) => [key, element.name] as const)),
    );
    jsonNames.set(type, known);
  }
  return known;
}
