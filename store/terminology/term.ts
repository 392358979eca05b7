/**
 * What must hold of a code to be in a value set: the composition of the value set as one term for each code system. It is
 * evaluated for single codes in memory, and becomes a condition of SQL where concepts stand in tables.
 */
import type { ValueSetComposeIncludeFilter } from 'fhir/r4.js';

/** The code system, in the version that is meant, that a part of a term is about. */
export interface TermSystem {
  readonly url: string;
  /** Its number where its concepts stand in tables. */
  readonly table: number | undefined;
}

export type Term =
  | { readonly kind: 'all' | 'none' }
  /** @property codes in small letters where case says nothing */
  | { readonly kind: 'codes'; readonly codes: ReadonlySet<string>; readonly isCaseless: boolean }
  /** The system has the code. */
  | { readonly kind: 'known'; readonly system: TermSystem }
  | { readonly kind: 'active'; readonly system: TermSystem }
  | { readonly kind: 'filter'; readonly system: TermSystem; readonly filter: ConceptFilter }
  /** All tests are met by properties of one group; a single one by any property. */
  | { readonly kind: 'attributes'; readonly system: TermSystem; readonly of: readonly AttributeTest[] }
  /** It cannot be said. */
  | { readonly kind: 'unknown'; readonly because: string }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Term[] }
  | { readonly kind: 'not'; readonly of: Term };

/** A test of the properties of a concept. */
export interface AttributeTest {
  /** What must hold of the code of the property. */
  readonly name: Term;
  /** What must hold of its value: a code of the same system, a number or a text. */
  readonly value: Term | ValueTest;
  /** There is such a property whose value is another one. */
  readonly isNot: boolean;
}

export type ValueTest =
  | { readonly comparison: '=' | '!=' | '<' | '<=' | '>' | '>='; readonly number: number }
  | { readonly comparison: '=' | '!='; readonly text: string };

export type ConceptFilter = Pick<ValueSetComposeIncludeFilter, 'property' | 'op' | 'value'>;

export const ALL: Term = { kind: 'all' };
export const NONE: Term = { kind: 'none' };

/** All of them hold. */
export function both(terms: readonly Term[]): Term {
  const needed = terms.filter(({ kind }) => kind !== 'all');
  if (needed.some(({ kind }) => kind === 'none')) return NONE;
  return needed.length === 0 ? ALL : needed.length === 1 ? needed[0]! : { kind: 'and', of: needed };
}

/** One of them holds. */
export function either(terms: readonly Term[]): Term {
  const possible = terms.filter(({ kind }) => kind !== 'none');
  if (possible.some(({ kind }) => kind === 'all')) return ALL;
  return possible.length === 0 ? NONE : possible.length === 1 ? possible[0]! : { kind: 'or', of: possible };
}

/** It does not hold. */
export function not(term: Term): Term {
  if (term.kind === 'all' || term.kind === 'none') return term.kind === 'all' ? NONE : ALL;
  return term.kind === 'not' ? term.of : { kind: 'not', of: term };
}
