/**
 * What each resource type can be searched by: R4's search parameters, with the places (slots) where their values stand.
 * Everything that writes or reads the index, and the metadata, is driven by this.
 * https://hl7.org/fhir/R4/searchparameter-registry.html
 */
import { hasType, type SearchParameterDefinition, searchParameterDefinitions, typeDef } from './definitions.ts';
import { type Alternative, parseExpression, type Step } from './parameters/expression.ts';
import { chooseHot } from './parameters/hot.ts';
import { type SearchKind, type Slot, slotsOf } from './parameters/slot.ts';
import { walk } from './parameters/walk.ts';
import type { HotColumn } from './type.ts';
import { typeDefinition } from './type-definitions.ts';

export type { Step } from './parameters/expression.ts';
export { numberOf, type SearchKind, type Slot } from './parameters/slot.ts';

/** One part of a composite parameter. */
export interface Component {
  /** The parameter by whose rules this part is written and compared. */
  readonly code: string;
  readonly type: SearchKind;
  readonly targets: readonly string[];
  /** Paths to the values, from the composite's element or from the whole resource. */
  readonly paths: readonly { readonly fromResource: boolean; readonly steps: readonly Step[] }[];
}

export interface SearchParameter {
  readonly code: string;
  /** Canonical address of the definition. */
  readonly url: string;
  readonly type: SearchKind;
  /** The resource type that this is a parameter of. */
  readonly base: string;
  /**
   * Where its values stand; composites: the elements that hold their parts.
   * None for `_id` and `_lastUpdated`, which the store keeps by itself, and for `_text` and `_content`, which are words.
   */
  readonly slots: readonly Slot[];
  /** References: the resource types that may be referred to, sorted. */
  readonly targets: readonly string[];
  readonly components?: readonly Component[];
  /** The column that holds all values of the parameter: there when it has one slot, and that one has a column. */
  readonly hot?: HotColumn;
  readonly multipleOr: boolean;
  readonly multipleAnd: boolean;
  /** Set where a SearchParameter of a user defines it: all of its values stand in side rows of this one slot. */
  readonly custom?: CustomState;
}

/** How far a user's parameter is. */
export interface CustomState {
  readonly k: number;
  /** Set until every resource that there was is indexed: how many are, and about how many there are. */
  readonly building?: { readonly done: number; readonly total: number };
}

/** Where the parameters of a type are asked for: R4's own, and those of a database. */
export interface ParameterSource {
  of(type: string): ReadonlyMap<string, SearchParameter>;
  /** Why SearchParameters that are stored for this code add nothing to the type; undefined where there are none. */
  unused?(type: string, code: string): string | undefined;
}

/** R4's own parameters. */
export const ownParameters: ParameterSource = Object.freeze({ of: searchParameters });

/**
 * The parameters of a resource type by code, those of all resources (`_id`, `_tag` …) included.
 * `_query`, which R4 defines without saying where its values stand, is not among them.
 */
export function searchParameters(type: string): ReadonlyMap<string, SearchParameter> {
  let parameters = derived.get(type);
  if (!parameters) {
    parameters = deriveParameters(type);
    derived.set(type, parameters);
  }
  return parameters;
}

/**
 * The modifiers that can be asked of a parameter, without the colon; for references the names of target types besides.
 * The metadata and the parser of searches both read this.
 */
export function modifiersOf(parameter: SearchParameter): readonly string[] {
  if (WORDS.has(parameter.code)) return [];
  // `_id` and `_lastUpdated`.
  if (parameter.slots.length === 0) return ['missing'];
  const has = (...types: readonly string[]) =>
    parameter.slots.some(({ fhirTypes }) => types.some((type) => fhirTypes.includes(type)));
  if (parameter.type === 'reference') {
    return [
      'missing',
      ...(has('Reference') ? ['identifier'] : []),
      // A resource that stands in another is no canonical, whose versions these tell apart.
      ...(has('canonical') ? ['above', 'below'] : []),
    ];
  }
  if (parameter.type !== 'token') return modifiers[parameter.type];
  return [
    ...modifiers.token,
    ...(has('Identifier') ? ['of-type'] : []),
    ...(has('CodeableConcept', 'Coding', 'code') ? ['in', 'not-in', 'above', 'below'] : []),
  ];
}

const modifiers: Readonly<Record<SearchKind, readonly string[]>> = {
  token: ['missing', 'not', 'text'],
  string: ['missing', 'exact', 'contains'],
  uri: ['missing', 'above', 'below'],
  reference: ['missing'],
  date: ['missing'],
  number: ['missing'],
  quantity: ['missing'],
  composite: [],
  special: ['missing'],
};

/** Answered by the words of a resource, wherever they stand: no expression says where. */
const WORDS: ReadonlySet<string> = new Set(['_text', '_content']);

