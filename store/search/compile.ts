/**
 * A function for each resource type that visits every element that is searched by once, and hands its values over.
 * FHIRPath is not interpreted for each resource: its paths become one tree, the tree becomes code.
 */
import { jsonKeys, type Slot, type Step, typeDef } from '../../resources/index.ts';
import type { Collect, Sink } from './sink.ts';

/** What happens with the values of a slot. */
export interface Visit {
  readonly slot: Slot;
  /** Word and bit of the slot among those that have a value; undefined where the collector decides, or nobody asks. */
  readonly presence: { readonly word: number; readonly bit: number } | undefined;
  /** What takes values of this FHIR type; undefined for types that are not indexed. */
  collect(fhirType: string): Collect | undefined;
}

/** Takes a composite's element: the element, which one of its list, the resource. */
export type Composite = (element: any, index: number, resource: any, sink: Sink) => void;

export interface CompositeVisit {
  readonly steps: readonly Step[];
  readonly composite: Composite;
}

/** Visits the elements of a resource of one type. */
export type VisitAll = (resource: any, sink: Sink) => void;

/** Makes the function for a type. Nothing of what clients send becomes code: paths are those of the definitions. */
export function compileVisits(type: string, visits: readonly Visit[], composites: readonly CompositeVisit[]): VisitAll {
  const root = newNode();
  for (const visit of visits) if (!visit.slot.stated) nodeAt(root, visit.slot.steps).visits.push(visit);
  for (const { steps, composite } of composites) nodeAt(root, steps).composites.push(composite);
  const code = new Code();
  for (const visit of visits) if (visit.slot.stated) emitStated(visit, type, code);
  emitInside(root, 'r', type, 'undefined', code);
  const make = new Function('c', `'use strict';${code.constants()}return (r, s) => {const b = s.bits;${code.text}};`);
  return make(code.collectors) as VisitAll;
}

interface Node {
  readonly visits: Visit[];
  readonly composites: Composite[];
  readonly steps: Map<string, { readonly step: Step; readonly node: Node }>;
}

function newNode(): Node {
  return { visits: [], composites: [], steps: new Map() };
}

function nodeAt(root: Node, steps: readonly Step[]): Node {
  let node = root;
  for (const step of steps) {
    const key = JSON.stringify(step);
    let next = node.steps.get(key);
    if (!next) {
      next = { step, node: newNode() };
      node.steps.set(key, next);
    }
    node = next.node;
  }
  return node;
}

/** The text of a function while it is written, and the collectors that it calls. */
class Code {
  text = '';
  readonly collectors: (Collect | Composite)[] = [];
  #names = 0;

  /** The name by which a function is called. */
  call(collect: Collect | Composite): string {
    const at = this.collectors.indexOf(collect);
    return `c${at < 0 ? this.collectors.push(collect) - 1 : at}`;
  }

  name(): string {
    return `v${this.#names++}`;
  }

  constants(): string {
    return this.collectors.map((_, index) => `const c${index} = c[${index}];`).join('');
  }
}

/** Code for a value of one FHIR type in variable `v`. */
function emitValue(node: Node, v: string, place: Place, code: Code): void {
  const { fhirType, inside, holder, key, index } = place;
  for (const visit of node.visits) {
    const collect = visit.collect(fhirType);
    if (!collect) continue;
    if (visit.presence) code.text += `b[${visit.presence.word}] |= ${visit.presence.bit};`;
    code.text += `${code.call(collect)}(${v}, s, ${holder}, ${key});`;
  }
  for (const composite of node.composites) code.text += `${code.call(composite)}(${v}, ${index}, r, s);`;
  for (const { step, node: next } of node.steps.values()) {
    if (step.kind === 'types' && step.types.includes(fhirType)) emitValue(next, v, place, code);
    else if (step.kind === 'index')
      emitBlock(`${index} === ${step.index}`, () => emitValue(next, v, place, code), code);
    else if (step.kind === 'where') {
      const isIt = `${v}.${step.element} === ${JSON.stringify(step.equals)}`;
      emitBlock(isIt, () => emitValue(next, v, place, code), code);
    }
  }
  if (inside !== undefined) emitInside(node, v, inside, index, code);
}

