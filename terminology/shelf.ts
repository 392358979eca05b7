/**
 * The definitions that one question needs: those that are stored and visible to the caller, and R4's own. A stored one goes
 * before R4's own of the same url; of several versions the pinned one counts where none is named, else the highest.
 * https://hl7.org/fhir/R4/references.html#canonical
 */
import type { CodeSystem, ValueSet } from 'fhir/r4.js';
import { ownDefinition, parseCanonical } from '../resources/index.ts';
import { type DefinitionName, isCaseless, meantFirst, type StoredDefinition } from '../store/index.ts';
import { grammarOf } from './grammars/index.ts';
import { implicitValueSet } from './implicit.ts';
import { identityOf } from './stored-system.ts';
import { supplemented } from './supplement.ts';
import { ruledSystem, type System, systemOf } from './system.ts';
import type { TableSystem } from './tables.ts';

/** Fetches what is stored under these names. */
export type Fetch = (names: readonly DefinitionName[]) => Promise<readonly StoredDefinition[]>;

/** Definitions that one value set may need, and how far from it they may be: what refers to more is refused. */
export const DEFINITIONS_MAX = 1000;
const ROUNDS_MAX = 20;

/** What holds for one question only. */
export interface ShelfScope {
  /** Definitions that came with the question; they go before all others. */
  readonly locals?: readonly (ValueSet | CodeSystem)[];
  /** Url of a system → version: where none is named, and whatever is named. */
  readonly defaults?: ReadonlyMap<string, string>;
  readonly forced?: ReadonlyMap<string, string>;
  /** Supplements whose designations and properties are to be merged. */
  readonly supplements?: readonly CodeSystem[];
}

export class Shelf {
  /** What was looked for, and what was found: as long as both hold, so does whatever was made of them. */
  readonly names: DefinitionName[] = [];
  readonly found: StoredDefinition[] = [];
  /** Whether something that was named could not be looked for, since there was too much. */
  isIncomplete = false;
  /** Systems whose concepts stand in tables: of all releases, and of definitions that are too large for memory. */
  tables: readonly TableSystem[] = [];
  readonly #asked = new Set<string>();
  readonly #scope: ShelfScope;

  /** @param base what stands on this shelf stands on the new one, too @param scope what holds for one question */
  constructor(base?: Shelf, scope: ShelfScope = {}) {
    this.#scope = scope;
    if (!base) return;
    this.names.push(...base.names);
    this.found.push(...base.found);
    this.isIncomplete = base.isIncomplete;
    this.tables = base.tables;
  }

  /** The names of what these definitions refer to. */
  static namesIn(definitions: readonly (ValueSet | CodeSystem)[]): DefinitionName[] {
    return definitions.flatMap((one) => (one.resourceType === 'ValueSet' ? namesIn(one) : []));
  }

  /** Fetches these definitions and all that they refer to. */
  async gather(names: readonly DefinitionName[], fetch: Fetch): Promise<void> {
    let wanted = this.#fresh(names);
    for (let round = 0; wanted.length > 0; round++) {
      if (round >= ROUNDS_MAX || this.names.length + wanted.length > DEFINITIONS_MAX) {
        this.isIncomplete = true;
        return;
      }
      this.names.push(...wanted);
      this.found.push(...(await fetch(wanted)));
      wanted = this.#fresh(wanted.flatMap((name) => this.#referredBy(name)));
    }
  }

  /** @param canonical url, with or without `|version` */
  valueSet(canonical: string): ValueSet | undefined {
    const { url, version, fragment } = parseCanonical(canonical);
    if (url === '' && fragment) return this.#local('ValueSet', canonical);
    return this.#pick<ValueSet>('ValueSet', url, version)[0] ?? implicit(url, version);
  }

  /** The value set of this id, stored here. */
  valueSetById(id: string): ValueSet | undefined {
    const found = this.found.find((one) => one.type === 'ValueSet' && one.id === id);
    return found && (found.resource as ValueSet);
  }

  /** Of several the first whose content is complete. */
  codeSystem(url: string, version?: string): CodeSystem | undefined {
    const candidates = this.#pick<CodeSystem>('CodeSystem', url, version);
    return candidates.find(({ content }) => content === 'complete') ?? candidates[0];
  }