const derived = new Map<string, ReadonlyMap<string, SearchParameter>>();
let byBase: ReadonlyMap<string, readonly SearchParameterDefinition[]> | undefined;
let byUrl: ReadonlyMap<string, SearchParameterDefinition> | undefined;

function deriveParameters(type: string): ReadonlyMap<string, SearchParameter> {
  byBase ??= indexByBase();
  // A type that does not exist has the parameters of all, and is refused where it is asked for.
  const bases =
    hasType(type) && typeDef(type).base === 'DomainResource'
      ? ['Resource', 'DomainResource', type]
      : ['Resource', type];
  const found = bases.flatMap((base) => byBase!.get(base) ?? []);
  const parameters = new Map(
    found
      .filter(({ code, expression }) => expression !== undefined || WORDS.has(code))
      .map((one) => [one.code, toParameter(one, type)]),
  );
  const hot = chooseHot(parameters, typeDefinition(type)?.hot);
  for (const [code, parameter] of parameters) parameters.set(code, withHot(parameter, hot));
  return parameters;
}

function indexByBase(): ReadonlyMap<string, readonly SearchParameterDefinition[]> {
  const bases = new Map<string, SearchParameterDefinition[]>();
  for (const definition of searchParameterDefinitions()) {
    for (const base of definition.base) {
      const known = bases.get(base);
      if (known) known.push(definition);
      else bases.set(base, [definition]);
    }
  }
  return bases;
}

function toParameter(definition: SearchParameterDefinition, type: string): SearchParameter {
  const { code, url, type: kind } = definition;
  const alternatives = WORDS.has(code) ? [] : alternativesFor(definition, type);
  const stored = code === '_id' || code === '_lastUpdated';
  const components = definition.component?.map((one) => toComponent(one, type));
  return {
    code,
    url,
    type: kind,
    base: type,
    slots: stored ? [] : alternatives.flatMap((one) => toSlots(definition, one, type)),
    targets: kind === 'reference' ? targetsOf(definition, alternatives, type) : [],
    ...(components === undefined ? {} : { components }),
    multipleOr: definition.multipleOr ?? true,
    multipleAnd: definition.multipleAnd ?? true,
  };
}

/** The branches of the expression that are about this type. */
function alternativesFor(definition: SearchParameterDefinition, type: string): readonly Alternative[] {
  const all = parseExpression(definition.expression!);
  if (!all) throw new Error(`The expression of ${definition.url} cannot be compiled: ${definition.expression}`);
  return all.filter(({ head }) => head === undefined || head === type || head === 'Resource');
}

function headOf(alternative: Alternative, type: string): string {
  return alternative.head ?? type;
}

function toSlots(definition: SearchParameterDefinition, alternative: Alternative, type: string): Slot[] {
  const head = headOf(alternative, type);
  // Two composites on the same element are two slots: their rows hold different parts.
  const name = definition.type === 'composite' ? definition.code : undefined;
  return slotsOf(definition.type, head, alternative, name);
}

function targetsOf(
  definition: SearchParameterDefinition,
  alternatives: readonly Alternative[],
  type: string,
): readonly string[] {
  const targets = new Set<string>();
  for (const alternative of alternatives) {
    const allowed = new Set(
      walk(headOf(alternative, type), alternative.steps).leaves.flatMap((leaf) => leaf.type.targets ?? ['*']),
    );
    const wanted = alternative.targets.length > 0 ? alternative.targets : (definition.target ?? []);
    for (const target of wanted)
      if (allowed.has('*') || allowed.has('Resource') || allowed.has(target)) targets.add(target);
  }
  return [...targets].sort();
}

function toComponent(written: { readonly definition: string; readonly expression: string }, type: string): Component {
  byUrl ??= new Map(searchParameterDefinitions().map((one) => [one.url, one]));
  const definition = byUrl.get(written.definition);
  const paths = parseExpression(written.expression);
  if (!definition || !paths)
    throw new Error(`The component ${written.definition} of a parameter of ${type} is unknown.`);
  return {
    code: definition.code,
    type: definition.type,
    targets: definition.type === 'reference' ? (definition.target ?? []).toSorted() : [],
    paths: paths.map((path) => ({ fromResource: path.head === '%resource', steps: path.steps })),
  };
}

function withHot(parameter: SearchParameter, hot: ReadonlyMap<string, HotColumn>): SearchParameter {
  const slots = parameter.slots.map((slot) => {
    const column = hot.get(slot.name);
    return column === undefined ? slot : { ...slot, hot: column };
  });
  const column = slots.length === 1 ? slots[0]!.hot : undefined;
  return { ...parameter, slots, ...(column === undefined ? {} : { hot: column }) };
}
