/** Shelves that are kept: what a question needed is at hand for the next one, until anybody changes a definition. */
import type { Context } from '../resources/index.ts';
import type { ConceptPage, Concepts, DefinitionName, LoadedSystem, PageRequest } from '../store/index.ts';
import { openInterned } from './interned.ts';
import { Shelf } from './shelf.ts';
import { tabulate } from './stored-system.ts';
import { openTables, type Tables } from './tables.ts';

export interface Shelves extends Pick<Tables, 'settle'> {
  /** A page of the concepts of a system in tables. */
  page(request: PageRequest, context: Context): Promise<ConceptPage>;
  /**
   * A shelf with these definitions and all that they refer to, as the caller may see them now. No trip where it was asked
   * for before and nothing was changed since.
   */
  gather(names: readonly DefinitionName[], context: Context): Promise<Shelf>;
  /** Gives a shelf the systems that stand in tables. */
  attach(shelf: Shelf, context: Context): Promise<void>;
  /** The same for as long as nothing that a shelf may hold changes. */
  readonly generation: number;
}

/** Shelves kept; the one that was asked for longest ago goes first. */
const SHELVES_MAX = 1_000;
/** Codes in all definitions on them, each counted once; all are forgotten when there are more. 80 MB. */
const CODES_MAX = 200_000;

type ShelfConcepts = Pick<Concepts, 'definitions' | 'generation' | 'loaded' | 'find' | 'page' | 'load' | 'drop'>;

/** @param concepts is asked only when something is needed */
export function openShelves(concepts: ShelfConcepts): Shelves {
  const { definitions, generation } = concepts;
  const tables = openTables(concepts);
  const loaded = openLoaded(concepts);
  const attach = async (shelf: Shelf, context: Context) => {
    shelf.tables = (await loaded.for(shelf, context)).map((one) => tables.system(one));
  };
  const kept = new Map<string, Shelf>();
  const interned = openInterned();
  let keptAt = -1;
  const now = () => generation('ValueSet', 'CodeSystem');

  function refresh(): number {
    const at = now();
    if (at !== keptAt) {
      kept.clear();
      loaded.forget();
      keptAt = at;
    }
    return at;
  }

  function keep(key: string, shelf: Shelf): void {
    kept.delete(key);
    if (interned.weight > CODES_MAX) {
      interned.forget();
      kept.clear();
    }
    kept.set(key, shelf);
    if (kept.size > SHELVES_MAX) kept.delete(kept.keys().next().value!);
  }

  return {
    attach,
    settle: tables.settle,
    page: (request, context) => concepts.page(request, context),
    get generation() {
      return now();
    },
    async gather(names, context) {
      const at = refresh();
      // Who sees other definitions gets other shelves.
      const key = JSON.stringify([context.access.grants, names]);
      const known = kept.get(key);
      if (known) {
        keep(key, known);
        return known;
      }
      const shelf = new Shelf();
      await shelf.gather(names, async (wanted) =>
        (await definitions(context.access, wanted, context)).map((one) => interned.same(one)),
      );
      await attach(shelf, context);
      // What was read may be older than what stands there now: it answers this question, and no other.
      if (at === refresh()) keep(key, shelf);
      return shelf;
    },
  };
}

/** Which systems stand in tables: read once, until something changes. */
function openLoaded(concepts: ShelfConcepts) {
  let loaded: Promise<readonly LoadedSystem[]> | undefined;
  const read = (context: Context) => {
    loaded ??= concepts.loaded(context).catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
  return {
    forget() {
      loaded = undefined;
    },
    /** Those that had to be put there for this shelf are among them. */
    async for({ found }: Shelf, context: Context): Promise<readonly LoadedSystem[]> {
      const there = await read(context);
      if (!(await tabulate(found, there, concepts, context))) return there;
      loaded = undefined;
      return read(context);
    },
  };
}
