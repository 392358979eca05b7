/** The codes that elements of type `code` may have, where R4 fixes them and the package can list them. */
import type { Structure } from './structures.ts';

/** The name under which a set of codes is kept: the last part of the value set's canonical. */
export function codeSetName(canonical: string): string {
  return canonical.replace(/\|.*$/, '').replace(/^.*\//, '');
}

/**
 * The file `codes.json`: name → codes, for the required bindings of elements of type `code`.
 * Sets that only their authority can list (languages, media types, units) are left out.
 */
export function toCodes(structures: readonly Structure[], terminology: readonly any[]): Record<string, string[]> {
  const lister = new Lister(terminology);
  const codes: Record<string, string[]> = {};
  for (const canonical of requiredSets(structures)) {
    const listed = lister.valueSet(canonical, []);
    if (listed && listed.size > 0) codes[codeSetName(canonical)] = [...listed];
  }
  return codes;
}

/** The file `code-systems.json`: name → the code systems that the codes of `codes.json` under this name are from. */
export function toCodeSystems(structures: readonly Structure[], terminology: readonly any[]): Record<string, string[]> {
  const lister = new Lister(terminology);
  const systems: Record<string, string[]> = {};
  for (const canonical of requiredSets(structures)) {
    if (lister.valueSet(canonical, [])?.size) systems[codeSetName(canonical)] = [...lister.systems(canonical)];
  }
  return systems;
}

/** Canonicals, without version, of the value sets that elements of type `code` must keep to. */
function requiredSets(structures: readonly Structure[]): ReadonlySet<string> {
  const bound = structures
    .flatMap(({ elements }) => elements)
    .filter((element) => element.binding?.strength === 'required')
    .filter((element) => element.type?.some((type: any) => type.code === 'code'));
  return new Set(bound.map(({ binding }) => (binding.valueSet ?? '').replace(/\|.*$/, '')));
}

type Codes = ReadonlySet<string> | undefined;

class Lister {
  readonly valueSets: ReadonlyMap<string, any>;
  readonly codeSystems: ReadonlyMap<string, any>;

  constructor(terminology: readonly any[]) {
    const of = (type: string) =>
      terminology.filter((it) => it.resourceType === type).map((it) => [it.url, it] as const);
    this.valueSets = new Map(of('ValueSet'));
    this.codeSystems = new Map(of('CodeSystem'));
  }

  /** All codes of a value set, or undefined when they cannot be listed. */
  valueSet(canonical: string, within: readonly string[]): Codes {
    const compose = this.valueSets.get(canonical)?.compose;
    if (!compose || within.includes(canonical)) return undefined;
    const codes = new Set<string>();
    for (const include of compose.include) {
      const listed = this.include(include, [...within, canonical]);
      if (!listed) return undefined;
      for (const code of listed) codes.add(code);
    }
    for (const exclude of compose.exclude ?? []) {
      const listed = this.include(exclude, [...within, canonical]);
      if (!listed) return undefined;
      for (const code of listed) codes.delete(code);
    }
    return codes;
  }

  /** The systems that a value set that can be listed takes codes from. */
  systems(canonical: string): ReadonlySet<string> {
    const { include } = this.valueSets.get(canonical).compose;
    return new Set(
      include.flatMap((one: any) => [
        ...(one.system ? [one.system] : []),
        ...(one.valueSet ?? []).flatMap((it: string) => [...this.systems(it.replace(/\|.*$/, ''))]),
      ]),
    );
  }

  include(include: any, within: readonly string[]): Codes {
    // A code must be in the system part and in every value set named beside it.
    const parts: Codes[] = (include.valueSet ?? []).map((it: string) => this.valueSet(it.replace(/\|.*$/, ''), within));
    if (include.concept) parts.push(new Set(include.concept.map((it: any) => it.code)));
    else if (include.system) parts.push(this.codeSystem(include.system, include.filter ?? []));
    if (parts.length === 0 || parts.includes(undefined)) return undefined;
    return parts.reduce((all, part) => all!.intersection(part!));
  }

  codeSystem(canonical: string, filters: readonly any[]): Codes {
    const system = this.codeSystems.get(canonical);
    if (system?.content !== 'complete') return undefined;
    if (filters.some((filter) => !['is-a', 'descendent-of'].includes(filter.op))) return undefined;
    const codes = new Set<string>();
    const walk = (concepts: readonly any[], above: readonly string[]) => {
      for (const concept of concepts) {
        const parents = [...above, ...parentsOf(concept)];
        const fits = filters.every(
          ({ op, value }) => parents.includes(value) || (op === 'is-a' && concept.code === value),
        );
        const isAbstract = concept.property?.some((it: any) => it.code === 'notSelectable' && it.valueBoolean === true);
        if (fits && !isAbstract) codes.add(concept.code);
        walk(concept.concept ?? [], [...parents, concept.code]);
      }
    };
    walk(system.concept ?? [], []);
    return codes;
  }
}

function parentsOf(concept: any): string[] {
  return (concept.property ?? []).filter((it: any) => it.code === 'subsumedBy').map((it: any) => it.valueCode);
}
