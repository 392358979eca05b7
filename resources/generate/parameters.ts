/** SearchParameters and CompartmentDefinitions, cut down to what searching needs. */

/** The file `parameters.json`: one record per SearchParameter of R4, sorted by url. */
export function toParameters(searchParameters: readonly any[]): object[] {
  return searchParameters
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
