/** The functions of FHIRPath on texts and numbers. https://hl7.org/fhirpath/N1/#string-manipulation */
import { type Code, fromMany, fromTruth, none, one, textOf, toText, toWhole } from './code.ts';
import type { FunctionMaker } from './functions.ts';
import { dataOf, Element, elsewhere } from './item.ts';
import { isDate } from './values.ts';

export const textFunctions: Readonly<Record<string, FunctionMaker>> = {
  startsWith: (input, [text]) => text && test(input, text, (value, wanted) => value.startsWith(wanted)),
  endsWith: (input, [text]) => text && test(input, text, (value, wanted) => value.endsWith(wanted)),
  contains: (input, [text]) => text && test(input, text, (value, wanted) => value.includes(wanted)),
  matches: (input, args) => matching(input, args, (pattern) => pattern),
  matchesFull: (input, args) => matching(input, args, (pattern) => `^(?:${pattern})$`),
  length: (input) => map(input, (text) => text.length),
  upper: (input) => map(input, (text) => text.toUpperCase()),
  lower: (input) => map(input, (text) => text.toLowerCase()),
  trim: (input) => map(input, (text) => text.trim()),
  indexOf: (input, [text]) =>
    text &&
    fromMany((self, around) => {
      const value = toText(input.many(self, around));
      const wanted = toText(text.many(self, around));
      return value === undefined || wanted === undefined ? none : [value.indexOf(wanted)];
    }),
  substring,
  replace: (input, args) =>
    replacing(input, args, (value, pattern, substitution) => value.replaceAll(pattern, () => substitution)),
  replaceMatches: (input, args) =>
    replacing(input, args, (value, pattern, substitution) => value.replace(regex(pattern, 'g'), substitution)),
  toString: (input: Code) => fromMany((self, around) => one(written(input, self, around))),
  toInteger: (input) =>
    fromMany((self, around) => {
      const items = input.many(self, around);
      if (items.length > 1) throw elsewhere;
      const value = items.length === 0 ? undefined : dataOf(items[0]!);
      if (typeof value === 'boolean') return [value ? 1 : 0];
      if (Number.isInteger(value)) return [value];
      return typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value) ? [Number(value)] : none;
    }),
};

const patterns = new Map<string, RegExp>();
const patternsMax = 2000;

/** A pattern as FHIRPath has it. HL7 writes some with escapes that are needless and refused with the flag `u`. */
function regex(pattern: string, flags = ''): RegExp {
  const key = `${flags}/${pattern}`;
  let made = patterns.get(key);
  if (!made) {
    try {
      made = new RegExp(pattern, `us${flags}`);
    } catch {
      try {
        made = new RegExp(pattern, `s${flags}`);
      } catch {
        throw elsewhere;
      }
    }
    if (patterns.size >= patternsMax) patterns.clear();
    patterns.set(key, made);
  }
  made.lastIndex = 0;
  return made;
}

function test(input: Code, text: Code, decide: (value: string, wanted: string) => boolean): Code {
  const value = textOf(input);
  const wanted = textOf(text);
  return fromTruth((self, around) => {
    const a = value(self, around);
    const b = wanted(self, around);
    return a === undefined || b === undefined ? undefined : decide(a, b);
  });
}

function matching(input: Code, [pattern, flags]: readonly Code[], full: (pattern: string) => string): Code | undefined {
  if (!pattern || flags) return undefined;
  return test(input, pattern, (value, wanted) => regex(full(wanted)).test(value));
}

function map(input: Code, change: (text: string) => string | number): Code {
  const text = textOf(input);
  return fromMany((self, around) => {
    const value = text(self, around);
    return value === undefined ? none : [change(value)];
  });
}

function substring(input: Code, [start, length]: readonly Code[]): Code | undefined {
  if (!start) return undefined;
  return fromMany((self, around) => {
    const value = toText(input.many(self, around));
    const from = toWhole(start.many(self, around));
    const count = length === undefined ? undefined : toWhole(length.many(self, around));
    if (value === undefined || from === undefined || from < 0 || from >= value.length) return none;
    return [count === undefined ? value.slice(from) : value.slice(from, from + count)];
  });
}

function replacing(
  input: Code,
  [pattern, substitution]: readonly Code[],
  change: (value: string, pattern: string, substitution: string) => string,
): Code | undefined {
  if (!pattern || !substitution) return undefined;
  return fromMany((self, around) => {
    const value = toText(input.many(self, around));
    const a = toText(pattern.many(self, around));
    const b = toText(substitution.many(self, around));
    if (value === undefined || a === undefined || b === undefined) return none;
    if (a === '' || b === '') throw elsewhere;
    return [change(value, a, b)];
  });
}

function written(
  input: Code,
  self: Parameters<Code['many']>[0],
  around: Parameters<Code['many']>[1],
): string | undefined {
  const items = input.many(self, around);
  if (items.length > 1) throw elsewhere;
  const [item] = items;
  if (item === undefined) return undefined;
  const value = dataOf(item);
  if (typeof value === 'object' || (typeof value === 'number' && !Number.isSafeInteger(value))) throw elsewhere;
  if (item instanceof Element && isDate(item) && item.type === 'time') throw elsewhere;
  return value === undefined ? undefined : String(value);
}
