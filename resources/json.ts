/**
 * JSON text to values and back with every digit kept: `JSON.parse` alone turns 1.00 into 1.
 * https://hl7.org/fhir/R4/json.html, https://hl7.org/fhir/R4/datatypes.html#decimal
 */
import { type JsonLimits, jsonLimits } from './json-limits.ts';
import { findMistake, lineAndColumn } from './json-mistake.ts';
import { scanJson, type TopMembers, type WrittenNumber } from './json-scan.ts';
import { Fault } from './outcome.ts';

export { type JsonLimits, jsonLimits } from './json-limits.ts';
export type { TopMembers } from './json-scan.ts';

/** Holder object or array → key → the number as written, only where `String(number)` differs from what was written. */
export type Digits = Map<object, Record<string, string>>;

/** One JSON object, read. */
export interface Parsed {
  readonly text: string;
  readonly value: any;
  readonly digits: Digits | undefined;
  readonly members: TopMembers;
}

/**
 * Reads the text of one JSON object.
 * @param text without a byte order mark
 * @returns the plain value, and what the value alone would not tell: digits as written, where the top members stand
 * @throws Fault invalid-json (syntax with line and column, doubled keys, lone surrogates, NUL, no object at the top),
 *   invalid-structure (`__proto__`, a backslash in a key), too-deep, too-large (one string), invalid-value (a number of too many digits)
 */
export function parseJson(text: string, limits: JsonLimits = jsonLimits): Parsed {
  const { value, digits, members } = read(text, limits);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Fault('invalid-json', `The body is ${nameOf(value)}, not a JSON object.`, {
      hint: 'Send one resource: an object with a resourceType.',
    });
  }
  return { text, value, digits, members };
}

/** The same for the text of one JSON array, which no resource is but a JSON Patch. @throws Fault as parseJson does */
export function parseJsonArray(
  text: string,
  limits: JsonLimits = jsonLimits,
): { readonly value: any[]; readonly digits: Digits | undefined } {
  const { value, digits } = read(text, limits);
  if (Array.isArray(value)) return { value, digits };
  throw new Fault('invalid-json', `The body is ${nameOf(value)}, not a JSON array.`, {
    hint: 'A JSON Patch is an array of operations, each an object with op and path.',
  });
}

/**
 * Writes a value as compact JSON text, numbers with the digits in which they were written.
 * @param digits as parseJson returned them for this value or for one that this value was made of
 */
export function writeJson(value: unknown, digits: Digits | undefined): string {
  if (digits === undefined) return JSON.stringify(value);
  return JSON.stringify(value, function (this: object, key: string, member: unknown) {
    const written = typeof member === 'number' ? digits.get(this)?.[key] : undefined;
    return written === undefined ? member : rawJson(written);
  });
}

/** The number at `holder[key]` as it was written, e.g. `1.00`. */
export function writtenNumber(holder: object, key: string | number, digits: Digits | undefined): string {
  return digits?.get(holder)?.[key] ?? String((holder as Record<string | number, unknown>)[key]);
}

/** Notes how the number at `holder[key]` was written; for values that are put together from parts of others. */
export function keepDigits(digits: Digits, holder: object, key: string | number, written: string): void {
  const kept = digits.get(holder);
  if (kept) kept[key] = written;
  else digits.set(holder, { __proto__: null, [key]: written } as unknown as Record<string, string>);
}

function read(text: string, limits: JsonLimits) {
  checkCharacters(text);
  const { members, numbers } = scanJson(text, limits);
  const value = parse(text);
  return { value, members, digits: numbers.length > 0 ? toDigits(value, numbers) : undefined };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { offset, expected } = findMistake(text);
    throw broken(text, offset, expected, cause);
  }
}

function broken(text: string, offset: number, what: string, cause?: unknown): Fault {
  const { line, column } = lineAndColumn(text, offset);
  const near = text.slice(Math.max(0, offset - 15), offset + 15);
  return new Fault('invalid-json', `The JSON is broken at line ${line}, column ${column}: ${what}.`, {
    hint: `Look near \`${near.toWellFormed().replace(/\s+/g, ' ')}\`.`,
    cause,
  });
}

// Postgres' jsonb holds neither NUL nor half a character, and no reader could do anything with them.
function checkCharacters(text: string): void {
  if (!text.isWellFormed()) {
    const offset = text.search(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
    throw broken(text, offset, 'half of a character (a lone surrogate)');
  }
  if (!text.includes('\\u')) return;
  // Each escape is taken in turn, so that the `\u` of `\\u0000`, an escaped backslash, is not mistaken for one.
  for (const { 0: written, index } of text.matchAll(
    /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/gs,
  )) {
    if (written === '\\u0000') throw broken(text, index, 'the character NUL (\\u0000), which no FHIR string may hold');
    if (written.length === 6 && /^\\u[dD][89a-fA-F]/.test(written)) {
      throw broken(text, index, `half of a character (the lone surrogate ${written})`);
    }
  }
}

function toDigits(value: any, numbers: readonly WrittenNumber[]): Digits {
  const digits: Digits = new Map();
  for (const { path, source } of numbers) {
    let holder = value;
    for (let i = 0; i < path.length - 1; i++) holder = holder?.[path[i]!];
    if (typeof holder?.[path.at(-1)!] !== 'number') throw confusedKey();
    keepDigits(digits, holder, path.at(-1)!, source);
  }
  return digits;
}

/** See json-scan.ts on keys with a backslash: another text may have brought the parser to know one. */
function confusedKey(): Fault {
  return new Fault('invalid-structure', 'A name with an escaped character cannot be read reliably.', {
    hint: 'Write the names of elements as they are: none of FHIR needs a backslash.',
  });
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

// TypeScript's library does not know it yet. https://github.com/tc39/proposal-json-parse-with-source
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };
