import { expect, it } from 'vitest';
import { sql, toStatement } from '../../../store/sql.ts';
import { type Frequencies, frequenciesOf, wordSearch } from '../../../store/terminology/word-search.ts';

const frequencies: Frequencies = {
  concepts: 500_000,
  shares: new Map([
    ['heart', 0.1],
    ['heartburn', 0.001],
    ['fracture', 0.05],
  ]),
};
const planned = (words: string[], most = 500_000, offset = 0) => {
  const search = { system: 7, words, offset, count: 20, size: { most } };
  return toStatement(wordSearch(search, sql`true`, sql`c.key`, frequencies));
};

it('walks through concepts for words that are common, from the length on that they take', () => {
  const { values } = planned(['heart', 'fract']);
  expect(values).toContain(11_000_000);
  expect(values).toContain(8_000);
});

it('asks the index at once for the rarest word, or for a small branch', () => {
  expect(planned(['heart', 'zebra']).values).toContain(0);
  expect(planned(['heart', 'zebra']).values).toContain(`'zebra':*`);
  expect(planned(['heart'], 100).values).toContain(0);
  expect(planned(['heart'], 500_000, 9_000).values).toContain(0);
});

it('lets nothing of a word become a part of the query', () =>
  expect(planned(["he'art"]).values).toContain(`'heart':*`));

it('asks for the words of a system once', async () => {
  let trips = 0;
  const searches = {
    async run() {
      trips++;
      return [[['500000', '["heart","lung"]', '[0.1,0.2]']]];
    },
  };
  const database = { searches } as never;
  const found = await frequenciesOf(database, 7, {} as never);
  expect(found).toEqual({
    concepts: 500_000,
    shares: new Map([
      ['heart', 0.1],
      ['lung', 0.2],
    ]),
  });
  expect(await frequenciesOf(database, 7, {} as never)).toBe(found);
  expect(trips).toBe(1);
});
