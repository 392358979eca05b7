/**
 * Primitive datatypes: what their JSON must be. Written out by hand where a resource has many of them, because each is
 * asked for every write; a test holds them to the regular expressions of R4. https://hl7.org/fhir/R4/datatypes.html
 */

/** Whether a value is a good one of a primitive type. */
export type Test = (value: unknown) => boolean;

/** R4 sets this bound for string; markdown is a string. */
export const stringLengthMax = 1024 * 1024;

/** Primitive type → its test; every primitive type of R4 has one. */
export const formats: Readonly<Record<string, Test>> = Object.freeze({
  base64Binary: isBase64,
  boolean: (value: unknown) => typeof value === 'boolean',
  canonical: isUri,
  code: isCode,
  date: (value: unknown) => typeof value === 'string' && value.length <= 10 && isDay(value, value.length),
  dateTime: isDateTime,
  decimal: (value: unknown) => typeof value === 'number',
  id: (value: unknown) => typeof value === 'string' && /^[A-Za-z0-9\-.]{1,64}$/.test(value),
  instant: isInstant,
  integer: (value: unknown) => isBetween(value, -2147483648),
  markdown: isText,
  oid: (value: unknown) => typeof value === 'string' && /^urn:oid:[0-2](\.(0|[1-9]\d*))+$/.test(value),
  positiveInt: (value: unknown) => isBetween(value, 1),
  string: isText,
  time: (value: unknown) => typeof value === 'string' && timeEnd(value, 0) === value.length,
  unsignedInt: (value: unknown) => isBetween(value, 0),
  uri: isUri,
  url: isUri,
  uuid: (value: unknown) => typeof value === 'string' && uuid.test(value),
  xhtml: isXhtml,
});

/** What kind of JSON value a primitive type is written as. */
export function jsonKind(type: string): 'string' | 'number' | 'boolean' {
  if (type === 'boolean') return 'boolean';
  return ['decimal', 'integer', 'positiveInt', 'unsignedInt'].includes(type) ? 'number' : 'string';
}

/** How to write a primitive, in one sentence. */
export function rule(type: string): string {
  return rules[type] ?? 'See https://hl7.org/fhir/R4/datatypes.html.';
}

const rules: Readonly<Record<string, string>> = {
  base64Binary: 'Write whole groups of four base64 characters, padded with `=`.',
  boolean: 'Write true or false, without quotes.',
  canonical: 'Write an address without spaces.',
  code: 'Write at least one character, no space at either end and no two spaces together.',
  date: 'Write YYYY, YYYY-MM or YYYY-MM-DD, a day that the calendar has.',
  dateTime: 'Write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a zone (Z or +hh:mm).',
  decimal: 'Write a number, without quotes.',
  id: 'Write 1 to 64 of the characters A-Z, a-z, 0-9, `-` and `.`.',
  instant: 'Write YYYY-MM-DDThh:mm:ss with a zone, e.g. 2015-02-07T13:28:17.239+02:00.',
  integer: 'Write a whole number from -2147483648 to 2147483647, without quotes, point or exponent.',
  markdown: 'Write at least one character that is no space, at most 1,048,576 characters.',
  oid: 'Write urn:oid: and numbers separated by dots.',
  positiveInt: 'Write a whole number from 1 to 2147483647, without quotes, point or exponent.',
  string: 'Write at least one character that is no space, at most 1,048,576 characters.',
  time: 'Write hh:mm:ss, without a zone.',
  unsignedInt: 'Write a whole number from 0 to 2147483647, without quotes, point or exponent.',
  uri: 'Write an address without spaces.',
  url: 'Write an address without spaces.',
  uuid: 'Write urn:uuid: and a UUID in lower case.',
  xhtml: 'Write XHTML in one <div> element.',
};

const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function isText(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > stringLengthMax) return false;
  return value.charCodeAt(0) > 0x20 || /\S/.test(value);
}

function isCode(value: unknown): boolean {
  if (typeof value !== 'string' || value.length === 0 || value.length > stringLengthMax) return false;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    // Spaces are rare, and the pattern costs more than the loop.
    if (code <= 0x20 || code >= 0x80) return /^\S+(\s\S+)*$/.test(value);
  }
  return true;
}

function isUri(value: unknown): boolean {
  if (typeof value !== 'string' || value.length === 0 || value.length > stringLengthMax) return false;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code <= 0x20 || code >= 0x80) return !/\s/.test(value);
  }
  return true;
}

function isBase64(value: unknown): boolean {
  if (typeof value !== 'string' || value.length === 0) return false;
  const text = /\s/.test(value) ? value.replace(/\s+/g, '') : value;
  return text.length > 0 && text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function isXhtml(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  return /^\s*<div[\s/>]/.test(value) && /(<\/div\s*|\/)>$/.test(value.slice(-64).trimEnd());
}

function isBetween(value: unknown, least: number): boolean {
  return typeof value === 'number' && value >= least && value <= 2147483647 && Number.isInteger(value);
}

function isDateTime(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  return value.length <= 10 ? isDay(value, value.length) : isMoment(value);
}

function isInstant(value: unknown): boolean {
  return typeof value === 'string' && value.length > 10 && isMoment(value);
}

function isMoment(text: string): boolean {
  if (text.charCodeAt(10) !== 0x54 || !isDay(text, 10)) return false;
  const end = timeEnd(text, 11);
  if (end < 0) return false;
  const sign = text.charCodeAt(end);
  if (sign === 0x5a) return text.length === end + 1;
  if ((sign !== 0x2b && sign !== 0x2d) || text.length !== end + 6 || text.charCodeAt(end + 3) !== 0x3a) return false;
  const hours = twoDigits(text, end + 1);
  const minutes = twoDigits(text, end + 4);
  return hours >= 0 && minutes >= 0 && minutes < 60 && (hours < 14 || (hours === 14 && minutes === 0));
}

/** Whether the first `length` characters are YYYY, YYYY-MM or YYYY-MM-DD and the calendar has that day. */
function isDay(text: string, length: number): boolean {
  const century = twoDigits(text, 0);
  const rest = twoDigits(text, 2);
  if (century < 0 || rest < 0 || century + rest === 0) return false;
  if (length === 4) return true;
  const month = twoDigits(text, 5);
  if (text.charCodeAt(4) !== 0x2d || month < 1 || month > 12) return false;
  if (length === 7) return true;
  const day = twoDigits(text, 8);
  if (length !== 10 || text.charCodeAt(7) !== 0x2d || day < 1) return false;
  return day <= 28 || day <= daysIn(century * 100 + rest, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Where hh:mm:ss with any fraction ends that begins at `at`, or -1. Second 60 is R4's leap second. */
function timeEnd(text: string, at: number): number {
  const hours = twoDigits(text, at);
  const minutes = twoDigits(text, at + 3);
  const seconds = twoDigits(text, at + 6);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60) return -1;
  if (text.charCodeAt(at + 2) !== 0x3a || text.charCodeAt(at + 5) !== 0x3a) return -1;
  let end = at + 8;
  if (text.charCodeAt(end) !== 0x2e) return end;
  while (isDigit(text.charCodeAt(end + 1))) end++;
  return end === at + 8 ? -1 : end + 1;
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const ones = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - 0x30) * 10 + ones - 0x30 : -1;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
