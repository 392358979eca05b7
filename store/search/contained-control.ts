/** `_contained` and `_containedType`. https://hl7.org/fhir/R4/search.html#contained */
import { Fault, resourceTypes, type SearchParameter } from '../../resources/index.ts';
import type { Among } from './among.ts';
import { isText } from './text.ts';
import type { ByType, Compartment, Criterion, Include, Search } from './tree.ts';

/** Contained resources are searched. */
export interface ContainedControl {
  /** They alone, or the others too. */
  readonly among: Exclude<Among, undefined>;
  /** What is told of them: the resources that contain them, or they themselves. */
  readonly as: 'container' | 'contained';
}

/**
 * @returns undefined where only resources by themselves are searched, as is usual
 * @throws Fault `invalid-value`
 */
export function parseContained(among: string | undefined, as: string | undefined): ContainedControl | undefined {
  if (among !== undefined && among !== 'true' && among !== 'false' && among !== 'both') {
    throw invalid('_contained', among, 'Write false, true or both.');
  }
  if (as !== undefined && as !== 'container' && as !== 'contained') {
    throw invalid('_containedType', as, 'Write container or contained.');
  }
  if (among === undefined || among === 'false') return undefined;
  return { among: among === 'both' ? 'both' : 'contained', as: as ?? 'container' };
}

/** What a search asks besides. */
interface Besides {
  readonly types: readonly string[];
  readonly compartment?: Compartment | undefined;
  readonly criteria: readonly Criterion[];
  readonly includes: readonly Include[];
}

/** @throws Fault `not-supported` for what contained resources cannot be searched together with, naming it */
export function requireContainable({ as }: ContainedControl, besides: Besides): void {
  const { types, compartment, criteria, includes } = besides;
  if (types.length !== 1) {
    throw refused('in several types at once', 'Search each type: Medication?_contained=true.');
  }
  if (compartment) {
    throw refused('in a compartment', `Search ${types[0]} itself, by a parameter that refers to ${compartment.type}.`);
  }
  for (const criterion of criteria) requireCriterion(criterion, types[0]!);
  if (as === 'contained' && includes.length > 0) {
    throw refused('with _include or _revinclude for results that are contained', 'Ask for _containedType=container.');
  }
}

/** @throws Fault `not-supported` for a key of `_sort` that containers need not have */
export function requireSortable(contained: ContainedControl | undefined, sort: string | undefined): void {
  if (contained?.as !== 'container' || sort === undefined) return;
  const key = sort.split(',').find((one) => !/^-?(?:_id|_lastUpdated)$/.test(one));
  if (key === undefined) return;
  throw refused(
    `sorted by ${key.slice(0, 64)}, which the resources that contain them need not have`,
    'Sort by _id or _lastUpdated, or ask for _containedType=contained.',
  );
}

/** The conditions on what is found. */
export function whatContains(
  { among, as }: ContainedControl,
  type: string,
  criteria: readonly Criterion[],
): Pick<Search, 'among' | 'criteria'> {
  if (as === 'contained') return { among, criteria };
  // The time of what is contained is that of its container.
  const times = criteria.flatMap((one) => (isOfTime(one) ? [{ ...one, by: forAll(one.by.get(type)!) }] : []));
  const of = criteria.filter((one) => !isOfTime(one));
  return { criteria: [{ kind: 'contains', type, own: among === 'both', of }, ...times] };
}

/** They are counted one by one: a sample of all resources would say nothing of them. */
export function totalOf(total: Search['total'], contained: ContainedControl | undefined): Search['total'] {
  return contained && total === 'estimate' ? 'accurate' : total;
}

/** @throws Fault `not-supported`: what is written never depends on a part of another resource */
export function requireNotContained(query: readonly (readonly [string, string])[], where: string): void {
  if (query.some(([name, value]) => name === '_contained' && value !== 'false')) {
    throw new Fault('not-supported', `${where}: _contained cannot be a criterion of a write.`, {
      hint: 'Leave it out; resources by themselves are meant.',
    });
  }
}

function requireCriterion(criterion: Criterion, type: string): void {
  switch (criterion.kind) {
    case 'and':
    case 'or':
      for (const one of criterion.of) requireCriterion(one, type);
      return;
    case 'not':
      requireCriterion(criterion.of, type);
      return;
    case 'list':
      throw refused('by _list', 'A List names resources by themselves; leave _contained out.');
    case 'values':
    case 'compared':
    case 'missing':
    case 'chain':
      if (isText(criterion.code))
        throw refused(
          `by ${criterion.code}`,
          'The words of a container are its own and those of all that it contains: leave _contained out.',
        );
      if (criterion.by.get(type)?.custom) {
        throw refused(`by ${criterion.code}, which R4 does not define`, 'Search by a parameter of R4.');
      }
  }
}

function isOfTime(criterion: Criterion): criterion is Extract<Criterion, { kind: 'values' }> {
  return criterion.kind === 'values' && criterion.code === '_lastUpdated';
}

function forAll(parameter: SearchParameter): ByType {
  return new Map(resourceTypes().map((type) => [type, parameter]));
}

function refused(what: string, hint: string): Fault {
  return new Fault('not-supported', `Contained resources cannot be searched ${what}.`, {
    expression: '_contained',
    hint,
  });
}

function invalid(name: string, value: string, hint: string): Fault {
  return new Fault('invalid-value', `${name}=${value.slice(0, 80)} is not valid.`, { expression: name, hint });
}
