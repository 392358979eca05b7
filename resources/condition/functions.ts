/** The functions of FHIRPath. https://hl7.org/fhirpath/N1/#functions, https://hl7.org/fhir/R4/fhirpath.html#functions */
import { type Around, type Code, fromMany, fromTruth, isMet, none, oncePer, one, toText, toWhole } from './code.ts';
import {
  addAllChildren,
  addChildren,
  dataOf,
  Element,
  elsewhere,
  hasAny,
  type Item,
  type Items,
  isPrimitive,
  toElement,
} from './item.ts';
import { distinct, isDate, keyOf, sum } from './values.ts';

/** Makes the code of a function from what stands before the dot and the code of its arguments; undefined for wrong ones. */
export type FunctionMaker = (input: Code, args: readonly Code[]) => Code | undefined;

/** Functions whose arguments are ordinary expressions; `is`, `as` and `ofType` take types and are made elsewhere. */
export const functions: Readonly<Record<string, FunctionMaker>> = {
  exists: (input, [criteria]) => (criteria ? someOf(input, criteria) : existence(input, true)),
  empty: (input) => existence(input, false),
  not: (input) => fromTruth((self, around) => negated(input.truth(self, around))),
  count: (input) => fromMany((self, around) => [input.many(self, around).length]),
  hasValue: (input) => fromTruth((self, around) => hasValue(input.many(self, around))),
  getValue: (input) =>
    fromMany((self, around) => {
      const items = input.many(self, around);
      return hasValue(items) ? [dataOf(items[0]!)] : none;
    }),
  where: filter,
  select: (input, [projection]) =>
    projection &&
    fromMany((self, around) => input.many(self, around).flatMap((item) => projection.many([item], around))),
  all: (input, [criteria]) =>
    criteria && fromTruth((self, around) => input.many(self, around).every((item) => isMet(criteria, [item], around))),
  allTrue: (input) => booleans(input, (values) => values.every((it) => it)),
  anyTrue: (input) => booleans(input, (values) => values.some((it) => it)),
  allFalse: (input) => booleans(input, (values) => values.every((it) => !it)),
  anyFalse: (input) => booleans(input, (values) => values.some((it) => !it)),
  first: (input) => part(input, (items) => items.slice(0, 1)),
  last: (input) => part(input, (items) => items.slice(-1)),
  tail: (input) => part(input, (items) => items.slice(1)),
  single: (input) =>
    part(input, (items) => {
      if (items.length > 1) throw elsewhere;
      return items;
    }),
  skip: (input, [count]) => count && cut(input, count, (items, n) => items.slice(Math.max(0, n))),
  take: (input, [count]) => count && cut(input, count, (items, n) => items.slice(0, Math.max(0, n))),
  sum: (input) => part(input, (items) => one(sum(items))),
  distinct: (input) => part(input, distinct),
  isDistinct: (input) =>
    fromTruth((self, around) => {
      const items = input.many(self, around);
      return distinct(items).length === items.length;
    }),
  union: (input, [other]) => other && pair(input, other, (a, b) => distinct([...a, ...b])),
  combine: (input, [other]) => other && pair(input, other, (a, b) => [...a, ...b]),
  intersect: (input, [other]) => {
    if (!other) return undefined;
    const keys = keysIn(other);
    return fromMany((self, around) => intersection(input.many(self, around), keys(self, around)));
  },
  exclude: (input, [other]) =>
    other &&
    pair(input, other, (a, b) => {
      if (b.length === 0) return a;
      const left = keysOf(b);
      return a.filter((item) => !left.has(keyOf(item)));
    }),
  subsetOf: (input, [other]) => other && fromTruth((self, around) => subset(input, other, self, around)),
  supersetOf: (input, [other]) => other && fromTruth((self, around) => subset(other, input, self, around)),
  children: (input) => part(input, childrenOf),
  descendants: (input) => part(input, descendantsOf),
  repeat: (input, [projection]) =>
    projection && fromMany((self, around) => repeated(input.many(self, around), projection, around)),
  extension: (input, [url]) =>
    url && fromMany((self, around) => extensionsOf(input.many(self, around), toText(url.many(self, around)))),
  resolve: (input) => fromMany((self, around) => input.many(self, around).flatMap((item) => resolved(item, around))),
  memberOf: (input, [set]) => set && fromTruth((self, around) => isMember(input, set, self, around)),
  trace: (input) => input,
  iif: (input, [criteria, yes, no]) =>
    criteria &&
    yes &&
    fromMany((self, around) => {
      const items = input.many(self, around);
      return isMet(criteria, items, around) ? yes.many(items, around) : (no?.many(items, around) ?? none);
    }),
};

