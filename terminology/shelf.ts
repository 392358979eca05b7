/**
 * The definitions that one question needs: those that are stored and visible to the caller, and R4's own. A stored one goes
 * before R4's own of the same url; of several versions the pinned one counts where none is named, else the highest.
 * https://hl7.org/fhir/R4/references.html#canonical
 */
import type { CodeSystem, ValueSet } from 'fhir/r4.js';
import { ownDefinition, parseCanonical } from '../resources/index.ts';
import { type DefinitionName, isCaseless, meantFirst, type StoredDefinition } from '../store/index.ts';
import { grammarOf } from './grammars/index.ts';
import { ruledSystem, type System, systemOf } from './system.ts';

/** Fetches what is stored under these names. */
export type Fetch = (names: readonly DefinitionName[]) => Promise<readonly StoredDefinition[]>;

/** Definitions that one value set may need, and how far from it they may be: what refers to more is refused. */
export const DEFINITIONS_MAX = 1000;
const ROUNDS_MAX = 20;

export class Shelf {
  /** What was looked for, and what was found: as long as both hold, so does whatever was made of them. */
  readonly names: DefinitionName[] = [];
  readonly found: StoredDefinition[] = [];
  /** Whether something that was named could not be looked for, since there was too much. */
  isIncomplete = false;
  readonly #asked = new Set<string>();

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
    const { url, version } = parseCanonical(canonical);
    return this.#pick<ValueSet>('ValueSet', url, version)[0];
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
  system(url: string, version?: string): System | undefined {
    const definition = this.codeSystem(url, version);
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

  #pick<T extends ValueSet | CodeSystem>(type: T['resourceType'], url: string, version: string | undefined): T[] {
    const stored = this.found
      .filter((one) => one.type === type && one.resource.url === url)
      .sort(meantFirst)
      .map((one) => one.resource as T);
    const own = ownDefinition(type, url) as T | undefined;
    return [...stored, ...(own ? [own] : [])].filter((one) => version === undefined || one.version === version);
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
    return valueSets.flatMap((one) => (one ? namesIn(one) : []));
  }
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
