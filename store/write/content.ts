/**
 * Whether two JSON texts say the same.
 *
 * Decided on the text as written, not by jsonb equality, for which 1.0 equals 1.00: what differs is changed. Not
 * compared are what JSON says has no meaning or what storing as jsonb does not keep: white space, the order of members,
 * how characters are escaped, and an exponent (1e2 comes back as 100). So a client that sends back what it read, or
 * sends the same body twice, has changed nothing.
 */
import { type Digits, type Parsed, parseJson, writtenNumber } from '../../resources/index.ts';

/** Body and meta of a resource as they are stored: see Prepared. */
export interface Content {
  readonly body: string;
  readonly meta: string | undefined;
}

export function sameContent(one: Content, other: Content): boolean {
  return sameText(one.body, other.body) && sameText(one.meta ?? '{}', other.meta ?? '{}');
}

/** A decimal in plain digits with its scale, as Postgres' numeric writes it: `1.50e1` → `15.0`. */
export function plainDecimal(written: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(written);
  if (!match) return written;
  const exponent = Number(match[4] ?? 0);
  const fraction = match[3] ?? '';
  const digits = match[2]! + fraction;
  const point = match[2]!.length + exponent;
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0');
  const at = Math.max(point, 1);
  const whole = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const rest = padded.slice(at);
  const plain = rest === '' ? whole : `${whole}.${rest}`;
  return match[1] === '-' && /[1-9]/.test(plain) ? `-${plain}` : plain;
}

function sameText(one: string, other: string): boolean {
  if (one === other) return true;
  // Most updates change something that a plain parse shows, which costs half of one that keeps the digits.
  if (!sameValue(JSON.parse(one), JSON.parse(other))) return false;
  const a = parseJson(one);
  const b = parseJson(other);
  return (a.digits === undefined && b.digits === undefined) || sameDigits(a.value, a, b.value, b);
}

function sameValue(one: any, other: any): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length && one.every((item, i) => sameValue(item, other[i]));
  }
  if (Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && sameValue(one[key], other[key]));
}

/** For values that are equal but for how their numbers were written. */
function sameDigits(one: any, a: Parsed, other: any, b: Parsed): boolean {
  for (const key of Object.keys(one)) {
    const member = one[key];
    if (typeof member === 'number') {
      if (plainNumber(one, key, a.digits) !== plainNumber(other, key, b.digits)) return false;
    } else if (typeof member === 'object' && member !== null) {
      if (!sameDigits(member, a, other[key], b)) return false;
    }
  }
  return true;
}

function plainNumber(holder: object, key: string, digits: Digits | undefined): string {
  return plainDecimal(writtenNumber(holder, key, digits));
}
