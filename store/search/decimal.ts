/**
 * Decimals with all their digits: a whole number and how many of its digits stand behind the point. Floats would turn
 * 0.1 + 0.2 into 0.30000000000000004 and lose the tail of a value of 18 digits.
 * https://hl7.org/fhir/R4/datatypes.html#decimal
 */

export interface Decimal {
  readonly digits: bigint;
  /** The value is digits / 10^scale; below zero for whole numbers with zeros at their end. */
  readonly scale: number;
}

const NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;
/** More digits than any value that may be stored, so that no exponent can make numbers that do not fit in memory. */
const PLAIN_DIGITS_MAX = 1000;

/** The number that the text is; undefined where it is none or has more than 1,000 plain digits. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = NUMBER.exec(text);
  if (!match) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const scale = fraction.length - Number(exponent);
  if (whole!.length + fraction.length > PLAIN_DIGITS_MAX || Math.abs(scale) > PLAIN_DIGITS_MAX) return undefined;
  const digits = BigInt(whole! + fraction);
  return { digits: sign === '-' ? -digits : digits, scale };
}

/** Plain digits, as SQL's numeric takes them. */
export function decimalText({ digits, scale }: Decimal): string {
  if (scale <= 0) return String(digits * 10n ** BigInt(-scale));
  const isNegative = digits < 0n;
  const text = String(isNegative ? -digits : digits).padStart(scale + 1, '0');
  return `${isNegative ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { digits: a.digits * 10n ** BigInt(scale - a.scale) + b.digits * 10n ** BigInt(scale - b.scale), scale };
}

export function negate({ digits, scale }: Decimal): Decimal {
  return { digits: -digits, scale };
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, scale: a.scale + b.scale };
}

/** Below zero, zero, above zero: as `a - b`. */
export function compare(a: Decimal, b: Decimal): number {
  const { digits } = add(a, negate(b));
  return digits < 0n ? -1 : digits > 0n ? 1 : 0;
}

/** To so many significant digits, half away from zero. */
export function round(value: Decimal, significant: number): Decimal {
  const { digits, scale } = value;
  const isNegative = digits < 0n;
  const size = isNegative ? -digits : digits;
  const excess = String(size).length - significant;
  if (excess <= 0) return value;
  const unit = 10n ** BigInt(excess);
  const rounded = (size + unit / 2n) / unit;
  return { digits: isNegative ? -rounded : rounded, scale: scale - excess };
}

/**
 * The range that a number in a search stands for by the digits in which it is written: 100 is [99.5, 100.5), 100.00 is
 * [99.995, 100.005). With an exponent at least one digit counts behind the point, which makes 1e2 [95, 105) as R4 says.
 * https://hl7.org/fhir/R4/search.html#number
 */
export function writtenRange(text: string, value: Decimal): { lo: Decimal; hi: Decimal } {
  const hasExponent = /[eE]/.test(text);
  const hasFraction = text.includes('.');
  const half = { digits: 5n, scale: value.scale + (hasExponent && !hasFraction ? 2 : 1) };
  return { lo: add(value, negate(half)), hi: add(value, half) };
}
