import { expect, it } from 'vitest';
import { nobody, openDatabase } from '../../../store/database.ts';
import type { Caller, Lane } from '../../../store/lane.ts';
import type { Row, Statement } from '../../../store/session.ts';
import { TypeNumbers } from '../../../store/types.ts';
import type { Job } from '../../../store/write/batch.ts';
import { WriteQueue } from '../../../store/write/queue.ts';
import { EVERY_SIDE, ROW_TYPES_QUERY, rowTypes } from '../../../store/write/rows.ts';
import { testDatabase } from '../../setup/database.ts';

const [found] = await openDatabase({ connection: await testDatabase(), applicationName: 'vesta queue' }).house.run(
  [ROW_TYPES_QUERY],
  nobody,
);
const types = new TypeNumbers([['1', 'Patient']]);

const job = (n: number): Job => ({
  do: 'delete',
  sides: EVERY_SIDE,
  type: 'Patient',
  id: `p${n}`,
  rid: BigInt(n),
  expected: undefined,
  lastUpdated: 0,
  token: 0n,
});

/** A lane that answers as it is told, and notes how many rows each statement had. */
function queueOn(answer: (rows: number, call: number) => Promise<Row[][]> | Row[][], writers = 1) {
  const sizes: number[] = [];
  const lane = {
    run: async ([statement]: readonly Statement[]) => {
      const rows = (statement!.values![0] as Buffer).readInt32BE(12);
      sizes.push(rows);
      return answer(rows, sizes.length);
    },
  };
  const queue = new WriteQueue(lane as unknown as Lane, writers, {
    rowTypes: rowTypes(found!),
    place: (type) => types.place(type),
    referred: 'ignore',
    generations: { building: new Set(), renewed: (jobs) => jobs, refresh: async () => {} },
  });
  return { queue, sizes };
}
const failure = (code: string) => Object.assign(new Error('no'), { code });
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('sends together what came in one turn, and then what came while that was written', async () => {
  const writing = Promise.withResolvers<Row[][]>();
  const { queue, sizes } = queueOn((_, call) => (call === 1 ? writing.promise : [[]]));
  const first = [1, 2, 3].map((n) => queue.write(job(n), nobody));
  await turn();
  const second = Array.from({ length: 70 }, (_, n) => queue.write(job(n + 10), nobody));
  await turn();
  expect([sizes, queue.length]).toEqual([[3], 70]);
  writing.resolve([[]]);
  expect(await Promise.all([...first, ...second])).toEqual(Array(73).fill({ became: 'absent' }));
  expect(sizes).toEqual([3, 64, 6]);
});

it('sends a second batch beside the first only when it is as large, and the rest when the first is done', async () => {
  const answers = Array.from({ length: 3 }, () => Promise.withResolvers<Row[][]>());
  const { queue, sizes } = queueOn((_, call) => answers[call - 1]!.promise, 2);
  const written: Promise<unknown>[] = [];
  const write = async (...numbers: number[]) => {
    written.push(...numbers.map((n) => queue.write(job(n), nobody)));
    await turn();
    return [...sizes];
  };
  expect(await write(1, 2)).toEqual([2]);
  expect(await write(3)).toEqual([2]);
  expect(await write(4)).toEqual([2, 2]);
  expect(await write(5)).toEqual([2, 2]);
  answers[0]!.resolve([[]]);
  await turn();
  expect(await write(6)).toEqual([2, 2, 2]);
  for (const { resolve } of answers) resolve([[]]);
  await Promise.all(written);
});

it('lets a lone write go beside another one', async () => {
  const { queue, sizes } = queueOn(() => new Promise(() => {}), 2);
  for (const n of [1, 2]) {
    queue.write(job(n), nobody);
    await turn();
  }
  expect(sizes).toEqual([1, 1]);
});

it('counts one trip for each caller in a batch', async () => {
  const { queue } = queueOn(() => [[]]);
  const trips: string[] = [];
  const caller = (name: string): Caller => ({ ...nobody, observe: () => void trips.push(name) });
  await Promise.all([queue.write(job(1), caller('a')), queue.write(job(2), caller('b'))]);
  expect(trips).toEqual(['a', 'b']);
});

it('leaves out whoever gave up before the batch went', async () => {
  const { queue, sizes } = queueOn(() => [[]]);
  const leaving = new AbortController();
  const left = queue.write(job(1), { ...nobody, signal: leaving.signal });
  const stayed = queue.write(job(2), nobody);
  leaving.abort(new Error('hung up'));
  await expect(left).rejects.toThrow('hung up');
  expect(await stayed).toEqual({ became: 'absent' });
  expect(sizes).toEqual([1]);
});

it('tries each by itself when a batch fails, and fails only the one at fault', async () => {
  const { queue, sizes } = queueOn((rows, call) => (rows > 1 || call === 3 ? Promise.reject(failure('22P02')) : [[]]));
  const results = await Promise.allSettled([1, 2, 3].map((n) => queue.write(job(n), nobody)));
  expect(sizes).toEqual([3, 1, 1, 1]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it('gives up a row that makes the batch wait too long, to be written alone', async () => {
  const { queue } = queueOn((rows, call) => (rows > 1 || call === 2 ? Promise.reject(failure('55P03')) : [[]]));
  const outcomes = await Promise.all([1, 2].map((n) => queue.write(job(n), nobody)));
  expect(outcomes).toEqual([{ became: 'lost' }, { became: 'absent' }]);
});

it('gives up a whole batch that ran out of time at once', async () => {
  const { queue, sizes } = queueOn(() => Promise.reject(failure('57014')));
  expect(await Promise.all([1, 2].map((n) => queue.write(job(n), nobody)))).toEqual([
    { became: 'lost' },
    { became: 'lost' },
  ]);
  expect(sizes).toEqual([2]);
});

it.each([
  ['57P01', 'database-unavailable'],
  ['53100', 'storage-full'],
])('does not try again after %s, which is nobody’s own', async (code, kind) => {
  const { queue, sizes } = queueOn(() => Promise.reject(failure(code)));
  const results = await Promise.allSettled([1, 2].map((n) => queue.write(job(n), nobody)));
  expect(sizes).toEqual([2]);
  for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: { kind } });
});
