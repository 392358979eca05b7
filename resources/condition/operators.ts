/** The operators of FHIRPath. https://hl7.org/fhirpath/N1/#operations, https://hl7.org/fhirpath/N1/#boolean-logic */
import { type Around, type Code, fromMany, fromTruth, none, oncePer, toText } from './code.ts';
import { dataOf, Element, elsewhere, type Item, type Items } from './item.ts';
import { distinct, equals, equivalent, isDate, order, same } from './values.ts';

type OperatorMaker = (left: Code, right: Code) => Code;

/** By what stands between the operands. */
export const operators: Readonly<Record<string, OperatorMaker>> = {
  __proto__: null as never,
  and: (left, right) =>
    fromTruth((self, around) => {
      const a = left.truth(self, around);
      if (a === false) return false;
      const b = right.truth(self, around);
      return b === false ? false : a === undefined || b === undefined ? undefined : true;
    }),
  or: (left, right) =>
    fromTruth((self, around) => {
      const a = left.truth(self, around);
      if (a === true) return true;
      const b = right.truth(self, around);
      return b === true ? true : a === undefined || b === undefined ? undefined : false;
    }),
  xor: (left, right) =>
    fromTruth((self, around) => {
      const a = left.truth(self, around);
      const b = right.truth(self, around);
      return a === undefined || b === undefined ? undefined : a !== b;
    }),
  implies: (left, right) =>
    fromTruth((self, around) => {
      const a = left.truth(self, around);
      if (a === false) return true;
      const b = right.truth(self, around);
      return b === true ? true : a === undefined || b === undefined ? undefined : false;
    }),
  '=': (left, right) => equality(left, right, true),
  '!=': (left, right) => equality(left, right, false),
  '~': (left, right) => fromTruth((self, around) => equivalent(left.many(self, around), right.many(self, around))),
  '!~': (left, right) => fromTruth((self, around) => !equivalent(left.many(self, around), right.many(self, around))),
  '<': (left, right) => inequality(left, right, (n) => n < 0),
  '>': (left, right) => inequality(left, right, (n) => n > 0),
  '<=': (left, right) => inequality(left, right, (n) => n <= 0),
  '>=': (left, right) => inequality(left, right, (n) => n >= 0),
  in: (left, right) => membership(left, right),
  contains: (left, right) => membership(right, left),
  '|': union,
  '&': (left, right) =>
    fromMany((self, around) => [(toText(left.many(self, around)) ?? '') + (toText(right.many(self, around)) ?? '')]),
  '+': (left, right) => arithmetic(left, right, (a, b) => a + b),
  '-': (left, right) => arithmetic(left, right, (a, b) => a - b),
  '*': (left, right) => arithmetic(left, right, (a, b) => a * b),
  mod: (left, right) => arithmetic(left, right, (a, b) => (b === 0 ? undefined : a % b)),
  div: (left, right) => arithmetic(left, right, (a, b) => (b === 0 ? undefined : Math.trunc(a / b))),
};

function equality(left: Code, right: Code, wanted: boolean): Code {
  // Two truths need no lists: `start.exists() = end.exists()`.
  if (left.isTruth && right.isTruth) {
    return fromTruth((self, around) => {
      const a = left.truth(self, around);
      const b = right.truth(self, around);
      return a === undefined || b === undefined ? undefined : (a === b) === wanted;
    });
  }
  return fromTruth((self, around) => {
    const told = equals(left.many(self, around), right.many(self, around));
    return told === undefined ? undefined : told === wanted;
  });
}

function inequality(left: Code, right: Code, decide: (order: number) => boolean): Code {
  return fromTruth((self, around) => {
    const told = order(left.many(self, around), right.many(self, around));
    return told === undefined ? undefined : decide(told);
  });
}

function membership(item: Code, list: Code): Code {
  const texts = textsOf(list);
  return fromTruth((self, around) => {
    const wanted = item.many(self, around);
    if (wanted.length === 0) return undefined;
    if (wanted.length > 1) throw elsewhere;
    const known = texts?.(self, around);
    const value = dataOf(wanted[0]!);
    if (known && typeof value === 'string' && isPlain(wanted[0]!)) return known.has(value);
    return list.many(self, around).some((it) => same(it, wanted[0]!));
  });
}

/** The texts of a list that does not change while it is asked; undefined where there is anything else in it. */
function textsOf(list: Code): ((self: Items, around: Around) => ReadonlySet<string> | undefined) | undefined {
  const toTexts = (items: Items): ReadonlySet<string> | undefined =>
    items.every((it) => typeof dataOf(it) === 'string' && isPlain(it)) ? new Set(items.map(dataOf)) : undefined;
  if (list.constant) {
    const texts = toTexts(list.constant);
    return () => texts;
  }
  return list.isFixed ? oncePer((self, around) => toTexts(list.many(self, around))) : undefined;
}

/** A text that is compared by its characters alone. */
function isPlain(item: Item): boolean {
  return !(item instanceof Element) || (item.beside === undefined && !isDate(item));
}

function union(left: Code, right: Code): Code {
  if (left.constant && right.constant) {
    const constant: Items = Object.freeze(distinct([...left.constant, ...right.constant]));
    return fromMany(() => constant, { constant });
  }
  return fromMany((self, around) => distinct([...left.many(self, around), ...right.many(self, around)]));
}

/** Whole numbers only: decimals are calculated exactly by the engine. */
function arithmetic(left: Code, right: Code, calculate: (a: number, b: number) => number | undefined): Code {
  return fromMany((self, around) => {
    const [a, b] = [left.many(self, around), right.many(self, around)];
    if (a.length === 0 || b.length === 0) return none;
    if (a.length > 1 || b.length > 1) throw elsewhere;
    const [x, y] = [dataOf(a[0]!), dataOf(b[0]!)];
    if (!Number.isSafeInteger(x) || !Number.isSafeInteger(y)) throw elsewhere;
    const result = calculate(x, y);
    if (result === undefined) return none;
    if (!Number.isSafeInteger(result)) throw elsewhere;
    return [result];
  });
}