function existence(input: Code, wanted: boolean): Code {
  const { way } = input;
  if (!way || way.length === 0) return fromTruth((self, around) => input.many(self, around).length > 0 === wanted);
  return fromTruth((self) => {
    for (const item of self) {
      if (item instanceof Element && hasAny(item.data, item.beside, item.type, way, 0)) return wanted;
    }
    return !wanted;
  });
}

function someOf(input: Code, criteria: Code): Code {
  return fromTruth((self, around) => input.many(self, around).some((item) => isMet(criteria, [item], around)));
}

function filter(input: Code, [criteria]: readonly Code[]): Code | undefined {
  if (!criteria) return undefined;
  return fromMany((self, around) => input.many(self, around).filter((item) => isMet(criteria, [item], around)));
}

function negated(truth: boolean | undefined): boolean | undefined {
  return truth === undefined ? undefined : !truth;
}

function hasValue(items: Items): boolean {
  if (items.length !== 1) return false;
  const [item] = items;
  if (!(item instanceof Element)) return true;
  return item.data !== undefined && isPrimitive(item.type) && item.type !== 'xhtml';
}

function booleans(input: Code, decide: (values: readonly boolean[]) => boolean): Code {
  return fromTruth((self, around) =>
    decide(
      input.many(self, around).map((item) => {
        const value = dataOf(item);
        if (typeof value !== 'boolean') throw elsewhere;
        return value;
      }),
    ),
  );
}

function part(input: Code, take: (items: Items) => Items): Code {
  return fromMany((self, around) => take(input.many(self, around)));
}

function cut(input: Code, count: Code, take: (items: Items, count: number) => Items): Code {
  return fromMany((self, around) => {
    const wanted = toWhole(count.many(self, around));
    if (wanted === undefined) throw elsewhere;
    return take(input.many(self, around), wanted);
  });
}

function pair(input: Code, other: Code, join: (a: Items, b: Items) => Items): Code {
  return fromMany((self, around) => join(input.many(self, around), other.many(self, around)));
}

function keysOf(items: Items): Set<string> {
  return new Set(items.map(keyOf));
}

/** The keys of what an expression yields. */
function keysIn(code: Code): (self: Items, around: Around) => ReadonlySet<string> {
  const keys = (self: Items, around: Around): ReadonlySet<string> => keysOf(code.many(self, around));
  return code.isFixed ? oncePer(keys) : keys;
}

function intersection(a: Items, common: ReadonlySet<string>): Items {
  if (a.length === 0 || common.size === 0) return none;
  return distinct(a.filter((item) => common.has(keyOf(item))));
}

function subset(small: Code, large: Code, self: Items, around: Around): boolean {
  const all = keysOf(large.many(self, around));
  return small.many(self, around).every((item) => all.has(keyOf(item)));
}

function childrenOf(items: Items): Items {
  const found: Item[] = [];
  for (const item of items) addAllChildren(item, found);
  return found;
}

function descendantsOf(items: Items): Items {
  const all: Item[] = [];
  for (let level = childrenOf(items); level.length > 0; level = childrenOf(level)) for (const it of level) all.push(it);
  return all;
}

function repeated(items: Items, projection: Code, around: Around): Items {
  const found: Item[] = [];
  const seen = new Set<string>();
  let level: Items = items;
  while (level.length > 0) {
    const next = level.flatMap((item) => projection.many([item], around));
    level = next.filter((item) => !seen.has(keyOf(item)) && seen.add(keyOf(item)));
    found.push(...level);
  }
  return found;
}

function extensionsOf(items: Items, url: string | undefined): Items {
  if (url === undefined) return none;
  const found: Item[] = [];
  for (const item of items) addChildren(item, 'extension', found);
  return found.filter((item) => dataOf(item)?.url === url);
}

/** References and addresses that lead to a resource at hand; what they lead to elsewhere is as if it were not there. */
function resolved(item: Item, around: Around): Items {
  const value = dataOf(item);
  const literal = typeof value === 'string' ? value : value?.reference;
  if (typeof literal !== 'string') return none;
  const found = around.resolve?.(literal);
  return found === undefined ? none : one(toElement(found, undefined, 'Resource'));
}

function isMember(input: Code, set: Code, self: Items, around: Around): boolean | undefined {
  const items = input.many(self, around);
  const canonical = toText(set.many(self, around));
  if (items.length !== 1 || canonical === undefined) return undefined;
  const [item] = items;
  const type = item instanceof Element ? item.type : 'string';
  if (around.memberOf === undefined || isDate(item!)) throw elsewhere;
  return around.memberOf(dataOf(item!), type, canonical);
}
