/** Shelves that are kept: what a question needed is at hand for the next one, until anybody changes a definition. */
import type { Context } from '../resources/index.ts';
import type { Concepts, DefinitionName } from '../store/index.ts';
import { Shelf } from './shelf.ts';

export interface Shelves {
  /**
   * A shelf with these definitions and all that they refer to, as the caller may see them now. No trip where it was asked
   * for before and nothing was changed since.
   */
  gather(names: readonly DefinitionName[], context: Context): Promise<Shelf>;
  /** The same for as long as nothing that a shelf may hold changes. */
  readonly generation: number;
}

/** Shelves kept, and definitions on all of them; the one that was asked for longest ago goes first. */
const SHELVES_MAX = 1_000;
const DEFINITIONS_MAX = 5_000;

/** @param concepts is asked only when something is needed */
export function openShelves({ definitions, generation }: Pick<Concepts, 'definitions' | 'generation'>): Shelves {
  const kept = new Map<string, Shelf>();
  let count = 0;
  let keptAt = -1;
  const now = () => generation('ValueSet', 'CodeSystem');

  function refresh(): number {
    const at = now();
    if (at !== keptAt) {
      kept.clear();
      count = 0;
      keptAt = at;
    }
    return at;
  }

  function keep(key: string, shelf: Shelf): void {
    count += shelf.found.length - (kept.get(key)?.found.length ?? 0);
    kept.delete(key);
    kept.set(key, shelf);
    for (const [oldest, { found }] of kept) {
      if (kept.size <= SHELVES_MAX && count <= DEFINITIONS_MAX) break;
      kept.delete(oldest);
      count -= found.length;
    }
  }

  return {
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
      await shelf.gather(names, (wanted) => definitions(context.access, wanted, context));
      // What was read may be older than what stands there now: it answers this question, and no other.
      if (at === refresh()) keep(key, shelf);
      return shelf;
    },
  };
}
