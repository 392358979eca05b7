/** A search, taken apart: what the URL asks, before anything is known of tables. */
import type { Finding, SearchParameter } from '../../resources/index.ts';
import type { Among } from './among.ts';
import type { CodeSets } from './code-sets.ts';

export type Query = readonly (readonly [name: string, value: string])[];

export interface SearchLimits {
  readonly countDefault: number;
  readonly countMax: number;
}

/** Which parameter a code means on each of the types that are searched. */
export type ByType = ReadonlyMap<string, SearchParameter>;

/** One condition; all of a search must hold. */
export type Criterion =
  /** `code:not=a,b`: values OR-ed, escapes still in them. */
  | {
      readonly kind: 'values';
      readonly code: string;
      readonly by: ByType;
      readonly modifier: string | undefined;
      readonly values: readonly string[];
      /** Where it stands, for what turns out to be wrong with the values; undefined for a parameter of its own. */
      readonly place?: string;
    }
  /** A test of `_filter` that no prefix and no modifier stands for. */
  | {
      readonly kind: 'compared';
      readonly code: string;
      readonly by: ByType;
      readonly operator: Comparison;
      readonly value: string;
      readonly place: string;
    }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Criterion[] }
  | { readonly kind: 'not'; readonly of: Criterion }
  /** `_contained`: it contains a resource of the type that holds all of these, or, where `own` is true, is one itself. */
  | { readonly kind: 'contains'; readonly type: string; readonly own: boolean; readonly of: readonly Criterion[] }
  /** `_list=a,b`: members of one of these Lists. */
  | { readonly kind: 'list'; readonly ids: readonly string[] }
  /** `code:missing=true` */
  | { readonly kind: 'missing'; readonly code: string; readonly by: ByType; readonly missing: boolean }
  /** `subject:Patient.name=ann`: what must hold of the target, by its type. */
  | {
      readonly kind: 'chain';
      readonly code: string;
      readonly by: ByType;
      readonly targets: ReadonlyMap<string, Criterion>;
    }
  /** `_has:Observation:patient:code=x`: some resource of `source` points here and holds the inner condition. */
  | {
      readonly kind: 'has';
      readonly source: string;
      readonly parameter: SearchParameter;
      readonly inner: Criterion;
    };

/** Operators of `_filter` for some types of parameters. https://hl7.org/fhir/R4/search_filter.html#ops */
export type Comparison = 'eq' | 'ne' | 'co' | 'ew' | 'gt' | 'lt' | 'ge' | 'le' | 'po';

export interface SortKey {
  /** As written, without the minus: `birthdate`, `subject:Patient.family`. */
  readonly code: string;
  /** The parameter, or the reference that is followed first. */
  readonly by: ByType;
  readonly descending: boolean;
  /** What of the targets it is, by their type; undefined for a value of the resource itself. */
  readonly targets?: ReadonlyMap<string, SortKey>;
  /** `near`: the places whose distance it is. */
  readonly near?: readonly string[];
}

/** `_include=Observation:subject:Patient` */
export interface Include {
  readonly reverse: boolean;
  readonly iterate: boolean;
  /** The type that has the reference; undefined for all (`*`). */
  readonly source: string | undefined;
  /** Undefined for every reference of the source (`*`). */
  readonly parameter: SearchParameter | undefined;
  readonly target: string | undefined;
}

/** Resources of some types in the compartment of one resource. https://hl7.org/fhir/R4/compartmentdefinition.html */
export interface Compartment {
  readonly type: string;
  readonly id: string;
}

export interface Search {
  /** The types that are searched, at least one. */
  readonly types: readonly string[];
  /** Whether the types are all that there are. */
  readonly everything: boolean;
  readonly compartment: Compartment | undefined;
  /** The matches are contained resources, or these and the others; undefined for those that stand by themselves. */
  readonly among?: Among;
  readonly criteria: readonly Criterion[];
  /** The sets of codes that the criteria ask for; undefined where they ask for none, or before they are made. */
  readonly codeSets?: CodeSets;
  readonly sort: readonly SortKey[];
  /** Matches on one page; 0 asks for the number only. */
  readonly count: number;
  /** Matches on all pages together; undefined for all that there are. */
  readonly maxResults: number | undefined;
  readonly total: 'none' | 'estimate' | 'accurate' | undefined;
  readonly includes: readonly Include[];
  /** Continuation given by the page before. */
  readonly page: string | undefined;
  /** Whether the plan is asked for in place of the results. */
  readonly explain: boolean;
  /** Values of `_summary` and `_elements`, for whoever cuts the resources. */
  readonly summary: readonly string[];
  readonly elements: readonly string[];
  /** What was honoured, for the self link; without the continuation. */
  readonly honoured: readonly (readonly [name: string, value: string])[];
  /** What was not done as it was asked. */
  readonly notes: readonly Finding[];
}
