/** What an expression becomes: functions over the items that it starts from. */
import { dataOf, type Element, elsewhere, type Item, type Items } from './item.ts';

/** What an expression may look at beside the items that it starts from. */
export interface Around {
  /** `%resource`: the resource that the element stands in, a contained one too. */
  readonly resource: Element;
  /** `%rootResource`: the resource that contains that, or itself. */
  readonly rootResource: Element;
  /** `%context`: the element that the evaluation began with. */
  readonly context: Element;
  /** The resource that a literal reference leads to, where it is at hand. */
  resolve?(reference: string): any;
  /** Whether a code, Coding or CodeableConcept is in a value set; undefined where that cannot be said. */
  memberOf?(item: any, type: string, valueSet: string): boolean | undefined;
}

/** @param self `$this`: what the expression starts from */
export type Many = (self: Items, around: Around) => Items;
/** Three-valued: undefined is FHIRPath's empty. */
export type Truth = (self: Items, around: Around) => boolean | undefined;

export interface Code {
  readonly many: Many;
  readonly truth: Truth;
  /** Whether it yields nothing but true, false and empty: then `truth` is the cheaper of the two. */
  readonly isTruth: boolean;
  /** The items, where they are the same each time. */
  readonly constant?: Items;
  /** Whether it starts from what stands around: then it is the same for the whole evaluation, whatever `$this` is. */
  readonly isFixed?: boolean;
  /** Names of members, where it is nothing but a way down from `$this`. */
  readonly way?: readonly string[];
}

export const none: Items = Object.freeze([]);
const yes: Items = Object.freeze([true]);
const no: Items = Object.freeze([false]);

export function fromTruth(truth: Truth): Code {
  return {
    isTruth: true,
    truth,
    many: (self, around) => {
      const told = truth(self, around);
      return told === undefined ? none : told ? yes : no;
    },
  };
}

export function fromMany(many: Many, more: Pick<Code, 'constant' | 'isFixed' | 'way'> = {}): Code {
  return { isTruth: false, many, truth: (self, around) => toTruth(many(self, around)), ...more };
}

/**
 * Makes something once for a whole evaluation; for what does not change with `$this`. It is kept with the element that
 * the evaluation began with: in a WeakMap that grows old, values live on until all memory is looked through.
 */
export function oncePer<T>(make: (self: Items, around: Around) => T): (self: Items, around: Around) => T {
  return (self, around) => {
    const { context } = around;
    context.made ??= new Map();
    if (!context.made.has(make)) context.made.set(make, make(self, around));
    return context.made.get(make) as T;
  };
}

/** Singleton evaluation: one item that is no boolean counts as true. @throws elsewhere for several */
export function toTruth(items: Items): boolean | undefined {
  if (items.length === 0) return undefined;
  if (items.length > 1) throw elsewhere;
  const value = dataOf(items[0]!);
  return typeof value === 'boolean' ? value : value === undefined ? undefined : true;
}

/** The condition of where, exists, all and iif: only what is true counts. */
export function isMet(code: Code, self: Items, around: Around): boolean {
  if (code.isTruth) return code.truth(self, around) === true;
  const items = code.many(self, around);
  return items.length === 1 && dataOf(items[0]!) === true;
}

/** The one text that is there; undefined where there is none. @throws elsewhere for several, or for another type */
export function toText(items: Items): string | undefined {
  if (items.length === 0) return undefined;
  const value = dataOf(items[0]!);
  if (items.length > 1 || (typeof value !== 'string' && value !== undefined)) throw elsewhere;
  return value;
}

/** Input of the functions on texts: undefined where it is empty. */
export function textOf(input: Code): (self: Items, around: Around) => string | undefined {
  return (self, around) => toText(input.many(self, around));
}

/** The one whole number that is there. @throws elsewhere for several, or for another type */
export function toWhole(items: Items): number | undefined {
  if (items.length === 0) return undefined;
  const value = dataOf(items[0]!);
  if (items.length > 1 || !Number.isSafeInteger(value)) throw elsewhere;
  return value;
}

export function one(value: Item | undefined): Items {
  return value === undefined ? none : [value];
}