  /**
   * The code system with what is at hand of its concepts: all of them, or those of a fragment or example.
   * @returns undefined where none is
   */
  system(url: string, asked?: string): System | undefined {
    const version = this.#scope.forced?.get(url) ?? asked ?? this.#scope.defaults?.get(url);
    const system = this.#system(url, version);
    const supplements = this.#scope.supplements?.filter(({ supplements: of }) => of?.replace(/\|.*$/s, '') === url);
    return system && supplements?.length ? supplemented(system, supplements) : system;
  }

  #system(url: string, version: string | undefined): System | undefined {
    const definition = this.codeSystem(url, version);
    const table = this.#table(url, version, definition);
    if (table) return table;
    if (definition?.content === 'complete') return systemOf(definition);
    const grammar = version === undefined ? grammarOf(url) : undefined;
    if (grammar) return ruledSystem(grammar);
    const isPart = definition?.content === 'fragment' || definition?.content === 'example';
    return isPart ? systemOf(definition) : undefined;
  }

  /** Whether case says nothing in the codes of a system. */
  isCaseless(url: string): boolean {
    return isCaseless(url) || (this.codeSystem(url) ?? grammarOf(url))?.caseSensitive === false;
  }

  /** A release goes before a description of its system without concepts, but not before one that somebody stored whole. */
  #table(url: string, version: string | undefined, definition: CodeSystem | undefined): TableSystem | undefined {
    const own = this.found.find(({ resource }) => resource === definition);
    const identity = own && identityOf(own);
    const tables = this.tables.filter((one) => one.url === url);
    const ofDefinition = identity && tables.find((one) => one.identity === identity);
    if (ofDefinition || definition?.content === 'complete') return ofDefinition || undefined;
    return tables
      .filter((one) => !one.identity.startsWith('CodeSystem/') && (version === undefined || isVersion(one, version)))
      .sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent) || newestFirst(a, b))[0];
  }

  #local<T extends ValueSet | CodeSystem>(type: T['resourceType'], url: string, version?: string): T | undefined {
    return this.#scope.locals?.find(
      (one) =>
        one.resourceType === type &&
        (one.url === url || `#${one.id}` === url) &&
        (version === undefined || one.version === version),
    ) as T | undefined;
  }

  #pick<T extends ValueSet | CodeSystem>(type: T['resourceType'], url: string, version: string | undefined): T[] {
    const stored = this.found
      .filter((one) => one.type === type && one.resource.url === url)
      .sort(meantFirst)
      .map((one) => one.resource as T);
    const own = ownDefinition(type, url) as T | undefined;
    const local = this.#local<T>(type, url, version);
    const known = [...stored, ...(own ? [own] : [])].filter((one) => version === undefined || one.version === version);
    return local ? [local, ...known] : known;
  }

  #fresh(names: readonly DefinitionName[]): DefinitionName[] {
    return names.filter((name) => {
      const key = JSON.stringify(name);
      return this.#asked.has(key) ? false : this.#asked.add(key);
    });
  }

  #referredBy(name: DefinitionName): DefinitionName[] {
    if (name.type === 'CodeSystem') return [];
    const valueSets =
      'id' in name ? [this.valueSetById(name.id)] : this.#pick<ValueSet>('ValueSet', name.url, undefined);
    const named = 'url' in name && valueSets.length === 0 ? [implicitValueSet(name.url)] : valueSets;
    return named.flatMap((one) => (one ? namesIn(one) : []));
  }
}

/** SNOMED CT lets an edition stand for its newest version. https://hl7.org/fhir/R4/snomedct.html */
function isVersion({ version = '' }: TableSystem, asked: string): boolean {
  return version === asked || version.startsWith(`${asked}/version/`);
}

function newestFirst(a: TableSystem, b: TableSystem): number {
  return (b.version ?? '').localeCompare(a.version ?? '', 'en', { numeric: true });
}

function implicit(url: string, version: string | undefined): ValueSet | undefined {
  return version === undefined ? implicitValueSet(url) : undefined;
}

function namesIn({ compose, expansion }: ValueSet): DefinitionName[] {
  const parts = [...(compose?.include ?? []), ...(compose?.exclude ?? [])];
  const systems = new Set([...parts, ...(expansion?.contains ?? [])].flatMap(({ system }) => system ?? []));
  const imported = parts.flatMap(({ valueSet = [] }) => valueSet.map((canonical) => parseCanonical(canonical).url));
  return [
    ...[...systems].map((url): DefinitionName => ({ type: 'CodeSystem', url })),
    ...imported.map((url): DefinitionName => ({ type: 'ValueSet', url })),
  ];
}
