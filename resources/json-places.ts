/** Where elements stand in the text that was sent, for people who look there. */
import { decodeKey } from './json-literals.ts';
import type { Place } from './json-mistake.ts';
import { skipSpace, stringEnd, valueEnd } from './json-span.ts';

/**
 * Line and column of elements, found by one pass over the text; where an element itself is missing, those of what it
 * should stand in.
 * @param text JSON that was parsed before
 * @param expressions FHIRPath from the resource down to an element (`Patient.name[1].given[0]`, `Observation.value`), as
 *   findings tell it; a step that no text can have (a function) ends the way
 * @param offset where the resource begins in the text
 */
export function placesOf(text: string, expressions: readonly string[], offset = 0): Place[] {
  const root = newNode(undefined);
  const nodes = expressions.map((expression) => nodeOf(root, expression));
  const start = skipSpace(text, offset);
  root.offset = start;
  walk(text, start, root);
  const offsets = nodes.map(offsetOf);
  return offsets.map(placeIn(text));
}

/**
 * Line and column of offsets in a text; where its lines begin is found out once, when it is first asked.
 * @returns the place of an offset
 */
export function placeIn(text: string): (offset: number) => Place {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  };
}

/** An element that is looked for, or one on the way to it. */
interface Node {
  readonly up: Node | undefined;
  readonly below: Map<string | number, Node>;
  offset: number | undefined;
}

function newNode(up: Node | undefined): Node {
  return { up, below: new Map(), offset: undefined };
}

const STEP = /\.?(?:([A-Za-z_]\w*)|`([^`]*)`)(?![\w(])|\[(\d+)\]/y;

function nodeOf(root: Node, expression: string): Node {
  let node = root;
  // The first name is that of the type; `resourceType` alone is told of the member.
  STEP.lastIndex = /^[A-Z]\w*/.exec(expression)?.[0].length ?? 0;
  for (let step = STEP.exec(expression); step; step = STEP.exec(expression)) {
    const key = step[3] === undefined ? (step[1] ?? step[2]!) : Number(step[3]);
    const known = node.below.get(key) ?? newNode(node);
    node.below.set(key, known);
    node = known;
  }
  return node;
}

function offsetOf(node: Node): number {
  let at: Node = node;
  while (at.offset === undefined) at = at.up!;
  return at.offset;
}

/** Passes the value at `start`, noting what is looked for in it. @returns where it ends */
function walk(text: string, start: number, node: Node): number {
  if (node.below.size === 0) return valueEnd(text, start);
  if (text[start] === '{') return walkObject(text, start, node);
  if (text[start] === '[') return walkList(text, start, node);
  return valueEnd(text, start);
}

function walkObject(text: string, start: number, node: Node): number {
  let at = skipSpace(text, start + 1);
  while (text[at] === '"') {
    const keyEnd = stringEnd(text, at);
    const value = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const wanted = wantedBy(node, decodeKey(text.slice(at + 1, keyEnd - 1)));
    if (wanted) wanted.offset ??= at;
    const end = skipSpace(text, wanted ? walk(text, value, wanted) : valueEnd(text, value));
    if (text[end] !== ',') return end + 1;
    at = skipSpace(text, end + 1);
  }
  return at + 1;
}

function walkList(text: string, start: number, node: Node): number {
  let at = skipSpace(text, start + 1);
  for (let index = 0; text[at] !== ']' && at < text.length; index++) {
    const wanted = node.below.get(index);
    if (wanted) wanted.offset ??= at;
    const end = skipSpace(text, wanted ? walk(text, at, wanted) : valueEnd(text, at));
    if (text[end] !== ',') return end + 1;
    at = skipSpace(text, end + 1);
  }
  return at + 1;
}

/** A member may be called after its element, after it and its type (`valueQuantity`), or hold its extensions (`_value`). */
function wantedBy({ below }: Node, key: string): Node | undefined {
  const name = key.startsWith('_') ? key.slice(1) : key;
  const exact = below.get(key) ?? below.get(name);
  if (exact) return exact;
  for (const [wanted, node] of below) {
    if (typeof wanted === 'string' && name.startsWith(wanted) && /^[A-Z]/.test(name.slice(wanted.length))) return node;
  }
  return undefined;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return starts;
}
