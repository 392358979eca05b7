/** Sets of codes that a search joins: what a value set, or a part of a code system, means at the moment. */
import type { NumberOf } from '../terminology/condition.ts';
import type { Term } from '../terminology/term.ts';

/** Types that others name by a canonical address, as far as something is made of them here. */
export type DefinitionType =
  | 'CodeSystem'
  | 'ConceptMap'
  | 'NamingSystem'
  | 'OperationDefinition'
  | 'SearchParameter'
  | 'StructureDefinition'
  | 'ValueSet';

/** A definition asked for: by its url, in all versions or in one, or by its id on this server. */
export type DefinitionName =
  | {
      readonly type: Exclude<DefinitionType, 'NamingSystem'>;
      readonly url: string;
      readonly version?: string;
    }
  | { readonly type: DefinitionType; readonly id: string };

/** A set of codes in table `code_set`. */
export interface CodeSet {
  readonly n: bigint;
  /** Whether some of its codes are of systems in which case says nothing. */
  readonly hasCaseless: boolean;
  /** Parts of systems whose concepts stand in tables: what must hold of them, instead of their codes. */
  readonly tables?: readonly CodeSetTable[];
}

/** The concepts of one system of which a term holds. */
export interface CodeSetTable {
  readonly url: string;
  /** Number of the system. */
  readonly system: number;
  readonly isCaseless: boolean;
  readonly term: Term;
  readonly numberOf: NumberOf;
}

/** What a criterion asks of the terminology. */
export type CodeSetQuestion =
  /** `:in`, `:not-in`: url, `url|version` or `ValueSet/id`. */
  | { readonly kind: 'in'; readonly valueSet: string; readonly expression: string }
  /** The code and all that subsume it, or that it subsumes. */
  | {
      readonly kind: 'above' | 'below';
      readonly system: string;
      readonly code: string;
      readonly expression: string;
    };

/** The answers to all questions of one search, and what they stand on. */
export interface CodeSets {
  /** By `questionKey`. */
  readonly sets: ReadonlyMap<string, CodeSet>;
  /** The definitions that were looked for … */
  readonly names: readonly DefinitionName[];
  /** … and what was found, sorted: a search refuses to use the sets when it finds something else. */
  readonly marks: readonly string[];
}

/** The definitions changed since the sets of a search were made: make them again. */
export class StaleCodeSets extends Error {}

/** The same for questions with the same answer. */
export function questionKey(question: CodeSetQuestion): string {
  return question.kind === 'in'
    ? `in|${question.valueSet}`
    : `${question.kind}|${question.system}\u001e${question.code}`;
}
