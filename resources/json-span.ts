/** Where a part of a JSON text stands. */
import { decodeKey } from './json-literals.ts';

/**
 * The first and the last offset (exclusive) of the value that a way of names and indexes leads to.
 * @param text that JSON.parse takes
 * @returns undefined where the way leads nowhere
 */
export function spanOf(text: string, way: readonly (string | number)[]): readonly [number, number] | undefined {
  let at = skipSpace(text, 0);
  for (const step of way) {
    const found = typeof step === 'number' ? itemAt(text, at, step) : memberAt(text, at, step);
    if (found === undefined) return undefined;
    at = found;
  }
  return [at, valueEnd(text, at)];
}

/** Offset of the value that begins behind white space at `from`. */
export function skipSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 0x20) at++;
  return at;
}

/** Where the value that begins at `start` ends. */
export function valueEnd(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return stringEnd(text, start);
  if (first !== '{' && first !== '[') {
    let at = start;
    while (at < text.length && !',]} \t\r\n'.includes(text[at]!)) at++;
    return at;
  }
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = stringEnd(text, at) - 1;
    else if (code === 0x7b || code === 0x5b) depth++;
    else if ((code === 0x7d || code === 0x5d) && --depth === 0) return at + 1;
  }
  return text.length;
}

/** Behind the closing quotation mark of the string that begins at `start`. */
export function stringEnd(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
}

/** Offset of the value of a member. */
function memberAt(text: string, start: number, name: string): number | undefined {
  if (text[start] !== '{') return undefined;
  for (let at = skipSpace(text, start + 1); text[at] === '"'; ) {
    const end = stringEnd(text, at);
    const value = skipSpace(text, skipSpace(text, end) + 1);
    if (decodeKey(text.slice(at + 1, end - 1)) === name) return value;
    const next = skipSpace(text, valueEnd(text, value));
    if (text[next] !== ',') return undefined;
    at = skipSpace(text, next + 1);
  }
  return undefined;
}

function itemAt(text: string, start: number, index: number): number | undefined {
  if (text[start] !== '[') return undefined;
  let at = skipSpace(text, start + 1);
  for (let nth = 0; text[at] !== ']' && at < text.length; nth++) {
    if (nth === index) return at;
    const next = skipSpace(text, valueEnd(text, at));
    if (text[next] !== ',') return undefined;
    at = skipSpace(text, next + 1);
  }
  return undefined;
}
