/** The concepts of a value set, as somebody wants to see them: chosen, found by words, put below each other. */
import type { CodeSystemConcept, ValueSetComposeIncludeConcept } from 'fhir/r4.js';
import type { LoadedConcept, Term } from '../store/index.ts';
import { type Composition, folded, systemsIn, termOf, versionsOf } from './composition.ts';
import { codesOfSystem, type PagedSystem, unlistable } from './expand.ts';
import { isAbstract, isInactive } from './hierarchy.ts';
import { namesOf } from './presentation.ts';
import type { System } from './system.ts';
import { TableSystem } from './tables.ts';
import { rankOf, wordsOf } from './words.ts';

export interface Item {
  readonly url: string;
  readonly system: System | undefined;
  /** As the system has it; of one that is not at hand what the value set says. */
  readonly concept: CodeSystemConcept;
  /** As the value set lists it. */
  readonly listed: ValueSetComposeIncludeConcept | undefined;
  readonly isInactive: boolean;
  readonly isAbstract: boolean;
}

/** What is to be left out. */
export interface Choice {
  readonly filter?: string;
  readonly activeOnly?: boolean;
  readonly excludeNotForUI?: boolean;
  readonly excludedSystems?: readonly string[];
}

/**
 * The concepts of a value set in the order in which it names them; those found by words the nearest first. What stands in
 * tables comes after what is listed.
 * @throws Fault `not-supported` where a system has no list of its codes
 */
export function itemsOf(composition: Composition, choice: Choice): { items: Item[]; paged: PagedSystem[] } {
  const items: Item[] = [];
  const paged: PagedSystem[] = [];
  for (const url of systemsIn(composition)) {
    if (isExcluded(url, composition, choice)) continue;
    const listed = codesOfSystem(composition, url);
    if ('because' in listed) {
      const system = versionsOf(composition, url).find((one) => one instanceof TableSystem);
      if (!system) throw unlistable(composition.valueSet, listed);
      paged.push({ system, term: system.numbered(termOf(composition, url)) });
      continue;
    }
    const make = itemMaker(composition, url);
    for (const code of listed.codes) {
      const item = make(code);
      if (!(choice.activeOnly && item.isInactive) && !(choice.excludeNotForUI && item.isAbstract)) items.push(item);
    }
  }
  return { items: choice.filter === undefined ? items : foundByWords(items, choice.filter), paged };
}

/** How many concepts of a system a term holds of: at most, and whether that is all that can be said. */
export function sizeOf(term: Term, system: TableSystem): { readonly most: number; readonly isExact: boolean } {
  if (term.kind === 'all' || term.kind === 'known') return { most: system.size, isExact: true };
  if (term.kind === 'filter' && term.filter.op === 'is-a') {
    const below = system.find(term.filter.value)?.below;
    return { most: below === undefined ? 0 : below + 1, isExact: true };
  }
  if (term.kind !== 'and') return { most: system.size, isExact: false };
  const sizes = term.of.filter(({ kind }) => kind !== 'known').map((one) => sizeOf(one, system));
  return {
    most: Math.min(system.size, ...sizes.map(({ most }) => most)),
    isExact: sizes.length === 0 || (sizes.length === 1 && sizes[0]!.isExact),
  };
}

/** The item of a concept that tables told. */
export function itemOfTable(concept: LoadedConcept, system: TableSystem): Item {
  const { inactive, abstract } = concept;
  return { url: system.url, system, concept, listed: undefined, isInactive: inactive, isAbstract: abstract };
}

/** Makes the items of one system of a value set, by the code as it is compared. */
export function itemMaker(composition: Composition, url: string): (code: string) => Item {
  const systems = versionsOf(composition, url);
  const listed = listedIn(composition, url);
  const stored = composition.stored?.get(url)?.codes;
  return (code) => {
    const own = systems.find((system) => system.find(code));
    const found = own?.find(code);
    const named = listed.get(folded(found?.code ?? code, own?.isCaseless ?? false)) ?? listed.get(code);
    const told = stored?.get(code);
    const concept = found ?? {
      code: named?.code ?? told?.code ?? code,
      ...(told?.display && { display: told.display }),
    };
    return {
      url,
      system: own,
      concept,
      listed: named,
      isInactive: isInactive(concept) || told?.inactive === true,
      isAbstract: isAbstract(concept) || told?.abstract === true,
    };
  };
}

export interface NestedItem {
  readonly item: Item;
  readonly below: NestedItem[];
}

/** The items below each other, as their systems have them: each once, below the nearest that is among them. */
export function nested(items: readonly Item[]): NestedItem[] {
  const byCode = new Map(
    items.map((item): [string, NestedItem] => [keyOf(item.url, item.concept.code), { item, below: [] }]),
  );
  const roots: NestedItem[] = [];
  for (const one of byCode.values()) {
    const above = nearestAbove(one.item, byCode);
    if (above) above.below.push(one);
    else roots.push(one);
  }
  return roots;
}

function nearestAbove({ url, system, concept }: Item, byCode: ReadonlyMap<string, NestedItem>): NestedItem | undefined {
  // Only the concept directly above counts: what stands below a hole stands at the top.
  for (const parent of system?.parents(concept.code) ?? []) {
    const above = byCode.get(keyOf(url, parent));
    if (above && above.item.concept.code !== concept.code && !isBelow(above, url, concept.code, byCode)) return above;
  }
  return undefined;
}

/** Whether a concept already stands below the other: systems may have circles. */
function isBelow(one: NestedItem, url: string, code: string, byCode: ReadonlyMap<string, NestedItem>): boolean {
  const own = byCode.get(keyOf(url, code));
  const pending = [...(own?.below ?? [])];
  for (const next of pending) {
    if (next === one) return true;
    pending.push(...next.below);
  }
  return false;
}

function foundByWords(items: readonly Item[], filter: string): Item[] {
  const asked = wordsOf(filter);
  const ranked = items.flatMap((item) => {
    const names = namesOf(item.concept, item.system, item.listed).map(({ value }) => value);
    const rank = rankOf(asked, item.concept.code, names);
    return rank === undefined ? [] : [{ item, rank }];
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
}

function isExcluded(url: string, composition: Composition, { excludedSystems = [] }: Choice): boolean {
  const versions = versionsOf(composition, url).map(({ version }) => `${url}|${version}`);
  return excludedSystems.some((one) => one === url || versions.includes(one));
}

function listedIn({ includes }: Composition, url: string): Map<string, ValueSetComposeIncludeConcept> {
  const own = includes.flatMap((part) => (part.url === url && part.listed ? [...part.listed] : []));
  const imported = includes.flatMap((part) =>
    part.url === undefined || part.url === url ? part.imports.flatMap((one) => [...listedIn(one, url)]) : [],
  );
  return new Map([...imported, ...own]);
}

function keyOf(url: string, code: string): string {
  return `${url}\u001e${code}`;
}
