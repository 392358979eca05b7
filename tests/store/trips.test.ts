import { expect, it } from 'vitest';
import type { Row, Statement } from '../../store/session.ts';
import { inTrips } from '../../store/trips.ts';

/** Sends and answers each statement with its own text. */
function sending() {
  const trips: string[][] = [];
  const trip = async (statements: readonly Statement[]): Promise<Row[][]> => {
    trips.push(statements.map(({ text }) => text));
    return statements.map(({ text }) => [[text]]);
  };
  return { trips, trip };
}
const of = (text: string, bytes = 0): Statement => ({ text, values: bytes > 0 ? [Buffer.alloc(bytes), 7] : [] });

it('sends statements of the usual size in one trip', async () => {
  const { trips, trip } = sending();
  const results = await inTrips([of('a', 1000), of('b', 2 ** 20), of('commit')], trip);
  expect(trips).toEqual([['a', 'b', 'commit']]);
  expect(results).toEqual([[['a']], [['b']], [['commit']]]);
});

it('goes on in another trip after 8 MB, results in the order of the statements', async () => {
  const { trips, trip } = sending();
  const mega = 2 ** 20;
  const results = await inTrips([of('a', 5 * mega), of('b', 4 * mega), of('c', 9 * mega), of('commit')], trip);
  expect(trips).toEqual([['a', 'b'], ['c'], ['commit']]);
  expect(results.map(([row]) => row![0])).toEqual(['a', 'b', 'c', 'commit']);
});

it('sends nothing after a trip that failed', async () => {
  const sent: string[] = [];
  const trip = async (statements: readonly Statement[]): Promise<Row[][]> => {
    sent.push(...statements.map(({ text }) => text));
    throw new Error('overtaken');
  };
  await expect(inTrips([of('a', 9 * 2 ** 20), of('commit')], trip)).rejects.toThrow('overtaken');
  expect(sent).toEqual(['a']);
});
