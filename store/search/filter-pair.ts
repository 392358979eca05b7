/**
 * Names that R4 adds for filters: two values that must stand in one element, written as a name with a filter. Those whose
 * parameters R4 still has are the composites of the same elements. https://hl7.org/fhir/R4/search_filter.html#params
 */

import { byType } from './criterion.ts';
import type { Filter, FilterStep, FilterTest } from './filter-syntax.ts';
import type { ByType } from './tree.ts';

interface Pair {
  readonly composite: string;
  /** The name that each part of the composite has in a filter, in the order of the composite. */
  readonly parts: readonly [string, string];
}

const PAIRS: Readonly<Record<string, Readonly<Record<string, Pair>>>> = {
  Group: { characteristic: { composite: 'characteristic-value', parts: ['code', 'value'] } },
  DocumentReference: { relatesTo: { composite: 'relationship', parts: ['target', 'code'] } },
};

/**
 * `relatesTo[code eq replaces].target re DocumentReference/1` as a value of the composite.
 * @returns undefined where the name is none of these, or is used in another way
 */
export function pairTest(
  types: readonly string[],
  name: string,
  filter: Filter,
  last: FilterStep,
  test: FilterTest,
): { code: string; by: ByType; values: string[] } | undefined {
  const pair = types.length === 1 ? PAIRS[types[0]!]?.[name] : undefined;
  if (
    !pair ||
    last.filter ||
    filter.kind !== 'test' ||
    filter.path.length !== 1 ||
    !isEqual(filter) ||
    !isEqual(test)
  ) {
    return undefined;
  }
  const values = new Map([
    [filter.path[0]!.name, filter.value],
    [last.name, test.value],
  ]);
  const parts = pair.parts.flatMap((part) => values.get(part) ?? []);
  if (parts.length !== 2) return undefined;
  return {
    code: pair.composite,
    by: byType(types, pair.composite, name),
    values: [parts.map((part) => part.replace(/\$/g, '\\$')).join('$')],
  };
}

function isEqual({ operator }: FilterTest): boolean {
  return operator === 'eq' || operator === 're';
}
