/** Releases of code systems in the tables: loaded whole or not at all, the old ones kept beside the current one. */
import type { Context } from '../../resources/index.ts';
import type { Database } from '../database.ts';
import { type ConceptRow, dropConcepts, loadConcepts, type SystemToLoad } from './load.ts';
import { type Collected, collectPieces, type Piece } from './pieces.ts';

/** A release that is loaded. */
export interface LoadedRelease {
  readonly n: number;
  readonly url: string;
  readonly version: string | undefined;
  /** It is what is meant where no version is named. */
  readonly isCurrent: boolean;
  readonly concepts: number;
  /** When it was loaded, as Postgres writes it. */
  readonly made: string;
}

/** The room of releases. */
export interface Releases {
  /** All that are loaded, by url and age. */
  list(context: Context): Promise<readonly LoadedRelease[]>;
  /**
   * Loads a release and makes it the current one of its system, all at once; whatever goes wrong leaves nothing behind.
   * @param pieces what the files say of codes, in any order @param toRow makes a concept of what is said of one code
   */
  load(
    system: Omit<SystemToLoad, 'identity' | 'isLarge'>,
    pieces: AsyncIterable<readonly Piece[]>,
    toRow: (collected: Collected) => ConceptRow | undefined,
    context: Context,
  ): Promise<LoadedRelease>;
  /** Makes it the current one of its system. */
  use(release: LoadedRelease, context: Context): Promise<void>;
  drop(release: LoadedRelease, context: Context): Promise<void>;
}

const NAMED = 'release ';

export function openReleases({ database }: { readonly database: Pick<Database, 'house'> }): Releases {
  const room: Releases = {
    async list(context) {
      const [rows] = await database.house.run(
        [
          {
            text: `select n, url, version, state, concepts, made::text from concept_system
              where identity like '${NAMED}%' and state <> 'loading' order by url, made, n`,
          },
        ],
        context,
      );
      return rows!.map(([n, url, version, state, concepts, made]) => ({
        n: Number(n),
        url: url!,
        version: version ?? undefined,
        isCurrent: state === 'ready',
        concepts: Number(concepts),
        made: made!,
      }));
    },

    async load(system, pieces, toRow, context) {
      const identity = `${NAMED}${system.url}|${system.version ?? ''}`;
      const n = await collectPieces(
        database,
        pieces,
        (collected) =>
          loadConcepts(database, { ...system, identity, isLarge: true }, rowsOf(collected, toRow), context),
        context,
      );
      const release = (await room.list(context)).find((one) => one.n === n)!;
      await room.use(release, context);
      return { ...release, isCurrent: true };
    },

    async use({ n, url }, context) {
      const text = `update concept_system set state = case n when $1::int then 'ready' else 'old' end
        where url = $2 and identity like '${NAMED}%' and state in ('ready', 'old')`;
      await database.house.run([{ text, values: [n, url] }], context);
    },

    drop: ({ n }, context) => dropConcepts(database, n, context),
  };
  return room;
}

async function* rowsOf(
  collected: AsyncIterable<readonly Collected[]>,
  toRow: (collected: Collected) => ConceptRow | undefined,
): AsyncGenerator<ConceptRow[]> {
  for await (const some of collected) yield some.flatMap((one) => toRow(one) ?? []);
}
