/** A value set as bindings ask of it. https://hl7.org/fhir/R4/terminologies.html#binding */
import type { ValueSet } from 'fhir/r4.js';
import { type CodeMap, sizeOf } from './code-map.ts';
import { type Composition, compose, nameOf, systemsIn, termOf, versionsOf } from './composition.ts';
import { codesOf, codesOfSystem } from './expand.ts';
import { grammarOf } from './grammars/index.ts';
import { Shelf } from './shelf.ts';

export interface BoundCodes {
  /** Canonical with the version that it stands for, as faults tell it. */
  readonly canonical: string;
  /**
   * Whether a code is in the set.
   * @param system undefined for elements of type `code`, whose system the binding fixes
   * @returns undefined where that cannot be said here: the set is too large to be held (`isLarge`), or it cannot be worked out
   */
  contains(system: string | undefined, code: string): boolean | undefined;
  /** Some of its codes, for hints: at most `max`, each with its system. */
  some(max: number): readonly { readonly system: string; readonly code: string; readonly display?: string }[];
  /** The set has more codes than are held in memory: ask the terminology for each code, all in one trip. */
  readonly isLarge: boolean;
  /** Whether this code was asked for a moment ago, and nobody could say: it need not be asked again. */
  isUnsaid?(system: string | undefined, code: string): boolean;
  /** Why it cannot be worked out, as the end of a sentence; undefined where it can. */
  readonly unknownBecause?: string;
}

export interface HeldCodes extends BoundCodes {
  /** What it is made of, to be sent to another thread: `boundCodes` makes the same of it there. */
  readonly data: BoundData;
}

/** A set of a binding as plain data. */
export interface BoundData {
  readonly canonical: string;
  /** The codes of each system, in small letters where case says nothing. */
  readonly listed: readonly {
    readonly system: string;
    readonly isCaseless: boolean;
    readonly codes: readonly string[];
    /** By the code as it stands in `codes`. */
    readonly displays: readonly (string | undefined)[];
  }[];
  /** Systems, known by rule, all of whose codes are in it. */
  readonly ruled: readonly string[];
  /** Systems of which it cannot be said here whether a code that is not listed is in it; `*` for any. */
  readonly undecided: readonly string[];
  readonly isLarge: boolean;
  readonly unknownBecause: string | undefined;
}

/** Codes of one set that are held in memory. */
export const HELD_MAX = 10_000;

/** The set that is made of this data. */
export function boundCodes(data: BoundData): HeldCodes {
  const { canonical, listed, ruled, undecided, isLarge, unknownBecause } = data;
  const bySystem = new Map(listed.map((one) => [one.system, { ...one, codes: new Set(one.codes) }]));
  const isOpen = new Set(undecided);
  const inSystem = (system: string, code: string): boolean | undefined => {
    const own = bySystem.get(system);
    if (own?.codes.has(own.isCaseless ? code.toLowerCase() : code)) return true;
    if (ruled.includes(system)) return grammarOf(system)!.find(code) !== undefined;
    return isOpen.size > 0 && (isOpen.has(system) || isOpen.has('*')) ? undefined : false;
  };
  const systems = [...new Set([...bySystem.keys(), ...ruled, ...undecided])];
  return {
    canonical,
    contains(system, code) {
      if (system !== undefined) return inSystem(system, code);
      let answer: boolean | undefined = false;
      for (const one of systems) {
        const inner = inSystem(one, code);
        if (inner) return true;
        if (inner === undefined) answer = undefined;
      }
      return answer;
    },
    some(max) {
      const some: { system: string; code: string; display?: string }[] = [];
      for (const { system, codes, displays } of listed) {
        for (const [index, code] of codes.entries()) {
          if (some.length >= max) return some;
          const display = displays[index];
          some.push(display === undefined ? { system, code } : { system, code, display });
        }
      }
      return some;
    },
    isLarge,
    ...(unknownBecause === undefined ? {} : { unknownBecause }),
    data,
  };
}

/**
 * What a binding needs of a value set that stands on a shelf with all that it refers to.
 * @param canonical as the binding names it
 */
