/**
 * Decimal text → Postgres' numeric in binary: groups of four digits around the decimal point, and the written scale.
 * Layout: numeric_recv in the source of Postgres.
 */
import { plainDecimal } from './write/content.ts';

/** Bytes that the numeric of a text of this length takes at most. @param text as for `writeNumeric` */
export function numericBytesMax(text: string): number {
  // Two bytes for each group; at either end of whole and fraction one may be begun.
  return HEAD + 2 * ((text.length >> 2) + 2);
}

/** The text that `writeNumeric` takes: the same number in plain digits. */
export function plainNumeric(text: string): string {
  return text.includes('e') || text.includes('E') ? plainDecimal(text) : text;
}

/**
 * Writes a number at `at`, where `numericBytesMax` must be free.
 * @param text plain digits, with a minus and a point if wanted; `Infinity`, `-Infinity`
 * @returns the number of bytes written
 * @throws RangeError for text that is no decimal
 */
export function writeNumeric(view: DataView, at: number, text: string): number {
  if (text.endsWith('y')) return writeInfinity(view, at, text);
  const isNegative = text.charCodeAt(0) === MINUS;
  const from = isNegative ? 1 : 0;
  const dot = text.indexOf('.', from);
  const point = dot < 0 ? text.length : dot;
  const scale = dot < 0 ? 0 : text.length - dot - 1;
  if (point === from && scale === 0) throw notDecimal(text);
  let weight = Math.ceil((point - from) / 4) - 1;
  let missing = (point - from) % 4 || 4;
  let group = 0;
  let end = at + HEAD;
  let last = end;
  for (let i = from; i <= text.length; i++) {
    if (i < text.length) {
      if (i === point) continue;
      const digit = text.charCodeAt(i) - ZERO;
      if (digit < 0 || digit > 9) throw notDecimal(text);
      group = group * 10 + digit;
      if (--missing > 0) continue;
    } else if (missing < 4) group *= POWERS[missing]!;
    else break;
    // Zeros at either end are told by the weight and the scale.
    if (group === 0 && last === at + HEAD) weight--;
    else {
      view.setInt16(end, group);
      end += 2;
      if (group > 0) last = end;
    }
    group = 0;
    missing = 4;
  }
  const isZero = last === at + HEAD;
  writeHead(view, at, (last - at - HEAD) / 2, isZero ? 0 : weight, isNegative && !isZero ? 0x4000 : 0, scale);
  return last - at;
}

const HEAD = 8;
const ZERO = 48;
const MINUS = 45;
const POWERS = [1, 10, 100, 1000];

function writeInfinity(view: DataView, at: number, text: string): number {
  if (text !== 'Infinity' && text !== '-Infinity') throw notDecimal(text);
  writeHead(view, at, 0, 0, text === 'Infinity' ? 0xd000 : 0xf000, 0x20);
  return HEAD;
}

function writeHead(view: DataView, at: number, groups: number, weight: number, sign: number, scale: number): void {
  view.setInt16(at, groups);
  view.setInt16(at + 2, weight);
  view.setUint16(at + 4, sign);
  view.setUint16(at + 6, scale);
}

function notDecimal(text: string): RangeError {
  return new RangeError(`${text.slice(0, 40)} is not a decimal`);
}
