/** R4's own value sets and code systems, cut down to what deciding membership and hierarchy needs. */

/**
 * The file `terminology.json`: the ValueSets and CodeSystems that R4, HL7 v2 and v3 define, as FHIR resources without
 * narrative, displays and definitions, each url once (where the package has two versions, the later one).
 */
export function toTerminology(resources: readonly any[]): { valueSets: object[]; codeSystems: object[] } {
  const of = (type: string) => latest(resources.filter((it) => it.resourceType === type && it.url !== undefined));
  return { valueSets: of('ValueSet').map(toValueSet), codeSystems: of('CodeSystem').map(toCodeSystem) };
}

function latest(resources: readonly any[]): any[] {
  const byUrl = new Map<string, any>();
  for (const resource of resources) {
    const known = byUrl.get(resource.url);
    if (!known || isLater(resource.version ?? '', known.version ?? '')) byUrl.set(resource.url, resource);
  }
  return [...byUrl.values()].sort((a, b) => (a.url < b.url ? -1 : 1));
}

function isLater(a: string, b: string): boolean {
  return a.localeCompare(b, 'en', { numeric: true }) > 0;
}

function toValueSet({ url, version, compose, expansion }: any): object {
  const parts = (list: readonly any[] | undefined) => list?.map(toPart);
  const composed = compose && {
    inactive: compose.inactive,
    include: parts(compose.include),
    exclude: parts(compose.exclude),
  };
  return { resourceType: 'ValueSet', url, version, compose: composed, expansion: expansion && toExpansion(expansion) };
}

function toPart({ system, version, concept, filter, valueSet }: any): object {
  return { system, version, concept: concept?.map(({ code }: any) => ({ code })), filter, valueSet };
}

function toExpansion({ total, contains }: any): object {
  const listed = (list: readonly any[]): object[] =>
    list.map((one) => ({ system: one.system, code: one.code, contains: one.contains && listed(one.contains) }));
  return { total, contains: listed(contains ?? []) };
}

function toCodeSystem({ url, version, caseSensitive, hierarchyMeaning, content, concept }: any): object {
  const listed = (list: readonly any[]): object[] =>
    list.map((one) => ({ code: one.code, property: one.property, concept: one.concept && listed(one.concept) }));
  return {
    resourceType: 'CodeSystem',
    url,
    version,
    caseSensitive,
    hierarchyMeaning,
    content,
    concept: concept && listed(concept),
  };
}
