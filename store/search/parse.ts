/**
 * The query of a search → what it asks. Pure. Nothing is ever dropped in silence: what is not understood is refused, or,
 * where the client asks for lenient handling, left out and told.
 * https://hl7.org/fhir/R4/search.html
 */
import {
  compartmentDefinitions,
  Fault,
  type Finding,
  isResourceType,
  type ParameterSource,
  resourceTypes,
} from '../../resources/index.ts';
import { parseContained, requireContainable, requireSortable, totalOf, whatContains } from './contained-control.ts';
import {
  CONTROLS,
  isInclude,
  parseCount,
  parseExplain,
  parseInclude,
  parseMaxResults,
  parseSort,
  parseTotal,
  single,
} from './controls.ts';
import { parseCriterion } from './criterion.ts';
import { filterCriterion } from './filter.ts';
import { withPlaces } from './sort-key.ts';
import { requireScored } from './text.ts';
import type { Compartment, Criterion, Query, Search, SearchLimits } from './tree.ts';

export interface SearchRequest {
  /** Undefined: all types, or those of `_type`. */
  readonly type: string | undefined;
  readonly compartment?: Compartment | undefined;
  readonly query: Query;
  /** Lenient: parameters that are not known are left out and told. Never in a conditional interaction. */
  readonly handling: 'strict' | 'lenient';
  readonly limits: SearchLimits;
  /** What can be searched by; R4's own parameters when left out. */
  readonly parameters?: ParameterSource | undefined;
}

/** The most that one search may have. */
const CRITERIA_MAX = 50;
const INCLUDES_MAX = 30;

/**
 * Takes a query apart.
 * @throws Fault `unknown-parameter`, `unsupported-modifier`, `invalid-value`, `not-supported`, `too-costly`, each naming
 *   the parameter
 */
export function parseSearch(request: SearchRequest): Search {
  const { query, limits } = request;
  const searched = typesOf(request);
  const contained = parseContained(single(query, '_contained'), single(query, '_containedType'));
  // Of what contains, any type may be the result.
  const types = contained?.as === 'container' ? resourceTypes() : searched;
  const everything = types.length === resourceTypes().length;
  const notes: Finding[] = [];
  const left = new Set<number>();
  /** What lenient handling forgives is left out and told. */
  const each = <T>(index: number, parse: () => T): T[] => {
    try {
      return [parse()];
    } catch (error) {
      notes.push(forgiven(error, request));
      left.add(index);
      return [];
    }
  };
  const criteria = query.flatMap(([name, value], index) =>
    CONTROLS.has(controlName(name)) ? [] : each(index, () => criterionOf(searched, name, value, request.parameters)),
  );
  const includes = query.flatMap(([name, value], index) =>
    isInclude(name) ? each(index, () => parseInclude(types, name, value, request.parameters)) : [],
  );
  requireSortable(contained, single(query, '_sort'));
  const sort = query.flatMap(([name, value], index) =>
    name === '_sort'
      ? each(index, () => parseSort(types, value, request.parameters).map((key) => withPlaces(key, criteria))).flat()
      : [],
  );
  if (contained) requireContainable(contained, { ...request, types: searched, criteria, includes });
  requireScored(sort, criteria);
  requireFew('conditions', criteria.length, CRITERIA_MAX);
  requireFew('includes', includes.length, INCLUDES_MAX);
  const honoured = query.filter(([name], index) => !left.has(index) && name !== '_page');
  single(query, '_summary');
  const summary = valuesOf(query, '_summary');
  const asked = parseCount(single(query, '_count'), limits);
  if (asked.capped) {
    notes.push(asked.capped);
    honoured.splice(
      honoured.findIndex(([name]) => name === '_count'),
      1,
      ['_count', String(asked.count)],
    );
  }
  return {
    types,
    everything,
    compartment: request.compartment,
    ...(contained ? whatContains(contained, searched[0]!, criteria) : { criteria }),
    sort,
    count: summary.includes('count') ? 0 : asked.count,
    maxResults: parseMaxResults(single(query, '_maxresults')),
    total: totalOf(parseTotal(single(query, '_total')), contained),
    includes,
    page: single(query, '_page'),
    explain: parseExplain(single(query, '_explain')),
    summary,
    elements: valuesOf(query, '_elements'),
    honoured,
    notes,
  };
}

function criterionOf(types: readonly string[], name: string, value: string, known?: ParameterSource): Criterion {
  return name === '_filter' ? filterCriterion(types, value, known) : parseCriterion(types, name, value, known);
}

/** The types that are searched. @throws Fault `invalid-value`, `not-supported` where none of them is in the compartment */
function typesOf({ type, compartment, query }: SearchRequest): readonly string[] {
  const asked = valuesOf(query, '_type');
  if (type !== undefined && asked.length > 0) {
    throw new Fault('unknown-parameter', `_type is not a parameter of a search in ${type}.`, {
      expression: '_type',
      hint: 'Search without a type in the path, or leave _type out.',
    });
  }
  const named = type !== undefined ? [type] : [...new Set(asked.flatMap((list) => list.split(',')))].map(knownType);
  const among = named.length > 0 ? named : resourceTypes();
  if (!compartment) return among;
  const members = compartmentDefinitions()[compartment.type]!;
  const inside = among.filter((one) => one === compartment.type || (members[one]?.length ?? 0) > 0);
  // Whoever asks for a type that is never in the compartment must not get all of its resources.
  const outside = named.find((one) => !inside.includes(one));
  if (outside === undefined) return inside;
  throw new Fault('not-supported', `${outside} is never in the compartment of a ${compartment.type}.`, {
    hint: `Search ${outside} itself, by a parameter that refers to ${compartment.type}.`,
  });
}

function knownType(name: string): string {
  if (isResourceType(name)) return name;
  throw new Fault('invalid-value', `_type names ${JSON.stringify(name.slice(0, 64))}, which is no resource type.`, {
    expression: '_type',
    hint: 'Names of types are case-sensitive, and several are separated by commas.',
  });
}

/** What lenient handling forgives: a parameter that is not known or not offered, never one that is known and wrong. */
function forgiven(error: unknown, { handling }: SearchRequest): Finding {
  const isUnknown = error instanceof Fault && (error.kind === 'unknown-parameter' || error.kind === 'not-supported');
  if (!isUnknown || handling !== 'lenient') throw error;
  const [finding] = error.findings;
  return { ...finding!, text: `${finding!.text} It was ignored.`, severity: 'warning' };
}

function requireFew(what: string, count: number, most: number): void {
  if (count > most) throw new Fault('too-costly', `A search may have ${most} ${what}, not ${count}.`);
}

/** `_include:iterate` is the control `_include`. */
function controlName(name: string): string {
  const at = name.indexOf(':');
  return at < 0 ? name : name.slice(0, at);
}

function valuesOf(query: Query, name: string): string[] {
  return query.flatMap(([key, value]) => (key === name ? [value] : []));
}