interface Place {
  readonly fhirType: string;
  readonly inside: string | undefined;
  /** Expressions for what holds the value, under which key, and for its number in the nearest list. */
  readonly holder: string;
  readonly key: string;
  readonly index: string;
}

/** Code for the elements inside of the object in variable `v`. */
function emitInside(node: Node, v: string, inside: string, index: string, code: Code): void {
  const { elements } = typeDef(inside);
  for (const { step, node: next } of node.steps.values()) {
    if (step.kind !== 'child' && step.kind !== 'extension') continue;
    const name = step.kind === 'child' ? step.name : 'extension';
    const element = elements.find((one) => one.name === name);
    if (!element) continue;
    for (const { key, type, inside: below } of jsonKeys(element)) {
      if (!leadsAnywhere(next, type.code)) continue;
      const found = code.name();
      const place = { fhirType: type.code, inside: below, holder: v, key: JSON.stringify(key), index };
      code.text += `{const ${found} = ${v}.${key};`;
      emitBlock(
        `${found} !== undefined`,
        () => {
          if (element.max === 1) emitValue(next, found, place, code);
          else emitList(next, found, step.kind === 'extension' ? step.url : undefined, place, code);
        },
        code,
      );
      code.text += '}';
    }
  }
}

function emitList(node: Node, list: string, url: string | undefined, place: Place, code: Code): void {
  const at = code.name();
  const item = code.name();
  code.text += `for (let ${at} = 0; ${at} < ${list}.length; ${at}++) {const ${item} = ${list}[${at}];`;
  // Lists of primitives hold null where there is only an extension.
  const isIt = `${item} !== null${url === undefined ? '' : ` && ${item}.url === ${JSON.stringify(url)}`}`;
  emitBlock(isIt, () => emitValue(node, item, { ...place, holder: list, key: at, index: at }, code), code);
  code.text += '}';
}

function emitBlock(condition: string, body: () => void, code: Code): void {
  code.text += `if (${condition}) {`;
  body();
  code.text += '}';
}

/** Whether anything is done with a value of this type: choices are not read in the types that nobody asks for. */
function leadsAnywhere(node: Node, fhirType: string): boolean {
  if (node.composites.length > 0 || node.visits.some((visit) => visit.collect(fhirType))) return true;
  return [...node.steps.values()].some(({ step, node: next }) => {
    if (step.kind === 'types') return step.types.includes(fhirType) && leadsAnywhere(next, fhirType);
    return step.kind === 'child' || step.kind === 'extension' || leadsAnywhere(next, fhirType);
  });
}

/** `x.exists() and x != false`: false where there is no x at all, nothing where x is there without a value. */
function emitStated(visit: Visit, type: string, code: Code): void {
  const [step] = visit.slot.steps;
  const element = step?.kind === 'child' ? typeDef(type).elements.find((one) => one.name === step.name) : undefined;
  const collect = visit.collect('boolean');
  if (!element || !collect || visit.slot.steps.length !== 1) throw new Error(`${visit.slot.name} cannot be compiled.`);
  const keys = jsonKeys(element).map(({ key }) => key);
  const stated = keys.map((key) => `(r.${key} !== undefined && r.${key} !== false)`).join(' || ');
  const valued = keys.map((key) => `r.${key} !== undefined`).join(' || ');
  const empty = keys.map((key) => `r._${key} === undefined`).join(' && ');
  emitBlock(
    `${valued} || (${empty})`,
    () => {
      if (visit.presence) code.text += `b[${visit.presence.word}] |= ${visit.presence.bit};`;
      code.text += `${code.call(collect)}(${stated}, s, r, '');`;
    },
    code,
  );
}
