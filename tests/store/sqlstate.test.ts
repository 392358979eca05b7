import { describe, expect, it } from 'vitest';
import { Fault } from '../../resources/index.ts';
import { isConflict, isLost, isStalePlan, isTaken, isTimeout, sqlstate, toFault } from '../../store/sqlstate.ts';

const error = (code: string, message = 'x') => Object.assign(new Error(message), { code });

describe('an error of the database', () => {
  it.each([
    ['57P01', 'database-unavailable'],
    ['57P03', 'database-unavailable'],
    ['08006', 'database-unavailable'],
    ['53300', 'database-unavailable'],
    ['25006', 'database-unavailable'],
    ['ECONNREFUSED', 'database-unavailable'],
    ['ECONNRESET', 'database-unavailable'],
    ['ENOENT', 'database-unavailable'],
    ['EPIPE', 'database-unavailable'],
    ['53100', 'storage-full'],
    ['57014', 'timeout'],
    ['55P03', 'timeout'],
    ['40P01', 'timeout'],
    ['40001', 'timeout'],
    ['22P05', 'invalid-value'],
    ['54000', 'unprocessable'],
  ])('%s is told as %s', (code, kind) => {
    expect(toFault(error(code))).toMatchObject({ kind });
  });

  it('that the driver words itself is told as unreachable', () => {
    expect(toFault(new Error('Connection terminated unexpectedly'))).toMatchObject({
      kind: 'database-unavailable',
      status: 503,
    });
  });

  it('that is a bug stays what it is', () => {
    const bug = error('42601', 'syntax error');
    expect(toFault(bug)).toBe(bug);
    expect(toFault(undefined)).toBeUndefined();
  });

  it('never shows SQL or data to a caller', () => {
    const { message } = toFault(error('22P05', 'value "secret" in select from res')) as Fault;
    expect(message).not.toMatch(/secret|select/);
  });
});

it('knows what a fault was made of', () => {
  const fault = toFault(error('40P01'));
  expect([sqlstate(fault), isConflict(fault), isTimeout(fault)]).toEqual(['40P01', true, false]);
  expect([
    isTimeout(error('57014')),
    isLost(error('57P01')),
    isTaken(error('23505')),
    isStalePlan(error('26000')),
  ]).toEqual([true, true, true, true]);
  expect([isConflict(new Fault('conflict', 'x')), isLost(new Error('x')), sqlstate('text')]).toEqual([
    false,
    false,
    undefined,
  ]);
});