export function boundData(canonical: string, valueSet: ValueSet, shelf: Shelf): BoundData {
  const composition = compose(valueSet, shelf);
  const { version } = valueSet;
  const named = canonical.includes('|') || version === undefined ? canonical : `${canonical}|${version}`;
  const none = { canonical: named, listed: [], ruled: [], undecided: [], isLarge: false, unknownBecause: undefined };
  if (!composition.problem) {
    const codes = codesOf(composition);
    if (codes instanceof Map) {
      if (sizeOf(codes) > HELD_MAX) return { ...none, undecided: ['*'], isLarge: true };
      return { ...none, listed: listedOf(codes, composition, shelf) };
    }
  }
  return { ...none, ...bySystem(composition, shelf) };
}

/** R4's own value set of this canonical, by R4's own definitions: on any thread and without waiting; null where there is none. */
export function ownBoundCodes(canonical: string): HeldCodes | null {
  const known = own.get(canonical);
  if (known !== undefined) return known;
  const shelf = new Shelf();
  const valueSet = shelf.valueSet(canonical);
  const bound = valueSet ? boundCodes(boundData(canonical, valueSet, shelf)) : null;
  own.set(canonical, bound);
  return bound;
}

/** Never more than the canonicals that definitions name. */
const own = new Map<string, HeldCodes | null>();

/** System by system: those with a list, those known by rule, and those of which little can be said. */
function bySystem(composition: Composition, shelf: Shelf): Partial<BoundData> {
  const listed: BoundData['listed'][number][] = [];
  const ruled: string[] = [];
  const undecided: string[] = [];
  let isLarge = false;
  for (const url of systemsIn(composition)) {
    const found = codesOfSystem(composition, url);
    if ('because' in found) {
      if (termOf(composition, url).kind === 'known' && grammarOf(url)) ruled.push(url);
      else {
        undecided.push(url);
        if (versionsOf(composition, url).some(({ table }) => table !== undefined)) isLarge = true;
      }
    } else if (found.codes.size > HELD_MAX) {
      isLarge = true;
      undecided.push(url);
    } else {
      listed.push(...listedOf(new Map([[url, found.codes]]), composition, shelf));
      if (!found.isAll) undecided.push(url);
    }
  }
  const { problem } = composition;
  if (isOpen(composition)) undecided.push('*');
  const isWhole = composition.includes.every(({ url, imports }) => url !== undefined || imports.length > 0);
  return {
    listed,
    ruled,
    undecided: isWhole ? undecided : [...undecided, '*'],
    isLarge,
    unknownBecause: undecided.length === 0 || isLarge ? undefined : (problem?.because ?? unendedOf(composition)),
  };
}

/** Whether it may take codes of any system, since a value set that it is made of is not at hand. */
function isOpen({ problem, includes }: Composition): boolean {
  if (problem && includes.length === 0) return true;
  return includes.some(({ url, imports }) => url === undefined && imports.some(isOpen));
}

function unendedOf({ valueSet }: Composition): string {
  return `${nameOf(valueSet)} takes codes of a system that has no list of them`;
}

function listedOf(codes: CodeMap, composition: Composition, shelf: Shelf): BoundData['listed'] {
  return [...codes].map(([system, some]) => {
    const own = shelf.system(system);
    const isCaseless = own?.isCaseless ?? shelf.isCaseless(system);
    const shown = displaysOf(composition, system);
    const list = [...some].map((code) => (isCaseless ? code.toLowerCase() : code));
    return {
      system,
      isCaseless,
      codes: list,
      displays: list.map((code) => shown.get(code) ?? own?.find(code)?.display),
    };
  });
}

/** Code as it is compared → what the value set itself calls it. */
function displaysOf({ includes, stored }: Composition, url: string): ReadonlyMap<string, string | undefined> {
  const listed = includes.flatMap((part) => (part.url === url && part.listed ? [...part.listed] : []));
  return new Map([...listed, ...(stored?.get(url)?.codes ?? [])].map(([code, { display }]) => [code, display]));
}
