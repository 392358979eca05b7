import { expect, it } from 'vitest';
import { Session, type Value } from '../../store/session.ts';
import { testDatabase } from '../setup/database.ts';

const connection = await testDatabase();
const open = (settings: string[] = [], onEnd = () => {}) =>
  Session.open({ connection, applicationName: 'vesta session', settings, pipelined: false }, onEnd);

it('sends every kind of value', async () => {
  const session = await open();
  const values: [type: string, value: Value, text: string | null][] = [
    ['text', `a'b"c\\d`, `a'b"c\\d`],
    ['int8', -(2n ** 63n), '-9223372036854775808'],
    ['int', 7, '7'],
    ['bool', true, 't'],
    ['bytea', Buffer.from([0, 255]), '\\x00ff'],
    ['text', null, null],
    ['text', undefined, null],
    ['int8[]', [1n, -2n], '{1,-2}'],
    ['text[]', ['a,b', 'c"d\\e', '', '{}', 'NULL'], '{"a,b","c\\"d\\\\e","","{}","NULL"}'],
    ['int[]', [], '{}'],
  ];
  for (const [type, value, text] of values) {
    expect(await session.run([{ text: `select ($1::${type})::text`, values: [value] }])).toEqual([
      [[text === 't' ? 'true' : text]],
    ]);
  }
  await session.close();
});

it('applies its settings and tells the process that serves it', async () => {
  const session = await open(['timezone=UTC', 'plan_cache_mode=force_generic_plan']);
  const [rows] = await session.run([
    { text: `select pg_backend_pid(), current_setting('timezone'), current_setting('plan_cache_mode')` },
  ]);
  expect(rows).toEqual([[String(session.pid), 'UTC', 'force_generic_plan']]);
  await session.close();
});

it('tells once that it ended', async () => {
  let ended = 0;
  const session = await open([], () => ended++);
  await session.close();
  await expect.poll(() => ended).toBe(1);
  expect(session.ended).toBe(true);
  await expect(session.run([{ text: 'select 1' }])).rejects.toThrow('closed');
});
