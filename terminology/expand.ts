/**
 * The codes of a value set. Pure: every definition that it needs stands on a shelf.
 * https://hl7.org/fhir/R4/valueset.html#compositions
 */
import type { CodeSystem, ValueSet, ValueSetComposeInclude, ValueSetExpansionContains } from 'fhir/r4.js';
import { Fault } from '../resources/index.ts';
import { type CodeMap, difference, intersection, sizeOf, union } from './code-map.ts';
import { filtered } from './filter.ts';
import { hierarchyOf, propertyValues } from './hierarchy.ts';
import type { Shelf } from './shelf.ts';

/** Codes that one value set may have. */
export const EXPANSION_MAX = 200_000;

/**
 * All codes of a value set: by its composition, or, where that cannot be worked out here, as its stored expansion lists them.
 * @throws Fault `not-supported` naming value set, code system and reason; `too-costly`
 */
export function expand(valueSet: ValueSet, shelf: Shelf): CodeMap {
  let codes: CodeMap;
  try {
    codes = new Expansion(shelf).of(valueSet, []);
  } catch (error) {
    if (!(error instanceof Unlistable)) throw error;
    const { message, hint } = error;
    throw new Fault(
      'not-supported',
      `${capital(nameOf(valueSet))} cannot be expanded: ${message}.`,
      hint ? { hint } : {},
    );
  }
  if (sizeOf(codes) <= EXPANSION_MAX) return codes;
  throw new Fault('too-costly', `${capital(nameOf(valueSet))} has more than ${EXPANSION_MAX} codes.`);
}

/** What of a code system is at hand, for a sentence that begins with it: `not at hand`. */
export function availability(system: CodeSystem | undefined): string {
  if (!system || system.content === 'not-present') return 'not at hand';
  return system.content === 'complete' ? 'at hand' : `at hand only in part (its content is ${system.content})`;
}

/** Why a part of a value set has no list of codes; caught where a stored expansion can stand in. */
class Unlistable extends Error {
  readonly hint: string | undefined;
  /** Whether the reason names the value set that it is about. */
  readonly isTold: boolean;

  constructor(reason: string, hint?: string, isTold = false) {
    super(reason);
    this.hint = hint;
    this.isTold = isTold;
  }
}

class Expansion {
  readonly #shelf: Shelf;
  readonly #done = new Map<ValueSet, CodeMap>();

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  /** @param within the value sets that import this one */
  of(valueSet: ValueSet, within: readonly ValueSet[]): CodeMap {
    const known = this.#done.get(valueSet);
    if (known) return known;
    let codes: CodeMap;
    try {
      codes = this.#composed(valueSet, within);
    } catch (error) {
      if (!(error instanceof Unlistable)) throw error;
      const listed = this.#listed(valueSet);
      if (!listed) throw error;
      codes = listed;
    }
    this.#done.set(valueSet, codes);
    return codes;
  }

  #composed(valueSet: ValueSet, within: readonly ValueSet[]): CodeMap {
    const { compose } = valueSet;
    if (!compose) throw new Unlistable('it has no composition');
    if (within.includes(valueSet)) throw new Unlistable('it imports itself');
    const path = [...within, valueSet];
    const all = (parts: readonly ValueSetComposeInclude[]) =>
      parts.map((part) => this.#part(part, compose.inactive !== false, path)).reduce<CodeMap>(union, new Map());
    return difference(all(compose.include), all(compose.exclude ?? []));
  }

  /** What is in the system's part and in every value set named beside it. */
  #part(part: ValueSetComposeInclude, withInactive: boolean, within: readonly ValueSet[]): CodeMap {
    const sets = (part.valueSet ?? []).map((canonical) => {
      const imported = this.#shelf.valueSet(canonical);
      if (!imported) throw new Unlistable(`the value set ${canonical} that it imports is not at hand`, STORE_IT);
      return this.#imported(imported, within);
    });
    if (part.system !== undefined) sets.unshift(this.#ofSystem(part.system, part, withInactive));
    const [first, ...others] = sets;
    if (!first) throw new Unlistable('a part of it names neither a system nor a value set');
    return others.reduce(intersection, first);
  }

  #imported(valueSet: ValueSet, within: readonly ValueSet[]): CodeMap {
    try {
      return this.of(valueSet, within);
    } catch (error) {
      if (!(error instanceof Unlistable) || error.isTold) throw error;
      throw new Unlistable(`${error.message} (in ${nameOf(valueSet)} that it imports)`, error.hint, true);
    }
  }

  #ofSystem(url: string, { version, concept, filter = [] }: ValueSetComposeInclude, withInactive: boolean): CodeMap {
    const codes = concept
      ? new Set(concept.map(({ code }) => code))
      : this.#filtered(url, version, filter, withInactive);
    const isCaseless = this.#shelf.isCaseless(url);
    return new Map([[url, isCaseless ? new Set([...codes].map((code) => code.toLowerCase())) : codes]]);
  }

  #filtered(
    url: string,
    version: string | undefined,
    filters: NonNullable<ValueSetComposeInclude['filter']>,
    withInactive: boolean,
  ): ReadonlySet<string> {
    const system = this.#shelf.codeSystem(url, version);
    const named = version === undefined ? url : `${url}|${version}`;
    if (system?.content !== 'complete') {
      throw new Unlistable(`the code system ${named} is ${availability(system)}`, STORE_IT);
    }
    const hierarchy = hierarchyOf(system);
    let codes: ReadonlySet<string> = new Set(hierarchy.concepts.keys());
    for (const one of filters) {
      const picked = filtered(hierarchy, one);
      if (!picked) throw new Unlistable(`its filter ${one.property} ${one.op} on ${named} is not offered`);
      codes = codes.intersection(picked);
    }
    if (withInactive) return codes;
    return new Set([...codes].filter((code) => !isInactive(hierarchy.concepts.get(code)!)));
  }

  /** The codes of a stored expansion; undefined where there is none, or only a part of one. */
  #listed({ expansion }: ValueSet): CodeMap | undefined {
    if (!expansion || expansion.extension?.some(({ url }) => PARTIAL.has(url))) return undefined;
    const codes = new Map<string, Set<string>>();
    let count = 0;
    const visit = (list: readonly ValueSetExpansionContains[]) => {
      for (const { system, code, contains } of list) {
        if (system !== undefined && code !== undefined) {
          count++;
          const known = codes.get(system) ?? new Set();
          codes.set(system, known.add(this.#shelf.isCaseless(system) ? code.toLowerCase() : code));
        }
        if (contains) visit(contains);
      }
    };
    visit(expansion.contains ?? []);
    return (expansion.total ?? 0) > count || (expansion.offset ?? 0) > 0 ? undefined : codes;
  }
}

const STORE_IT = 'Store it here, complete, and ask again; or list the codes themselves in the value set.';

/** Extensions that say of an expansion that it does not list everything. */
const PARTIAL: ReadonlySet<string> = new Set([
  'http://hl7.org/fhir/StructureDefinition/valueset-unclosed',
  'http://hl7.org/fhir/StructureDefinition/valueset-toocostly',
]);

function isInactive(concept: Parameters<typeof propertyValues>[0]): boolean {
  return (
    propertyValues(concept, 'inactive').includes('true') ||
    propertyValues(concept, 'status').some((status) => status === 'retired' || status === 'inactive')
  );
}

function nameOf({ url, id }: ValueSet): string {
  return `the value set ${url ?? `ValueSet/${id}`}`;
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
