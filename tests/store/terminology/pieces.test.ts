import { afterAll, expect, it } from 'vitest';
import { openDatabase } from '../../../store/database.ts';
import { type Collected, collectPieces, type Piece } from '../../../store/terminology/pieces.ts';
import { testContext } from '../../setup/context.ts';
import { testDatabase } from '../../setup/database.ts';

const database = openDatabase({ connection: await testDatabase(), applicationName: 'vesta test' });
afterAll(() => database.close());

async function collected(...batches: Piece[][]): Promise<Collected[]> {
  async function* pieces() {
    yield* batches;
  }
  const all: Collected[] = [];
  const take = async (some: AsyncIterable<readonly Collected[]>) => {
    for await (const one of some) all.push(...one);
    return all;
  };
  return collectPieces(database, pieces(), take, testContext());
}

it('brings together what is said of a code, in the order in which it was said', async () =>
  expect(
    await collected(
      [
        { code: 'b', text: '1' },
        { code: 'a', text: '2' },
      ],
      [{ code: 'b', text: '3' }],
    ),
  ).toEqual([
    { code: 'b', texts: ['1', '3'] },
    { code: 'a', texts: ['2'] },
  ]));

it('hands out more than fits into a batch', async () => {
  const many = Array.from({ length: 5_000 }, (_, index) => ({ code: String(index), text: 'x' }));
  expect((await collected(many)).map(({ code }) => code)).toEqual(many.map(({ code }) => code));
});
