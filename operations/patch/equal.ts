/** Whether two JSON values are equal as RFC 6902 (4.6) means it: numbers by value (1.0 is 1.00), to the last digit. */
import type { Digits } from '../../resources/index.ts';
import { type Entry, writtenAt } from './draft.ts';

/** Compares two values of two documents, each with the digits of its own. */
export function sameJson(a: Entry, aDigits: Digits | undefined, b: Entry, bDigits: Digits | undefined): boolean {
  if (typeof a.value === 'number' && typeof b.value === 'number') return sameNumber(a, b);
  if (typeof a.value !== 'object' || typeof b.value !== 'object') return a.value === b.value;
  if (a.value === null || b.value === null) return a.value === b.value;
  if (Array.isArray(a.value) !== Array.isArray(b.value)) return false;
  const keys = Object.keys(a.value);
  if (keys.length !== Object.keys(b.value).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b.value, key) &&
      sameJson(
        { value: a.value[key], written: writtenAt(aDigits, a.value, key) },
        aDigits,
        { value: b.value[key], written: writtenAt(bDigits, b.value, key) },
        bDigits,
      ),
  );
}

/** A number may hold more digits than a double does, so two that read the same can differ as written. */
function sameNumber(a: Entry, b: Entry): boolean {
  if (a.written === undefined && b.written === undefined) return a.value === b.value;
  return plain(a.written ?? String(a.value)) === plain(b.written ?? String(b.value));
}

/** `-12.50e1` → `-125e0`, `1.00` → `1e0`: one text for each value. */
function plain(written: string): string {
  const [, sign, whole, fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(written) ?? [];
  const digits = `${whole}${fraction}`;
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  if (end === 0) return '0';
  let start = 0;
  while (digits[start] === '0') start++;
  return `${sign}${digits.slice(start, end)}e${Number(exponent) - fraction.length + digits.length - end}`;
}
