/**
 * Comparing and combining values, for what can be decided without calendars and units; the rest goes to the engine.
 * https://hl7.org/fhirpath/N1/#operations
 */
import { dataOf, Element, elsewhere, type Item, type Items } from './item.ts';

/** `=`: undefined where one side is empty. */
export function equals(left: Items, right: Items): boolean | undefined {
  if (left.length === 0 || right.length === 0) return undefined;
  if (left.length !== right.length) return false;
  return left.every((item, index) => same(item, right[index]!));
}

/** Whether two items are equal. @throws elsewhere for dates and quantities that are not the very same */
export function same(left: Item, right: Item): boolean {
  const a = dataOf(left);
  const b = dataOf(right);
  if (isDate(left) || isDate(right) || isQuantity(left) || isQuantity(right)) {
    const isPlain = left instanceof Element && right instanceof Element && left.type === right.type;
    if (!isPlain || a !== b || left.beside !== undefined || right.beside !== undefined) throw elsewhere;
    return true;
  }
  if (a === undefined || b === undefined) throw elsewhere;
  const bothElements = left instanceof Element && right instanceof Element;
  if (typeof a === 'object' && typeof b === 'object') return sameJson(a, b);
  // The engine rounds before it compares.
  if (typeof a === 'number' && typeof b === 'number' && a !== b && Math.abs(a - b) < 1e-6) throw elsewhere;
  if (a !== b) return false;
  return !bothElements || sameJson(left.beside ?? null, right.beside ?? null);
}

/** `~` for texts, booleans and whole numbers. */
export function equivalent(left: Items, right: Items): boolean {
  if (left.length === 0 && right.length === 0) return true;
  if (left.length !== 1 || right.length !== 1) throw elsewhere;
  const [a, b] = [dataOf(left[0]!), dataOf(right[0]!)];
  if (isDate(left[0]!) || isDate(right[0]!)) throw elsewhere;
  if (typeof a === 'string' && typeof b === 'string') return normal(a) === normal(b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return a === b;
  if (Number.isInteger(a) && Number.isInteger(b)) return a === b;
  throw elsewhere;
}

/** `<`: negative, zero or positive; undefined where one side is empty or has no value. */
export function order(left: Items, right: Items): number | undefined {
  if (left.length === 0 || right.length === 0) return undefined;
  if (left.length > 1 || right.length > 1) throw elsewhere;
  const [a, b] = [dataOf(left[0]!), dataOf(right[0]!)];
  if (a === undefined || b === undefined) return undefined;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (isQuantity(left[0]!) && isQuantity(right[0]!)) return orderQuantities(a, b);
  if (typeof a !== 'string' || typeof b !== 'string') throw elsewhere;
  if (isDate(left[0]!) !== isDate(right[0]!)) throw elsewhere;
  return isDate(left[0]!) ? orderDates(a, b) : compare(a, b);
}

/** The exact sum of amounts with few digits behind the point. @throws elsewhere for any others, and for none */
export function sum(items: Items): number {
  let total = 0;
  for (const item of items) {
    const value = dataOf(item);
    if (typeof value !== 'number' || (item instanceof Element && item.beside !== undefined)) throw elsewhere;
    const millionths = Math.round(value * MILLION);
    if (millionths / MILLION !== value) throw elsewhere;
    total += millionths;
    if (!Number.isSafeInteger(total)) throw elsewhere;
  }
  if (items.length === 0) throw elsewhere;
  return total / MILLION;
}

const MILLION = 1_000_000;

/** Items of which each is there once, in the order in which they came. */
export function distinct(items: Items): Items {
  if (items.length < 2) return items;
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = keyOf(item);
    return !seen.has(key) && seen.add(key);
  });
}

/** What is the same for equal items and for no others. @throws elsewhere as `same` does */
export function keyOf(item: Item): string {
  if (item instanceof Element) {
    if (isDate(item) || isQuantity(item) || item.beside !== undefined || item.data === undefined) throw elsewhere;
  }
  const value = dataOf(item);
  return typeof value === 'object' ? JSON.stringify(sorted(value)) : `${typeof value} ${value}`;
}

export function isDate(item: Item): boolean {
  if (!(item instanceof Element)) return false;
  const { type } = item;
  return type === 'date' || type === 'dateTime' || type === 'instant' || type === 'time';
}

function isQuantity(item: Item): boolean {
  return item instanceof Element && quantities.has(item.type);
}

const quantities = new Set(['Quantity', 'Age', 'Count', 'Distance', 'Duration']);

function sameJson(a: any, b: any): boolean {
  if (a === b) return true;
  if (typeof a === 'number' && typeof b === 'number') {
    // The engine rounds before it compares.
    if (Math.abs(a - b) < 1e-6) throw elsewhere;
    return false;
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length || Array.isArray(a) !== Array.isArray(b)) return false;
  return keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}

function sorted(value: any): any {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

function orderQuantities(a: any, b: any): number {
  const isComparable =
    typeof a.value === 'number' &&
    typeof b.value === 'number' &&
    a.comparator === undefined &&
    b.comparator === undefined &&
    a.system === b.system &&
    a.code === b.code &&
    (a.code !== undefined || a.unit === b.unit);
  if (!isComparable) throw elsewhere;
  return a.value - b.value;
}

/** Dates of the same precision, and moments with a zone; whatever else there is has rules of its own. */
function orderDates(a: string, b: string): number {
  if (a.length === b.length && (a.length <= 10 || (a.endsWith('Z') && b.endsWith('Z')))) return compare(a, b);
  if (a.length < 20 || b.length < 20) throw elsewhere;
  const difference = Date.parse(a) - Date.parse(b);
  if (Number.isNaN(difference) || isFine(a) || isFine(b)) throw elsewhere;
  return difference;
}

/** More than milliseconds. */
function isFine(text: string): boolean {
  return /\.\d{4}/.test(text);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function normal(text: string): string {
  return text.toUpperCase().replace(/\p{White_Space}/gu, ' ');
}
