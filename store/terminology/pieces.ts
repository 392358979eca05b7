/**
 * Brings together what the files of a release say of each code, wherever they say it. The pieces lie in a temporary table of
 * one connection meanwhile: a release of any size takes no more memory than a batch.
 */
import type { Context } from '../../resources/index.ts';
import type { Database } from '../database.ts';

/** Something that is said of a code. */
export interface Piece {
  readonly code: string;
  /** Without a line feed. */
  readonly text: string;
}

/** A code, and all that is said of it in the order in which it was said. */
export interface Collected {
  readonly code: string;
  readonly texts: readonly string[];
}

const TOGETHER = 2_000;

/**
 * Takes all pieces and hands them out by code, in the order in which codes came first.
 * @param use is given what was collected; whatever it throws ends the reading
 */
export async function collectPieces<T>(
  database: Pick<Database, 'house'>,
  pieces: AsyncIterable<readonly Piece[]>,
  use: (collected: AsyncIterable<readonly Collected[]>) => Promise<T>,
  context: Context,
): Promise<T> {
  return database.house.use(context, async (trip) => {
    await trip([
      { text: 'begin' },
      { text: 'create temp table piece (n int generated always as identity, code text, said text) on commit drop' },
    ]);
    for await (const some of pieces) {
      for (let from = 0; from < some.length; from += TOGETHER) {
        const batch = some.slice(from, from + TOGETHER);
        await trip([
          {
            text: 'insert into piece (code, said) select code, said from unnest($1::text[], $2::text[]) u(code, said)',
            values: [batch.map(({ code }) => code), batch.map(({ text }) => text)],
          },
        ]);
      }
    }
    await trip([
      {
        text: `declare collected no scroll cursor for
          select code, string_agg(said, E'\\n' order by n) from piece group by code order by min(n)`,
      },
    ]);
    const result = await use(batches());
    await trip([{ text: 'commit' }]);
    return result;

    async function* batches(): AsyncGenerator<Collected[]> {
      for (;;) {
        const [rows] = await trip([{ text: `fetch ${TOGETHER} from collected` }]);
        if (rows!.length === 0) return;
        yield rows!.map(([code, said]) => ({ code: code!, texts: said!.split('\n') }));
      }
    }
  });
}
