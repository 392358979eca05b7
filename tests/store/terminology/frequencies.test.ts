import { expect, it } from 'vitest';
import { frequenciesOf } from '../../../store/terminology/frequencies.ts';

const context = {} as never;

function answering(...answers: (string | null)[][]) {
  let trips = 0;
  const searches = {
    async run() {
      return [[answers[Math.min(trips++, answers.length - 1)]]];
    },
  };
  return { database: { searches } as never, trips: () => trips };
}

it('asks for the words of a system once', async () => {
  const { database, trips } = answering(['500000', 'concept_7', '["heart","lung"]', '[0.1,0.2]']);
  const found = await frequenciesOf(database, 7, context);
  expect(found.concepts).toBe(500_000);
  expect([...found.shares]).toEqual([
    ['heart', 0.1],
    ['lung', 0.2],
  ]);
  expect(found.otherShare).toBe(0.1);
  expect(await frequenciesOf(database, 7, context)).toBe(found);
  expect(trips()).toBe(1);
});

it('takes every word for a common one where nothing is known, and asks again for a table that will have statistics', async () => {
  const { database, trips } = answering(
    ['60000', 'concept_7', null, null],
    ['60000', 'concept_7', '["heart"]', '[0.1]'],
  );
  expect(await frequenciesOf(database, 7, context)).toMatchObject({ concepts: 60_000, otherShare: 1 });
  expect(await frequenciesOf(database, 7, context)).toMatchObject({ otherShare: 0.1 });
  expect(trips()).toBe(2);
});

it('does not ask again for a system of the common table', async () => {
  const { database, trips } = answering(['12000', null, null, null]);
  await frequenciesOf(database, 8, context);
  expect(await frequenciesOf(database, 8, context)).toMatchObject({ concepts: 12_000, otherShare: 1 });
  expect(trips()).toBe(1);
});
