/**
 * The grammar of `_filter`: text → tree, before anything is known of parameters. Pure.
 * https://hl7.org/fhir/R4/search_filter.html
 */
import { Fault, nearest } from '../../resources/index.ts';

/** What stands between a path and a value. */
export const OPERATORS = [
  'eq',
  'ne',
  'co',
  'sw',
  'ew',
  'gt',
  'lt',
  'ge',
  'le',
  'ap',
  'sa',
  'eb',
  'pr',
  'po',
  'ss',
  'sb',
  'in',
  'ni',
  're',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** One name of a path: `subject`, `subject:Patient`, `_has:Observation:patient`, with what must hold of the target. */
export interface FilterStep {
  readonly name: string;
  /** `[…]` behind the name. */
  readonly filter: Filter | undefined;
  /** Place in the text, from 0. */
  readonly at: number;
}

export interface FilterTest {
  readonly kind: 'test';
  readonly path: readonly FilterStep[];
  readonly operator: Operator;
  /** What was meant: quotes and their escapes are gone. */
  readonly value: string;
  readonly at: number;
}

export type Filter =
  | FilterTest
  | { readonly kind: 'and' | 'or'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter };

/** The most that one filter may have. */
const LENGTH_MAX = 20_000;
const TESTS_MAX = 100;
const DEPTH_MAX = 20;

/**
 * Reads a filter. As R4 says, `and` and `or` are of one rank and are taken from left to right: `a or b and c` is
 * `(a or b) and c`.
 * @throws Fault `invalid-value` that tells the place and what was expected there, `too-costly`
 */
export function parseFilter(text: string): Filter {
  if (text.length > LENGTH_MAX) throw tooMuch(`_filter is longer than ${LENGTH_MAX} characters.`);
  if (text.includes('\0')) {
    throw new Fault('invalid-value', '_filter holds the character NUL, which no FHIR string may hold.', {
      expression: '_filter',
    });
  }
  const reader = new Reader(text);
  const filter = readLogic(reader, 0);
  reader.skip();
  if (!reader.isDone) throw reader.wrong('expected', 'and, or, or the end');
  return filter;
}

/** `_filter, character 17`: where in the text something stands, as people count. */
export function placeOf(at: number): string {
  return `_filter, character ${at + 1}`;
}

/** `_has:Observation:patient`: those that refer here, as R5 added to the grammar. */
export function isReverse(name: string): boolean {
  return name.startsWith('_has:');
}

/** What is left of the text. */
class Reader {
  readonly text: string;
  at = 0;
  tests = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isDone(): boolean {
    return this.at >= this.text.length;
  }

  skip(): void {
    this.take(/\s*/y);
  }

  /** The text that matches here, gone past; undefined where none does. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  /** A fault at this place. */
  wrong(verb: 'expected' | 'holds', what: string, hint?: string): Fault {
    const found = this.isDone ? 'the end' : JSON.stringify(this.text.slice(this.at, this.at + 24));
    const text = verb === 'expected' ? `expected ${what}, found ${found}.` : `${found} ${what}.`;
    return new Fault('invalid-value', `${placeOf(this.at)}: ${text}`, {
      expression: '_filter',
      hint: hint ?? 'Write path operator value, for example: given eq "peter" and birthdate ge 2014-10-10.',
    });
  }
}

function readLogic(reader: Reader, depth: number): Filter {
  if (depth > DEPTH_MAX) throw tooMuch(`_filter has brackets more than ${DEPTH_MAX} deep.`);
  let left = readOne(reader, depth);
  for (;;) {
    const before = reader.at;
    reader.skip();
    const word = reader.take(/(?:and|or)(?=[\s(]|$)/y) as 'and' | 'or' | undefined;
    if (word === undefined) {
      reader.at = before;
      return left;
    }
    const right = readOne(reader, depth);
    left = { kind: word, of: left.kind === word ? [...left.of, right] : [left, right] };
  }
}

function readOne(reader: Reader, depth: number): Filter {
  reader.skip();
  const not = reader.take(/not(?=\s*\()\s*/y);
  if (reader.take(/\(/y) === undefined) return readTest(reader, depth);
  const inner = readLogic(reader, depth + 1);
  close(reader, ')');
  return not === undefined ? inner : { kind: 'not', of: inner };
}

function close(reader: Reader, bracket: ')' | ']'): void {
  reader.skip();
  if (reader.take(bracket === ')' ? /\)/y : /\]/y) === undefined) {
    throw reader.wrong('expected', `and, or, or ${bracket}`);
  }
}

function readTest(reader: Reader, depth: number): FilterTest {
  const { at } = reader;
  if (++reader.tests > TESTS_MAX) throw tooMuch(`_filter has more than ${TESTS_MAX} tests.`);
  const path = readPath(reader, depth);
  if (reader.take(/\s+/y) === undefined) throw reader.wrong('expected', 'a space and an operator');
  const operator = readOperator(reader);
  if (reader.take(/\s+/y) === undefined) throw reader.wrong('expected', 'a space and a value');
  return { kind: 'test', path, operator, value: readValue(reader), at };
}

function readPath(reader: Reader, depth: number): FilterStep[] {
  const steps: FilterStep[] = [];
  for (;;) {
    const { at } = reader;
    const name = reader.take(/_has:[A-Za-z]+:[A-Za-z_][A-Za-z0-9_-]*(?=[:[])|[A-Za-z_][A-Za-z0-9_-]*(?::[A-Za-z]+)?/y);
    if (name === undefined) throw reader.wrong('expected', 'the name of a search parameter, not or (');
    let filter: Filter | undefined;
    if (reader.take(/\[/y) !== undefined) {
      filter = readLogic(reader, depth + 1);
      close(reader, ']');
    }
    steps.push({ name, filter, at });
    const between = isReverse(name) && filter === undefined ? /:/y : /\./y;
    if (reader.take(between) !== undefined) continue;
    if (filter === undefined && !isReverse(name)) return steps;
    throw reader.wrong('expected', '. and what of the target is tested');
  }
}

function readOperator(reader: Reader): Operator {
  const { at } = reader;
  const word = reader.take(/[^\s()[\]"]+/y) ?? '';
  if ((OPERATORS as readonly string[]).includes(word)) return word as Operator;
  reader.at = at;
  const near = nearest(word, OPERATORS);
  throw reader.wrong('expected', `an operator (${OPERATORS.join(', ')})`, near && `Did you mean ${near}?`);
}

/** A JSON string, or whatever stands before the next blank or closing bracket. */
function readValue(reader: Reader): string {
  if (reader.text[reader.at] === '"') {
    const { at } = reader;
    const quoted = reader.take(/"(?:[^"\\]|\\.)*"/suy);
    if (quoted === undefined) throw reader.wrong('holds', 'is a string that does not end', 'Close it with ".');
    try {
      return requireSomething(JSON.parse(quoted) as string, reader, at);
    } catch (error) {
      if (error instanceof Fault) throw error;
      reader.at = at;
      throw reader.wrong('holds', 'is no JSON string', 'Write \\" for a quote and \\\\ for a backslash inside of it.');
    }
  }
  const token = reader.take(/[^\s)\]]+/y);
  if (token === undefined) throw reader.wrong('expected', 'a value');
  return token;
}

function requireSomething(value: string, reader: Reader, at: number): string {
  if (value !== '' && !value.includes('\0')) return value;
  reader.at = at;
  throw reader.wrong('holds', 'holds nothing to search for', 'Write name pr false for what has no value.');
}

function tooMuch(text: string): Fault {
  return new Fault('too-costly', text, { expression: '_filter', hint: 'Split it into several searches.' });
}
