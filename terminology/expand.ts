/** The codes of a value set, as a search joins them and a binding holds them. Pure. */
import type { ValueSet } from 'fhir/r4.js';
import { Fault } from '../resources/index.ts';
import type { Term } from '../store/index.ts';
import { type CodeMap, sizeOf } from './code-map.ts';
import {
  type Composition,
  compose,
  folded,
  nameOf,
  type Part,
  type Problem,
  systemsIn,
  termOf,
  versionsOf,
} from './composition.ts';
import { holds } from './membership.ts';
import type { Shelf } from './shelf.ts';
import { TableSystem } from './tables.ts';

/** Codes that one value set may have. */
export const EXPANSION_MAX = 200_000;

/**
 * All codes of a value set: by its composition, or, where that cannot be worked out here, as its stored expansion lists them.
 * @throws Fault `not-supported` naming value set, code system and reason; `too-costly`
 */
export function expand(valueSet: ValueSet, shelf: Shelf): CodeMap {
  const composition = compose(valueSet, shelf);
  const codes = composition.problem ?? codesOf(composition);
  if (!(codes instanceof Map)) throw unlistable(valueSet, codes as Problem);
  if (sizeOf(codes) <= EXPANSION_MAX) return codes;
  throw tooLarge(valueSet);
}

/**
 * The codes of a value set, and of systems whose concepts stand in tables what must hold of theirs.
 * @throws Fault as `expand` does
 */
export function codesAndTables(valueSet: ValueSet, shelf: Shelf): { codes: CodeMap; tables: PagedSystem[] } {
  const composition = compose(valueSet, shelf);
  if (composition.problem) throw unlistable(valueSet, composition.problem);
  const codes = new Map<string, ReadonlySet<string>>();
  const tables: PagedSystem[] = [];
  for (const url of systemsIn(composition)) {
    const listed = codesOfSystem(composition, url);
    if (!('because' in listed)) {
      if (listed.codes.size > 0) codes.set(url, listed.codes);
      continue;
    }
    const system = versionsOf(composition, url).find((one) => one instanceof TableSystem);
    if (!system) throw unlistable(valueSet, listed);
    tables.push({ system, term: system.numbered(termOf(composition, url)) });
  }
  if (sizeOf(codes) > EXPANSION_MAX) throw tooLarge(valueSet);
  return { codes, tables };
}

/** A system of which a value set takes more than a list. */
export interface PagedSystem {
  readonly system: TableSystem;
  readonly term: Term;
}

/** The refusal to list a value set, with the reason. */
export function unlistable(valueSet: ValueSet, { because, hint }: Pick<Problem, 'because' | 'hint'>): Fault {
  return new Fault(
    'not-supported',
    `${capital(nameOf(valueSet))} cannot be expanded: ${because}.`,
    hint ? { hint } : {},
  );
}

/**
 * The codes of a composition without a problem, in the order in which it names them.
 * @returns the problem, where a system has no end
 */
export function codesOf(composition: Composition): CodeMap | Problem {
  const codes = new Map<string, ReadonlySet<string>>();
  for (const url of systemsIn(composition)) {
    const listed = codesOfSystem(composition, url);
    if ('because' in listed) return listed;
    if (listed.codes.size > 0) codes.set(url, listed.codes);
  }
  return codes;
}

/**
 * The codes of one system that are in a value set.
 * @returns whether these are all, so that no other code can be in it; or the problem, where there is no list
 */
export function codesOfSystem(
  composition: Composition,
  url: string,
): { readonly codes: ReadonlySet<string>; readonly isAll: boolean } | Problem {
  const candidates = candidatesOf(composition, url);
  if ('because' in candidates) return candidates;
  const term = termOf(composition, url);
  const codes = new Set<string>();
  let isAll = holds(term, NO_CODE) === false;
  for (const code of candidates) {
    const answer = holds(term, code);
    if (answer) codes.add(code);
    else if (answer === undefined) isAll = false;
  }
  return { codes, isAll };
}

/** With its first letter large, as a sentence begins. */
export function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}

/** A code that no system has. */
const NO_CODE = '\u0000';

/** Codes of a system that may be in the value set: every one that is, and perhaps others. */
function candidatesOf(composition: Composition, url: string): ReadonlySet<string> | Problem {
  const { stored, includes } = composition;
  if (stored) return new Set(stored.get(url)?.codes.keys());
  const candidates = new Set<string>();
  for (const part of includes) {
    const codes = candidatesOfPart(part, url);
    if ('because' in codes) return codes;
    for (const code of codes) candidates.add(code);
  }
  return candidates;
}

function candidatesOfPart(part: Part, url: string): ReadonlySet<string> | Problem {
  const { url: own, system, listed, imports, isCaseless } = part;
  if (own !== undefined && own !== url) return new Set();
  if (listed) return new Set(listed.keys());
  if (system) {
    const list = system.list();
    if (list) return new Set([...list].map(({ code }) => folded(code, isCaseless)));
  }
  // A system without an end may still be cut down to a list by what is imported beside it.
  const [first] = imports;
  if (first) return candidatesOf(first, url);
  return {
    kind: 'unknown-system',
    because: `the code system ${own} has no list of its codes`,
    hint: 'List the codes themselves in the value set.',
    canonical: own!,
  };
}

function tooLarge(valueSet: ValueSet): Fault {
  return new Fault('too-costly', `${capital(nameOf(valueSet))} has more than ${EXPANSION_MAX} codes.`);
}
