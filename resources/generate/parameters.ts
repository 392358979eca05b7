/** SearchParameters and CompartmentDefinitions, cut down to what searching needs. */
import type { Structure } from './structures.ts';

/**
 * The file `parameters.json`: one record per SearchParameter of R4, sorted by url.
 * The package adds one on an element that R4 does not have (DeviceDefinition.classification): it would find nothing.
 */
export function toParameters(searchParameters: readonly any[], structures: readonly Structure[]): object[] {
  const paths = new Set(structures.flatMap(({ elements }) => elements.map((it) => it.path.replace('[x]', ''))));
  const types = new Set(structures.map(({ name }) => name));
  const isKnown = ({ expression }: any) =>
    [...(expression ?? '').matchAll(/\b([A-Z]\w*)\.([a-z]\w*)(?![\w(])/g)].every(
      ([path, type]) => !types.has(type!) || paths.has(path),
    );
  return searchParameters
    .filter(isKnown)
    .map((parameter) => ({
      code: parameter.code,
      type: parameter.type,
      base: parameter.base,
      expression: parameter.expression,
      target: parameter.target,
      component: parameter.component,
      url: parameter.url,
      multipleOr: parameter.multipleOr,
      multipleAnd: parameter.multipleAnd,
      comparator: parameter.comparator,
      modifier: parameter.modifier,
    }))
    .sort((a, b) => (a.url < b.url ? -1 : 1));
}

/** The file `compartments.json`: compartment → resource type → codes of the parameters that lead into it. */
export function toCompartments(definitions: readonly any[]): Record<string, Record<string, string[]>> {
  const compartments: Record<string, Record<string, string[]>> = {};
  for (const definition of definitions) {
    const members: Record<string, string[]> = {};
    for (const { code, param } of definition.resource) if (param?.length) members[code] = param;
    compartments[definition.code] = members;
  }
  return compartments;
}
