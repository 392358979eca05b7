/** The concept maps that a caller may use: those that are stored, R4's own, and one that was sent. */
import type { ConceptMap } from 'fhir/r4.js';
import { type Context, ownDefinition, ownUrls, parseCanonical } from '../../resources/index.ts';
import { type ConceptMaps, isCaseless, type MappedElement, meantFirst, type StoredMap } from '../../store/index.ts';

/** A concept map, wherever its elements are. */
export interface KnownMap {
  /** Its groups may lack their elements. */
  readonly about: ConceptMap;
  /** undefined for one whose elements are at hand. */
  readonly stored: StoredMap | undefined;
}

/** A code to be found in one group of a map. */
export interface Wanted {
  readonly map: KnownMap;
  readonly group: number;
  readonly code: string;
}

export interface MapLibrary {
  /** The map of this id, stored here. */
  byId(id: string): KnownMap | undefined;
  /** What a canonical, with or without version, means. */
  byCanonical(canonical: string): KnownMap | undefined;
  /** All of them: of each url the one that is meant. */
  readonly all: readonly KnownMap[];
}

export interface MapShelf {
  /** The maps that the caller may see now. No trip where he asked before and nothing changed since. */
  library(context: Context): Promise<MapLibrary>;
  /** What maps say of codes, in the order of the map; undefined where a map changed since the library was asked for. */
  find(
    wanted: readonly Wanted[],
    side: 'source' | 'target',
    context: Context,
  ): Promise<readonly (readonly MappedElement[])[] | undefined>;
  /** Makes the next library a new one. */
  forget(): void;
}

/** Libraries kept, of callers who may see different maps. */
const LIBRARIES_MAX = 100;

/** @param maps is asked only when something is needed */
export function openMapShelf(maps: ConceptMaps): MapShelf {
  const kept = new Map<string, MapLibrary>();
  let keptAt = -1;
  return {
    async library(context) {
      const at = maps.generation();
      if (at !== keptAt) {
        kept.clear();
        keptAt = at;
      }
      const key = JSON.stringify(context.access.grants);
      const known = kept.get(key);
      if (known) return known;
      const made = libraryOf(await maps.all(context.access, context));
      // What was read may be older than what stands there now: it answers this question, and no other.
      if (maps.generation() !== at) return made;
      if (kept.size >= LIBRARIES_MAX) kept.delete(kept.keys().next().value!);
      kept.set(key, made);
      return made;
    },
    async find(wanted, side, context) {
      const stored = wanted.filter(({ map }) => map.stored);
      const questions = stored.map(({ map, group, code }) => ({
        map: map.stored!,
        group,
        key: keyIn(map.about, group, side, code),
      }));
      const found = questions.length === 0 ? [] : await maps.elements(questions, side, isCaseless, context);
      return (
        found &&
        wanted.map((one) =>
          one.map.stored ? found[stored.indexOf(one)]! : atHand(one.map.about, one.group, side, one),
        )
      );
    },
    forget: () => kept.clear(),
  };
}

/** A map that is at hand as a whole. */
export function heldMap(map: ConceptMap): KnownMap {
  return { about: map, stored: undefined };
}

function libraryOf(stored: readonly StoredMap[]): MapLibrary {
  const known = stored.toSorted(meantFirst).map((one): KnownMap => ({ about: one.resource, stored: one }));
  const byUrl = Map.groupBy(known, ({ about }) => about.url);
  const own = (url: string) => {
    const map = ownDefinition('ConceptMap', url);
    return map && heldMap(map);
  };
  let all: readonly KnownMap[] | undefined;
  return {
    byId: (id) => known.find((one) => one.stored?.id === id),
    byCanonical(canonical) {
      const { url, version } = parseCanonical(canonical);
      const r4 = own(url);
      const candidates = [...(byUrl.get(url) ?? []), ...(r4 ? [r4] : [])];
      return candidates.find(({ about }) => version === undefined || about.version === version);
    },
    get all() {
      all ??= [
        ...[...byUrl].flatMap(([url, some]) => (url === undefined ? some : some.slice(0, 1))),
        ...ownUrls('ConceptMap').flatMap((url) => (byUrl.has(url) ? [] : (own(url) ?? []))),
      ];
      return all;
    },
  };
}

/** A code of one side of a group as it is compared. */
function keyIn(map: ConceptMap, group: number, side: 'source' | 'target', code: string): string {
  return isCaseless(map.group?.[group]?.[side] ?? '') ? code.toLowerCase() : code;
}

type Elements = Readonly<Record<'source' | 'target', ReadonlyMap<string, readonly MappedElement[]>>>;

/** Made once for each object. */
const indexes = new WeakMap<ConceptMap, Elements>();

function atHand(map: ConceptMap, group: number, side: 'source' | 'target', { code }: Wanted): readonly MappedElement[] {
  let index = indexes.get(map);
  if (!index) {
    index = indexOf(map);
    indexes.set(map, index);
  }
  return index[side].get(`${group} ${keyIn(map, group, side, code)}`) ?? [];
}

function indexOf(map: ConceptMap): Elements {
  const rows = (map.group ?? []).flatMap(({ element = [] }, group) =>
    element.flatMap(({ code, display, target }) => {
      const own = { ...(code === undefined ? {} : { code }), ...(display === undefined ? {} : { display }) };
      const targets = target?.length ? target : [undefined];
      return targets.map((one) => ({ group, element: one ? { ...own, target: one } : own }));
    }),
  );
  const by = (side: 'source' | 'target', codeOf: (element: MappedElement) => string | undefined) =>
    new Map(
      [
        ...Map.groupBy(
          rows.filter(({ element }) => codeOf(element) !== undefined),
          ({ group, element }) => `${group} ${keyIn(map, group, side, codeOf(element)!)}`,
        ),
      ].map(([key, some]) => [key, some.map(({ element }) => element)]),
    );
  return { source: by('source', ({ code }) => code), target: by('target', ({ target }) => target?.code) };
}
