/** The plan of a statement. */
import { expect, it } from 'vitest';
import { nobody } from '../../../store/database.ts';
import { explain } from '../../../store/search/explain.ts';
import type { Statement } from '../../../store/session.ts';

const answering = (lines: readonly string[]) => {
  const sent: Statement[] = [];
  const run = async (statements: readonly Statement[]) => {
    sent.push(...statements);
    return [lines.map((line) => [line])];
  };
  return { sent, run };
};

it('runs the statement once, with its own binds, and reads the times', async () => {
  const lane = answering([
    'Result  (cost=0.00..0.01)',
    'Planning:',
    'Planning Time: 0.812 ms',
    'Execution Time: 3.5 ms',
  ]);
  const statement = { text: 'select $1::int, $2::int8[]', values: ['7', [1n, 2n]] };
  expect(await explain(lane, statement, nobody)).toMatchObject({
    sql: 'select $1::int, $2::int8[]',
    binds: ['7', '{1,2}'],
    planningMs: 0.812,
    executionMs: 3.5,
  });
  expect(lane.sent).toEqual([
    { text: 'explain (analyze, buffers, settings) select $1::int, $2::int8[]', values: ['7', [1n, 2n]] },
  ]);
});

it('tells no time that Postgres did not tell', async () => {
  const { planningMs, executionMs, plan } = await explain(answering(['Result']), { text: 'select 1' }, nobody);
  expect({ planningMs, executionMs, plan }).toEqual({
    planningMs: undefined,
    executionMs: undefined,
    plan: ['Result'],
  });
});
